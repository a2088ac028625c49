// Small help for forms: the error summary takes the focus, letters are counted, a form is sent once, photos are shown, the place of the phone is
// taken on request.
(function () {
  var errors = document.querySelector(".ms-errors");
  if (errors) errors.focus();

  document.querySelectorAll("[data-counts]").forEach(function (shown) {
    var field = document.getElementById(shown.dataset.counts);
    var count = function () {
      shown.firstElementChild.textContent = Array.from(field.value).length;
    };
    field.addEventListener("input", count);
    count();
    shown.hidden = false;
  });

  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (event.defaultPrevented || !button || !button.dataset.sending) return;
    if (button.dataset.ask && !window.confirm(button.dataset.ask)) {
      event.preventDefault();
      return;
    }
    var words = button.innerHTML;
    setTimeout(function () {
      button.disabled = true;
      button.textContent = button.dataset.sending;
    });
    // Coming back with the back button finds the page as it was left: the button must work again.
    window.addEventListener("pageshow", function () {
      button.disabled = false;
      button.innerHTML = words;
    });
  });

  // Photos: shown small, one by one or several at once, each can be taken away again. A phone's picture weighs 5 MB: it is drawn smaller here,
  // so that nine of them fit into one form (a browser that cannot draw it sends it as it is).
  var EDGE = 2048;
  var SMALL = 700000;
  document.querySelectorAll("[data-photos]").forEach(function (field) {
    var list = field.closest("form").querySelector("[data-shots]");
    if (!window.DataTransfer || !list) return;
    var chosen = [];
    field.addEventListener("change", function () {
      var room = Number(field.dataset.photos) - field.form.querySelectorAll("[name=kept]:checked").length - chosen.length;
      var added = Array.from(field.files).filter(function (file) {
        return !chosen.some(function (other) {
          return other.name === file.name && other.lastModified === file.lastModified;
        });
      });
      var over = added.length > room; // then the server says how many are too many
      Promise.all(added.map(over ? Promise.resolve.bind(Promise) : smaller)).then(function (files) {
        chosen = chosen.concat(files);
        put();
      });
    });

    function put() {
      var all = new DataTransfer();
      chosen.forEach(function (file) {
        all.items.add(file);
      });
      field.files = all.files;
      list.textContent = "";
      list.hidden = !chosen.length;
      chosen.forEach(function (file, n) {
        var shot = document.createElement("li");
        var picture = document.createElement("img");
        var away = document.createElement("button");
        picture.src = URL.createObjectURL(file);
        picture.alt = "";
        away.type = "button";
        away.textContent = "×";
        away.setAttribute("aria-label", list.dataset.shots.replace("%", n + 1));
        away.addEventListener("click", function () {
          chosen.splice(n, 1);
          put();
          field.focus();
        });
        shot.append(picture, away);
        list.append(shot);
      });
    }
  });

  function smaller(file) {
    if (file.size < SMALL || !window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file).then(
      function (picture) {
        var share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
        var sheet = document.createElement("canvas");
        sheet.width = Math.round(picture.width * share);
        sheet.height = Math.round(picture.height * share);
        sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
        return new Promise(function (done) {
          sheet.toBlob(
            function (drawn) {
              var lighter = drawn && drawn.size < file.size;
              done(lighter ? new File([drawn], file.name, { type: "image/jpeg", lastModified: file.lastModified }) : file);
            },
            "image/jpeg",
            0.85,
          );
        });
      },
      function () {
        return file; // a form of picture that this browser cannot draw
      },
    );
  }

  document.querySelectorAll("[data-locate]").forEach(function (button) {
    if (!navigator.geolocation) return;
    var box = button.closest("[data-point]");
    var say = box.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", function () {
      say.textContent = say.dataset.looking;
      navigator.geolocation.getCurrentPosition(
        function (found) {
          box.querySelector("[name=lat]").value = found.coords.latitude.toFixed(6);
          box.querySelector("[name=lng]").value = found.coords.longitude.toFixed(6);
          say.textContent = say.dataset.found.replace("%", Math.round(found.coords.accuracy));
        },
        function () {
          say.textContent = say.dataset.failed;
        },
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  });
})();
