// 最近的: how far it is, once the phone says where it is; asked only when somebody taps. And the position of a finding (locate.js asks for it).
(function () {
  var bar = document.querySelector("[data-sorts]");
  var box = document.querySelector("form[data-where]");

  if (box)
    box.addEventListener("ms:where", function (event) {
      ["lat", "lng", "datum"].forEach((name) => (box.elements[name].value = event.detail[name]));
      // Where that is, in words, and on which side of a border; without a network it is found out when the form arrives.
      if (window.htmx && navigator.onLine) htmx.ajax("GET", box.dataset.at + "?" + new URLSearchParams(event.detail), "#where").catch(function () {});
    });

  if (!bar || !navigator.geolocation) return;
  var list = document.getElementById("jobs");
  var here = null;
  var chosen = "first";
  var jobs = () => Array.from(list.querySelectorAll(".gw-job"));
  bar.hidden = jobs().length < 2;

  bar.addEventListener("click", function (event) {
    var button = event.target.closest("[data-sort]");
    if (!button) return;
    chosen = button.dataset.sort;
    if (chosen === "first" || here) order();
    if (chosen === "near") navigator.geolocation.getCurrentPosition(found, function () {}, { enableHighAccuracy: true, timeout: 10000 });
  });
  // The list comes anew now and then, most urgent first.
  document.body.addEventListener("htmx:afterSettle", () => here && order());

  function found(position) {
    here = position.coords;
    order();
  }

  function order() {
    if (here) jobs().forEach((job) => mark(job));
    var by = chosen === "near" ? far : (job) => Number(job.querySelector(".n").textContent);
    jobs()
      .sort((one, other) => by(one) - by(other))
      .forEach((job) => list.append(job));
    bar.querySelectorAll("[data-sort]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.sort === chosen)));
  }

  function far(job) {
    return job.dataset.metres ? Number(job.dataset.metres) : Infinity;
  }

  function mark(job) {
    if (!job.dataset.lat) return;
    var south = ((Number(job.dataset.lat) - here.latitude) * Math.PI) / 180;
    var east = (((Number(job.dataset.lng) - here.longitude) * Math.PI) / 180) * Math.cos((here.latitude * Math.PI) / 180);
    var metres = 6371000 * Math.hypot(south, east);
    job.dataset.metres = Math.round(metres);
    job.querySelector("[data-far]").textContent = metres < 1000 ? Math.round(metres / 10) * 10 + " m" : (metres / 1000).toFixed(1) + " km";
  }
})();
