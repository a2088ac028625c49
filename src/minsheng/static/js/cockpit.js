// 驾驶舱的地图: the places of the table beside it, in its shades. A tap on a place is a tap on its link, so both always say the same.
(function () {
  var box = document.querySelector("[data-cockpit-map]");
  if (!box || !window.L) return;
  box.hidden = false;
  var map = msMap(box.querySelector("[data-ground]"), box.dataset);
  var places = null;

  function row(code) {
    return document.querySelector('#ck-spots tr[data-place="' + CSS.escape(code) + '"]');
  }

  function style(feature) {
    var found = row(feature.properties.code);
    return {
      color: msMap.colour("--map-edge"),
      weight: 1,
      fillColor: msMap.colour("--heat-" + (found ? found.dataset.shade : 0)),
      fillOpacity: 0.85,
    };
  }

  function name(named, feature, layer) {
    var code = feature.properties.code;
    var words = function () {
      var found = row(code);
      return msMap.label(found ? found.dataset.words : feature.properties.name);
    };
    layer.bindTooltip(words, named ? { permanent: true, direction: "center", className: "is-name" } : { sticky: true });
    layer.on("click", function () {
      var found = row(code);
      if (found) found.querySelector("a.name").click();
    });
  }

  msMap.json(box.dataset.outlines).then(
    function (outlines) {
      places = L.geoJSON(outlines, { style: style, onEachFeature: name.bind(null, outlines.features.length <= 12) }).addTo(map);
      msMap.fit(map, JSON.parse(box.dataset.window) || (outlines.features.length ? places.getBounds().toBBoxString().split(",").map(Number) : null));
    },
    function () {
      box.textContent = box.dataset.failed;
    },
  );

  // New counts came with the minute: the same map in new shades.
  function again() {
    if (!places) return;
    places.setStyle(style);
    places.eachLayer(function (layer) {
      if (layer.getTooltip() && layer.isTooltipOpen()) layer.setTooltipContent(layer.getTooltip().getContent());
    });
  }
  document.addEventListener("htmx:afterSettle", again);
  msMap.onTheme(again);
})();
