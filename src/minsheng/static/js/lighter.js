// A photo before it travels: a phone's picture weighs 5 MB and is drawn smaller here. What this browser cannot draw is sent as it is (HEIC: the server can).
(function () {
  var EDGE = 2048;
  var LIGHT = 700000;

  window.msLighter = function (file) {
    if (file.size < LIGHT || !window.createImageBitmap) return Promise.resolve(file);
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
        if (!drawn || drawn.size >= file.size) return file;
        // The time of the original: by it the same photo, chosen again after a break, is known to be half sent.
        return new File([drawn], file.name, { type: "image/jpeg", lastModified: file.lastModified });
      })
      .catch(function () {
        return file;
      });
  };
})();
