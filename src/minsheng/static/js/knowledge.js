// 知识库 beside an answer: what was found goes into the text field, and the form says from which article. Without scripts the article is opened and read.
(function () {
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-into], [data-copy]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else put(button);
  });

  function put(button) {
    var field = document.getElementById(button.dataset.into);
    if (!field) return;
    var before = field.value.trim();
    field.value = before ? before + "\n" + button.dataset.text : button.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    var form = field.form;
    var known = form && Array.from(form.querySelectorAll("input[name=article]")).some((one) => one.value === button.dataset.article);
    if (form && !known) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "article", value: button.dataset.article }));
    field.focus();
  }

  function copy(button) {
    navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent).then(function () {
      button.lastChild.textContent = button.dataset.done;
    });
  }

  // A browser without a clipboard (an address without https) is not offered to copy.
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
})();
