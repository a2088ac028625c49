// Small help for forms: the error summary takes the focus, letters are counted, a form is sent once.
(function () {
  var first = document.querySelector(".ms-errors, #conflict") || document.querySelector("[aria-invalid=true]");
  if (first) first.focus();

  document.querySelectorAll("[data-counts]").forEach(function (shown) {
    var field = document.getElementById(shown.dataset.counts);
    var count = function () {
      shown.firstElementChild.textContent = Array.from(field.value).length;
    };
    field.addEventListener("input", count);
    count();
    shown.hidden = false;
  });

  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (event.defaultPrevented || !button || !button.dataset.sending) return;
    if (button.dataset.ask && !window.confirm(button.dataset.ask)) {
      event.preventDefault();
      return;
    }
    var words = button.innerHTML;
    setTimeout(function () {
      button.disabled = true;
      button.textContent = button.dataset.sending;
    });
    // Coming back with the back button finds the page as it was left: the button must work again.
    window.addEventListener("pageshow", function () {
      button.disabled = false;
      button.innerHTML = words;
    });
  });
})();
