// 一件诉求 at the desk. A template's words go where the answer is written, below what stands there already; photos that were chosen stay chosen.
// What came back with a warning takes the focus. What was opened of a person is gone from the page as soon as it is left.
(function () {
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-template]");
    if (!button) return;
    var form = button.form;
    var field = document.getElementById(button.dataset.template);
    if (!field || !form.elements.template.value) return;
    event.preventDefault();
    var body = new FormData();
    ["csrfmiddlewaretoken", "action", "template"].forEach((name) => body.append(name, form.elements[name].value));
    fetch(button.getAttribute("formaction"), { method: "POST", body: body, headers: { "X-Requested-With": "template" }, redirect: "error" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
      .then(function (words) {
        var before = field.value.replace(/\s+$/, "");
        if (before && !window.confirm(button.dataset.below)) return;
        field.value = before ? before + "\n" + words : words;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
      })
      .catch(function () {
        delete button.dataset.template; // without this help the form goes to the server, and the page says what was wrong
        button.click();
      });
  });

  var focus = document.querySelector("[data-focus]");
  if (focus && !document.getElementById("conflict")) focus.focus();

  window.addEventListener("pagehide", function () {
    document.querySelectorAll("[data-covered]").forEach(function (shown) {
      shown.textContent = shown.dataset.covered;
    });
  });
})();
