// 用浏览器听写, only where the city has switched it on: the browser's maker may hear it, and the page says so. What it understood is added to the text.
(function () {
  var box = document.querySelector("[data-voice]");
  var button = box && box.querySelector("[data-dictate]");
  var Recogniser = window.SpeechRecognition || window.webkitSpeechRecognition;
  if (!button || !Recogniser) return;
  var field = document.getElementById("text");
  var says = box.querySelector("[data-voice-says]");
  var listening = null;
  button.hidden = document.getElementById("dictate-warning").hidden = false;

  button.addEventListener("click", function () {
    if (listening) return listening.stop();
    listening = new Recogniser();
    Object.assign(listening, { lang: "zh-CN", continuous: true, interimResults: false });
    listening.onresult = function (event) {
      field.value += event.results[event.resultIndex][0].transcript;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    listening.onerror = function () {
      says.textContent = box.dataset.failed;
    };
    listening.onend = function () {
      listening = null;
      button.setAttribute("aria-pressed", "false");
      if (says.textContent === box.dataset.listening) says.textContent = "";
    };
    button.setAttribute("aria-pressed", "true");
    says.textContent = box.dataset.listening;
    listening.start();
  });
})();
