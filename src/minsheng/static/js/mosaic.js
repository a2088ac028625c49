// What makes a face or a plate unreadable: a frame of a picture is drawn again in at most six coarse squares across.
(function () {
  var media = window.msMedia;
  if (!media) return;
  var SQUARES = 6;

  media.mosaic = function (sheet, frame) {
    var pen = sheet.getContext("2d");
    var square = Math.max(frame.w, frame.h) / SQUARES;
    var small = document.createElement("canvas");
    small.width = Math.max(1, Math.round(frame.w / square));
    small.height = Math.max(1, Math.round(frame.h / square));
    small.getContext("2d").drawImage(sheet, frame.x, frame.y, frame.w, frame.h, 0, 0, small.width, small.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, small.width, small.height, frame.x, frame.y, frame.w, frame.h);
    pen.imageSmoothingEnabled = true;
  };
})();
