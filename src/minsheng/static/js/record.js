// 录音: speak into the microphone, stop, listen to it in its tile. Where this browser cannot, the field takes a file, and the phone its own recorder.
(function () {
  var media = window.msMedia;
  if (!media || !window.MediaRecorder || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
  var panel = media.box.querySelector("[data-recording]");
  var shown = panel.querySelector("[data-time]");
  var button = media.box.querySelector("[data-record]");
  var recorder = null;
  button.hidden = false;
  media.field("audio").removeAttribute("capture");
  button.addEventListener("click", function () {
    media.record(panel.parentNode, {});
  });

  // The panel stands in `place` meanwhile; `marks` are set on the tile of the recording.
  media.record = function (place, marks) {
    if (recorder || !media.room("audio")) return;
    navigator.mediaDevices.getUserMedia({ audio: true }).then(
      function (stream) {
        var heard = [];
        var seconds = 0;
        recorder = new MediaRecorder(stream);
        place.appendChild(panel);
        panel.hidden = false;
        panel.querySelector("[data-stop]").focus();
        recorder.ondataavailable = function (event) {
          heard.push(event.data);
        };
        recorder.onstop = function () {
          var voice = new File(heard, "voice", { type: (recorder.mimeType || "audio/webm").split(";")[0] });
          var tile = recorder.dropped || !seconds ? null : media.take("audio", voice);
          if (tile) Object.assign(tile.dataset, marks);
          else if (!recorder.dropped) media.say(panel.dataset.short);
          clearInterval(clock);
          stream.getTracks()[0].stop();
          recorder = null;
          panel.hidden = true;
          shown.textContent = "0:00";
          button.focus();
        };
        var clock = setInterval(function () {
          seconds += 1;
          shown.textContent = Math.floor(seconds / 60) + ":" + ("0" + (seconds % 60)).slice(-2);
          if (seconds >= Number(panel.dataset.recording)) recorder.stop();
        }, 1000);
        recorder.start();
      },
      function () {
        media.say(panel.dataset.refused);
      },
    );
  };
  panel.addEventListener("click", function (event) {
    if (!recorder || !event.target.closest("[data-stop],[data-cancel]")) return;
    recorder.dropped = Boolean(event.target.closest("[data-cancel]"));
    recorder.stop();
  });
})();
