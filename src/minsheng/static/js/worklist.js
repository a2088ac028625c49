// 工单列表 by keyboard: a cursor, and the case under it beside the list. Keys work only while no field has the focus, and can be switched off.
(function () {
  var list = document.getElementById("list");
  var preview = document.getElementById("preview");
  if (!list || !preview) return;
  var keys = document.getElementById("keys");
  var on = document.getElementById("keys-on");
  var wide = window.matchMedia("(min-width: 1200px)");
  var later;

  var rows = () => Array.from(list.querySelectorAll("tbody tr[data-code]"));
  var current = () => list.querySelector("tr.on");
  var box = (row) => row.querySelector("input[name=code]");

  on.checked = read() !== "off";
  on.addEventListener("change", function () {
    try {
      localStorage.setItem("worklist-keys", on.checked ? "on" : "off");
    } catch {
      // A browser that keeps nothing: the choice holds for this page.
    }
  });
  document.querySelectorAll("[data-keys]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  });

  function read() {
    try {
      return localStorage.getItem("worklist-keys");
    } catch {
      return null;
    }
  }

  // --- the cursor ---------------------------------------------------------------------------------------------------
  function go(row, wait) {
    if (!row) return;
    rows().forEach(function (one) {
      one.classList.toggle("on", one === row);
      if (one === row) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
    row.querySelector("a.t").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(later);
    if (wide.matches) later = setTimeout(() => show(row), wait ? 180 : 0);
  }

  function step(by) {
    var all = rows();
    var at = all.indexOf(current());
    return at < 0 ? all[0] : all[at + by];
  }

  function show(row) {
    var link = row.querySelector("a.t");
    htmx.ajax("GET", link.dataset.preview, { target: "#preview", swap: "innerHTML" });
    row.classList.remove("new");
  }

  list.addEventListener("click", function (event) {
    var link = event.target.closest("a.t");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.closest("tr"));
  });

  preview.addEventListener("click", function (event) {
    var button = event.target.closest("[data-step]");
    if (button) go(step(Number(button.dataset.step)));
  });

  function open(row) {
    if (row) location.href = row.querySelector("a.t").href;
  }

  function act(key) {
    var row = current();
    if (row && !wide.matches) return (location.href = row.querySelector("a.t").href + "#composer");
    var part = preview.querySelector('[data-key="' + key + '"]');
    if (!part) return;
    if (part.tagName === "DETAILS") part.open = true;
    var field = part.querySelector("input:not([type=hidden]), select, textarea, button[type=submit]");
    if (field) field.focus();
  }

  function tick(row, value) {
    if (!row) return;
    box(row).checked = value;
    box(row).dispatchEvent(new Event("change", { bubbles: true }));
  }

  // --- keys ---------------------------------------------------------------------------------------------------------
  var deeds = {
    j: (event) => (event.shiftKey && tick(current(), true), go(step(1), true), event.shiftKey && tick(current(), true)),
    k: (event) => (event.shiftKey && tick(current(), true), go(step(-1), true), event.shiftKey && tick(current(), true)),
    x: () => current() && tick(current(), !box(current()).checked),
    enter: (event) => open(event.target.closest("tr[data-code]") || current()),
    a: () => act("a"),
    r: () => act("r"),
    u: () => act("u"),
    "/": () => document.getElementById("gq").focus(),
    "?": () => keys.showModal(),
  };
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("textarea, select, [contenteditable], dialog[open], input:not([type=checkbox])");
    if (event.key === "Escape" && typing && preview.contains(typing) && current()) return current().querySelector("a.t").focus();
    if (typing || !on.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary") && !event.target.matches("a.t")) return;
    var deed = deeds[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    deed(event);
  });
})();
