// 照片、视频、录音 of the form: chosen, shown as tiles, taken away. tiles.js draws them, uploads.js sends them, tickets.js keeps what is whole, waiting.js
// lets the form wait; photos.js, blur.js, record.js and voice.js add their own. Without scripts the plain fields stay and the files come with the form.
(function () {
  var box = document.querySelector("[data-media]");
  var pattern = document.querySelector("template[data-shot]");
  if (!box || !pattern || !pattern.content || !window.tus || !window.tus.isSupported) return;
  var list = box.querySelector("[data-shots]");
  var media = (window.msMedia = { box: box, list: list });
  box.classList.add("is-live");

  media.field = function (kind) {
    return box.querySelector('input[data-kind="' + kind + '"]');
  };
  media.tiles = function (kind) {
    return Array.from(list.querySelectorAll('[data-kind="' + kind + '"]'));
  };
  media.say = function (words) {
    box.querySelector("[data-says]").textContent = words;
  };
  media.tell = function (tile, what) {
    tile.dispatchEvent(new CustomEvent("media:" + what, { bubbles: true }));
  };
  // Is there room for one more of this kind? If not, say so.
  media.room = function (kind) {
    var full = media.tiles(kind).length >= Number(media.field(kind).dataset.most);
    media.say(full ? media.field(kind).dataset.full : "");
    return !full;
  };
  media.add = function (kind, address, poster) {
    var tile = pattern.content.firstElementChild.cloneNode(true);
    Object.assign(tile.dataset, { kind: kind, state: "sending" });
    list.appendChild(tile);
    media.show(tile, address, poster);
    media.number();
    return tile;
  };
  // A file that was chosen or recorded just now.
  media.take = function (kind, file) {
    if (!media.room(kind)) return null;
    var tile = media.add(kind, URL.createObjectURL(file));
    tile.file = file; // as it is, should the network go before it is made lighter (tickets.js)
    media.lighter(kind, file).then(function (light) {
      if (list.contains(tile)) media.send(tile, light);
    });
    return tile;
  };

  box.querySelectorAll("input[type=file]").forEach(function (field) {
    field.addEventListener("change", function () {
      var files = Array.from(field.files);
      field.value = "";
      files.forEach(function (file) {
        media.take(field.dataset.kind, file);
      });
    });
  });
})();
