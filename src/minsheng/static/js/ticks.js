// 全选: one box ticks the whole list, and the page says how many are ticked. Without scripts each box is ticked by itself.
document.querySelectorAll("form[data-ticks]").forEach(function (form) {
  var boxes = Array.from(form.querySelectorAll("tbody input[type=checkbox]"));
  var head = form.querySelector("[data-ticks-all]");
  var all = head && head.querySelector("input");
  var said = form.querySelector("[data-ticks-said]");
  if (!all || !boxes.length) return;
  head.hidden = false;

  function count() {
    var ticked = boxes.filter(function (box) {
      return box.checked;
    }).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    said.textContent = ticked ? form.dataset.ticks.replace("%", ticked) : "";
  }

  all.addEventListener("change", function () {
    boxes.forEach(function (box) {
      box.checked = all.checked;
    });
    count();
  });
  form.addEventListener("change", count);
  count();
});
