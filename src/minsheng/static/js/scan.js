// 扫楼栋码 on the page itself, where the browser can read codes; elsewhere the phone's own camera does it, and the code can be copied by hand.
(function () {
  var box = document.querySelector("[data-scan]");
  if (!box || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  var video = box.querySelector("video");
  var say = box.querySelector("[role=status]");
  var stream;

  // A browser that names a reader and then has none keeps the button hidden.
  BarcodeDetector.getSupportedFormats().then(offer, function () {});

  function offer(formats) {
    if (formats.indexOf("qr_code") < 0) return;
    box.hidden = false;
    box.querySelector("button").addEventListener("click", start);
  }

  function start() {
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(
      function (found) {
        stream = found;
        video.srcObject = found;
        video.hidden = false;
        video.play();
        look(new BarcodeDetector({ formats: ["qr_code"] }));
      },
      function () {
        say.textContent = say.dataset.failed;
      },
    );
  }

  function look(detector) {
    detector.detect(video).then(
      function (codes) {
        if (!codes.length) return again(detector);
        stop();
        box.dispatchEvent(new CustomEvent("ms:where", { detail: { code: codes[0].rawValue }, bubbles: true }));
      },
      function () {
        again(detector); // the first pictures of a camera cannot be read yet
      },
    );
  }

  function again(detector) {
    if (stream) setTimeout(look, 250, detector);
  }

  function stop() {
    stream.getTracks().forEach(function (track) {
      track.stop();
    });
    stream = null;
    video.hidden = true;
  }
  window.addEventListener("pagehide", function () {
    if (stream) stop();
  });
})();
