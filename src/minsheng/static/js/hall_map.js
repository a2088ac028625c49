// 大厅的地图: draws the places of the list beside it in the list's shades. A tap on a place is a tap on its link, so both always say the same.
(function () {
  var box = document.querySelector("[data-hall-map]");
  if (!box || !window.L) return;
  box.hidden = false;
  var map = msMap(box.querySelector("#map"), box.dataset);
  var places = null;
  var counted = {};
  var drawn = "";

  function draw() {
    var side = document.getElementById("mapside").dataset;
    var asked = side.outlines + side.heat;
    if (asked === drawn) return;
    drawn = asked;
    Promise.all([msMap.json(side.outlines), msMap.json(side.heat)]).then(
      function (got) {
        if (asked === drawn) show(got[0], got[1], JSON.parse(side.window));
      },
      function () {
        box.textContent = box.dataset.failed;
      },
    );
  }

  function show(outlines, counts, bounds) {
    counted = Object.fromEntries(counts.places.map((place) => [place.code, place]));
    if (places) places.remove();
    var named = outlines.features.length <= 24;
    places = L.geoJSON(outlines, { style: style, onEachFeature: name.bind(null, named) }).addTo(map);
    map.invalidateSize();
    msMap.fit(map, bounds || (outlines.features.length ? places.getBounds().toBBoxString().split(",").map(Number) : null));
  }

  function style(feature) {
    var shade = (counted[feature.properties.code] || { shade: 0 }).shade;
    return { color: msMap.colour("--map-edge"), weight: 1, fillColor: msMap.colour("--heat-" + shade), fillOpacity: 0.82 };
  }

  function name(named, feature, layer) {
    var code = feature.properties.code;
    var said = box.dataset.said.replace("%", counted[code] ? counted[code].n : 0);
    var shown = named ? { permanent: true, direction: "center", className: "is-name" } : { sticky: true };
    layer.bindTooltip(msMap.label(feature.properties.name + " " + said), shown);
    layer.on("click", function () {
      var link = document.querySelector('[data-place="' + CSS.escape(code) + '"] .name');
      if (link) link.click();
    });
  }

  msMap.onTheme(function () {
    if (places) places.setStyle(style);
  });
  // A page kept by htmx for the back button would hold the picture of a map and no map: going back asks the server.
  document.addEventListener("DOMContentLoaded", function () {
    Object.assign(htmx.config, { historyCacheSize: 0, refreshOnHistoryMiss: true });
  });
  document.addEventListener("htmx:afterSettle", draw);
  draw();
})();
