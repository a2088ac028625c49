// 打码 before a photo is sent: frames drawn with the finger over faces and plates. What travels then is the picture as it was drawn here.
(function () {
  var media = window.msMedia;
  var dialog = document.querySelector("[data-blur-dialog]");
  if (!media || !dialog || !dialog.showModal) return;
  var sheet = dialog.querySelector("[data-sheet]");
  var picture = new Image();
  var frames = [];
  var tile, from;
  media.blurs = true;

  media.list.addEventListener("click", function (event) {
    if (!event.target.closest("[data-act=blur]")) return;
    tile = event.target.closest(".ms-shot");
    var seen = tile.querySelector("img");
    picture.src = seen.naturalWidth && seen.src.indexOf("blob:") === 0 ? seen.src : tile.dataset.saved || seen.src;
  });
  picture.addEventListener("load", function () {
    var share = Math.min(1, 2048 / Math.max(picture.naturalWidth, picture.naturalHeight));
    sheet.width = Math.round(picture.naturalWidth * share);
    sheet.height = Math.round(picture.naturalHeight * share);
    paint((frames = []));
    if (!dialog.open) dialog.showModal();
  });
  picture.addEventListener("error", function () {
    media.say(media.box.dataset.unseen);
  });
  function paint(all) {
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    all.forEach(media.mosaic.bind(null, sheet));
    dialog.querySelector("[data-blur=undo]").disabled = !frames.length;
  }
  function point(event) {
    var edge = sheet.getBoundingClientRect();
    return { x: ((event.clientX - edge.left) / edge.width) * sheet.width, y: ((event.clientY - edge.top) / edge.height) * sheet.height };
  }
  function frame(event) {
    var to = point(event);
    return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(from.x - to.x) || 1, h: Math.abs(from.y - to.y) || 1 };
  }
  sheet.addEventListener("pointerdown", function (event) {
    from = point(event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", function (event) {
    if (from) paint(frames.concat(frame(event)));
  });
  sheet.addEventListener("pointerup", function (event) {
    if (from && Math.max(frame(event).w, frame(event).h) > sheet.width / 60) frames.push(frame(event));
    from = null;
    paint(frames);
  });
  dialog.addEventListener("click", function (event) {
    var asked = event.target.closest("[data-blur]");
    if (!asked) return;
    if (asked.dataset.blur === "undo") return paint(frames, frames.pop());
    dialog.close();
    if (asked.dataset.blur === "done" && frames.length) media.redrawn(tile, sheet);
  });
})();
