// 在地图上选: the map is loaded when somebody opens it. A tap picks, and so does the button for the middle, which needs no pointer.
(function () {
  var open = document.querySelector("[data-pick]");
  var box = document.getElementById("picker");
  if (!open || !box) return;
  var given = box.dataset;
  var map, mark, outlines, asked;
  open.hidden = false;

  open.addEventListener("click", function () {
    box.hidden = !box.hidden;
    open.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden && !map) load(given.script.split(" "), start);
  });

  function load(addresses, done) {
    given.style.split(" ").forEach(function (address) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
    });
    addresses.reduceRight(function (next, address) {
      return function () {
        document.head.append(Object.assign(document.createElement("script"), { src: address, onload: next }));
      };
    }, done)();
  }

  function start() {
    map = msMap(box.querySelector("#map"), given);
    map.on("click", (event) => pick(event.latlng)).on("moveend", show);
    box.querySelector("[data-middle]").addEventListener("click", () => pick(map.getCenter()));
    msMap.fit(map, JSON.parse(given.window) || [73, 18, 135, 54]);
    msMap.onTheme(() => outlines && outlines.setStyle(style()));
  }

  function pick(point) {
    if (mark) mark.remove();
    mark = L.circleMarker(point, { radius: 9, weight: 3, color: "#fff", fillColor: msMap.colour("--ms-brand-600"), fillOpacity: 1 }).addTo(map);
    var where = { lat: point.lat.toFixed(6), lng: point.lng.toFixed(6), datum: given.datum };
    open.dispatchEvent(new CustomEvent("ms:where", { detail: where, bubbles: true }));
  }

  // The nearer one looks, the smaller the places: their names are what a map without tiles is read by.
  function show() {
    var level = map.getZoom() < 10.5 ? "district" : map.getZoom() < 12.5 ? "street" : "community";
    var corners = map.getBounds().pad(0.2).toBBoxString().split(",").map((degrees) => Number(degrees).toFixed(1));
    var query = new URLSearchParams({ level: level, datum: given.datum, v: given.version, bounds: corners.join(",") });
    if (asked === String(query)) return;
    asked = String(query);
    msMap.json(given.outlines + "?" + query).then(function (found) {
      if (asked !== String(query)) return;
      if (outlines) outlines.remove();
      outlines = L.geoJSON(found, { style: style, interactive: false, onEachFeature: (place, layer) => msMap.named(layer, place) }).addTo(map);
      if (mark) mark.bringToFront();
    });
  }
  var style = () => ({ color: msMap.colour("--ms-control"), weight: 1, fillColor: msMap.colour("--map-land"), fillOpacity: given.layers === "[]" ? 1 : 0 });
})();
