// 大字 and 深色 without a reload: the buttons of the display form also work by themselves, by asking the server.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-display]");
  if (!button) return;
  event.preventDefault();
  var root = document.documentElement;
  var what = button.dataset.display;
  var value;
  if (what === "size") {
    value = root.dataset.size === "large" ? "" : "large";
    root.dataset.size = value;
  } else {
    value = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = value;
  }
  document.cookie = what + "=" + value + ";path=/;max-age=31536000;samesite=lax";
  document.querySelectorAll('[data-display="' + what + '"]').forEach(mark);
});

function mark(button) {
  var root = document.documentElement;
  var on = button.dataset.display === "size" ? root.dataset.size === "large" : root.dataset.bsTheme === "dark";
  button.setAttribute("aria-pressed", String(on));
}

document.querySelectorAll("[data-display]").forEach(mark);
