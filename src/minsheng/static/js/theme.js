// Before anything is drawn: the theme and the letter size this person chose (cookies), else the theme of the device.
(function () {
  var root = document.documentElement;
  var chosen = /(?:^|;\s*)theme=(light|dark)/.exec(document.cookie);
  var device = window.matchMedia("(prefers-color-scheme: dark)");
  function show() {
    root.dataset.bsTheme = chosen ? chosen[1] : device.matches ? "dark" : "light";
  }
  show();
  if (!chosen && device.addEventListener) device.addEventListener("change", show);
  if (/(?:^|;\s*)size=large/.test(document.cookie)) root.dataset.size = "large";
  root.classList.add("js");
})();
