// 工单列表 by itself up to date. Whoever is in the middle of it loses nothing: rows stay where they are and take their new state, what has gone grows pale,
// and new ones are only announced. At its beginning, with nothing ticked, the list is simply drawn anew.
(function () {
  var list = document.getElementById("list");
  var fresh = document.getElementById("fresh");
  if (!list || !fresh) return;
  var waiting;

  var body = () => document.getElementById("rows");
  var busy = () => list.scrollTop > 0 || list.querySelector("tr.on, input[name=code]:checked") || list.contains(document.activeElement);

  document.body.addEventListener("htmx:oobBeforeSwap", function (event) {
    if (event.detail.target.id !== "rows") return;
    var drawn = event.detail.fragment.querySelector ? event.detail.fragment.querySelector("#rows") || event.detail.fragment : event.detail.fragment;
    if (!busy()) {
      fresh.hidden = true;
      setTimeout(() => document.dispatchEvent(new Event("worklist:drawn")));
      return;
    }
    event.detail.shouldSwap = false;
    merge(Array.from(drawn.querySelectorAll("tr[data-code]")));
    waiting = drawn.cloneNode(true);
  });

  function merge(now) {
    var codes = now.map((row) => row.dataset.code);
    var last = -1;
    var here = Array.from(body().children);
    here.forEach((row, at) => codes.includes(row.dataset.code) && (last = at));
    here.forEach(function (row, at) {
      var next = now[codes.indexOf(row.dataset.code)];
      if (next) take(row, next.cloneNode(true));
      else if (row.dataset.code) row.classList.toggle("gone", at < last || codes.length < 50);
    });
    var unknown = codes.filter((code) => !here.some((row) => row.dataset.code === code));
    var old = Number(fresh.dataset.n || 0);
    fresh.dataset.n = unknown.length;
    fresh.hidden = !unknown.length;
    if (unknown.length !== old) fresh.textContent = fresh.dataset.said.replace("%", unknown.length);
    document.dispatchEvent(new Event("worklist:drawn"));
  }

  // The new state of a row, with its tick, its place under the cursor, and the focus of whatever in it had it.
  function take(row, next) {
    var focused = row.contains(document.activeElement) ? document.activeElement : null;
    var tick = row.querySelector("input[name=code]").checked;
    next.querySelector("input[name=code]").checked = tick;
    if (row.classList.contains("on")) {
      next.classList.add("on");
      next.setAttribute("aria-current", "true");
    }
    if (row.innerHTML === next.innerHTML) {
      row.className = next.className;
      return;
    }
    row.replaceWith(next);
    htmx.process(next);
    if (focused && focused.id) document.getElementById(focused.id).focus({ preventScroll: true });
  }

  fresh.addEventListener("click", function () {
    var on = list.querySelector("tr.on");
    var ticked = Array.from(list.querySelectorAll("input[name=code]:checked")).map((box) => box.closest("tr").dataset.code);
    if (!waiting) return;
    body().replaceChildren(...waiting.querySelectorAll("tr[data-code]"));
    htmx.process(body());
    ticked.forEach((code) => list.querySelectorAll('tr[data-code="' + code + '"] input[name=code]').forEach((box) => (box.checked = true)));
    var same = on && list.querySelector('tr[data-code="' + on.dataset.code + '"]');
    if (same) same.classList.add("on");
    fresh.hidden = true;
    fresh.dataset.n = 0;
    list.scrollTop = 0;
    document.dispatchEvent(new Event("worklist:drawn"));
  });
})();
