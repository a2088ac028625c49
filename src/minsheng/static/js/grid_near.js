// 最近的: how far it is, once the phone says where it is; asked only when somebody taps. And the position of a finding (locate.js asks for it).
(function () {
  var bar = document.querySelector("[data-sorts]");
  var box = document.querySelector("form[data-where]");

  if (box)
    box.addEventListener("ms:where", function (event) {
      ["lat", "lng", "datum"].forEach((name) => (box.elements[name].value = event.detail[name]));
    });

  if (!bar || !navigator.geolocation) return;
  var list = document.querySelector("[data-jobs]");
  var first = Array.from(list.querySelectorAll(".gw-job"));
  bar.hidden = first.length < 2;

  bar.addEventListener("click", function (event) {
    var chosen = event.target.closest("[data-sort]");
    if (!chosen) return;
    if (chosen.dataset.sort === "first") return put(chosen, first);
    navigator.geolocation.getCurrentPosition(
      function (found) {
        first.forEach((job) => mark(job, found.coords));
        put(
          chosen,
          first.slice().sort((one, other) => far(one) - far(other)),
        );
      },
      function () {},
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });

  function put(chosen, jobs) {
    jobs.forEach((job) => list.append(job));
    bar.querySelectorAll("[data-sort]").forEach((one) => one.setAttribute("aria-pressed", String(one === chosen)));
  }

  function far(job) {
    return job.dataset.metres ? Number(job.dataset.metres) : Infinity;
  }

  function mark(job, here) {
    if (!job.dataset.lat) return;
    var south = ((Number(job.dataset.lat) - here.latitude) * Math.PI) / 180;
    var east = (((Number(job.dataset.lng) - here.longitude) * Math.PI) / 180) * Math.cos((here.latitude * Math.PI) / 180);
    var metres = 6371000 * Math.hypot(south, east);
    job.dataset.metres = Math.round(metres);
    job.querySelector("[data-far]").textContent = metres < 1000 ? Math.round(metres / 10) * 10 + " m" : (metres / 1000).toFixed(1) + " km";
  }
})();
