// 预览: what was typed beside the list and not sent is there again when the case is looked at again; what is wrong takes the focus.
(function () {
  var preview = document.getElementById("preview");
  if (!preview) return;
  var written = {};
  var code = () => (preview.querySelector("[data-code]") || { dataset: {} }).dataset.code;
  var key = (action) => code() + " " + action;

  preview.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.elements.action || !event.target.name || event.target.type === "file") return;
    var known = (written[key(form.elements.action.value)] = written[key(form.elements.action.value)] || {});
    known[event.target.name] = event.target.value;
  });

  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target !== preview) return;
    var asked = event.detail.requestConfig;
    var sent = asked.verb === "post";
    if (sent && preview.querySelector("[data-done]")) {
      var action = asked.parameters.get ? asked.parameters.get("action") : asked.parameters.action;
      Object.keys(written).forEach((one) => one === asked.path.split("/").slice(-2)[0] + " " + action && delete written[one]);
    }
    preview.scrollTop = 0;
    preview.querySelectorAll("[data-steps]").forEach((part) => (part.hidden = false));
    preview.querySelectorAll("form").forEach(fill);
    var row = document.querySelector("#list tr.on a.t");
    var wrong = preview.querySelector("#conflict, [aria-invalid=true]");
    if (wrong) wrong.focus();
    else if (sent && row) row.focus({ preventScroll: true });
  });

  function fill(form) {
    var kept = form.elements.action && written[key(form.elements.action.value)];
    if (!kept) return;
    if (form.closest("details")) form.closest("details").open = true;
    Object.keys(kept).forEach(function (name) {
      if (form.elements[name] && !form.elements[name].value) form.elements[name].value = kept[name];
    });
  }
})();
