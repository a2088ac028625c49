// 批量: the bar of actions appears with the first ticked row and says how many are ticked; one box ticks them all.
(function () {
  var list = document.getElementById("list");
  var bar = document.querySelector("[data-bulk]");
  var all = document.getElementById("all");
  if (!list || !bar || !all) return;
  var said = bar.querySelector("[data-said]");
  var none = bar.querySelector("[data-none]");
  var boxes = () => Array.from(list.querySelectorAll("input[name=code]"));
  document.querySelector("[data-all]").hidden = false;

  function count() {
    var found = boxes();
    var n = found.filter((box) => box.checked).length;
    bar.classList.toggle("has", n > 0);
    none.hidden = !n;
    if (n) said.textContent = said.dataset.said.replace("%", n);
    all.checked = n > 0 && n === found.length;
    all.indeterminate = n > 0 && n < found.length;
  }
  function every(value) {
    boxes().forEach((box) => (box.checked = value));
    count();
  }
  all.addEventListener("change", () => every(all.checked));
  none.addEventListener("click", () => every(false));
  list.addEventListener("change", (event) => event.target.name === "code" && count());
  document.addEventListener("worklist:drawn", count);
  document.body.addEventListener("htmx:afterSettle", count);
  addEventListener("pageshow", count);
})();
