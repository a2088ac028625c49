// 照片 before they are sent: chosen one by one or several at once, shown small, taken away again. A phone's picture weighs 5 MB: it is drawn
// smaller here, so that nine of them fit into one form. What this browser cannot draw is sent as it is.
(function () {
  var field = document.querySelector("[data-photos]");
  var list = document.querySelector("[data-shots]");
  if (!field || !list || !window.DataTransfer) return;
  var EDGE = 2048;
  var LIGHT = 700000;
  var chosen = [];

  field.addEventListener("change", function () {
    var added = Array.from(field.files);
    Promise.all(added.map(lighter)).then(function (files) {
      chosen = chosen.concat(files);
      show();
    });
  });

  function show() {
    var all = new DataTransfer();
    list.textContent = "";
    list.hidden = !chosen.length;
    chosen.forEach(function (file, n) {
      all.items.add(file);
      var picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: "" });
      var away = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      away.setAttribute("aria-label", list.dataset.shots.replace("%", n + 1));
      away.addEventListener("click", function () {
        chosen.splice(n, 1);
        show();
        field.focus();
      });
      list.appendChild(document.createElement("li")).append(picture, away);
    });
    field.files = all.files;
  }

  function lighter(file) {
    if (file.size < LIGHT || !window.createImageBitmap) return file;
    return createImageBitmap(file)
      .then(function (picture) {
        var share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
        var sheet = document.createElement("canvas");
        sheet.width = Math.round(picture.width * share);
        sheet.height = Math.round(picture.height * share);
        sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
        return new Promise(function (done) {
          sheet.toBlob(done, "image/jpeg", 0.85);
        });
      })
      .then(function (drawn) {
        return drawn && drawn.size < file.size ? new File([drawn], file.name, { type: "image/jpeg" }) : file;
      })
      .catch(function () {
        return file;
      });
  }
})();
