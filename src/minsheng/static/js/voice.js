// 语音转文字: what was said stands below what was typed, for the person to correct; the recording goes along in any case.
(function () {
  var box = document.querySelector("[data-voice]");
  if (!box) return;
  var media = window.msMedia;
  var field = document.getElementById("text");
  var says = box.querySelector("[data-voice-says]");
  var speak = box.querySelector("[data-speak]");

  function write(words) {
    field.value += (field.value && !/\s$/.test(field.value) ? "\n" : "") + words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function transcribe(tile) {
    var asked = new FormData();
    asked.append("ticket", tile.dataset.ticket);
    says.textContent = box.dataset.writing;
    box.scrollIntoView({ block: "nearest" });
    fetch(box.dataset.voice, { method: "POST", headers: media.headers(), body: asked })
      .then(function (answer) {
        return answer.json();
      })
      .then(function (told) {
        if (told.text) write(told.text);
        says.textContent = told.text ? box.dataset.written : told.message;
      })
      .catch(function () {
        says.textContent = box.dataset.failed;
      });
  }
  if (media && speak) {
    speak.hidden = !media.record;
    speak.addEventListener("click", function () {
      media.record(box, { speaks: "yes" });
    });
    media.list.addEventListener("media:done", function (event) {
      if (event.target.dataset.speaks) transcribe(event.target);
    });
    media.list.addEventListener("click", function (event) {
      if (event.target.closest("[data-act=text]")) transcribe(event.target.closest(".ms-shot"));
    });
  }
})();
