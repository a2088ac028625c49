// 照片 of the form: made lighter before they travel (lighter.js), and put back when something in them was hidden.
(function () {
  var media = window.msMedia;
  if (!media) return;

  media.lighter = function (kind, file) {
    return kind === "photo" ? window.msLighter(file) : Promise.resolve(file);
  };
  // A photo in which something was hidden takes the place of the one that was there.
  media.redrawn = function (tile, sheet) {
    media.forget(tile);
    Object.assign(tile, { file: null }).dataset.state = "sending"; // nothing that shows what was hidden may go meanwhile
    sheet.toBlob(
      function (drawn) {
        media.show(tile, URL.createObjectURL(drawn));
        media.send(tile, new File([drawn], "photo.jpg", { type: "image/jpeg" }));
      },
      "image/jpeg",
      0.9,
    );
  };
})();
