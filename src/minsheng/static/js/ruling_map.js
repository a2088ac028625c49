// 裁定: the communities around the place, its own one marked. What it shows stands in words above it; without it nothing is missing.
(function () {
  var box = document.querySelector("[data-ruling-map]");
  if (!box || !window.L) return;
  msMap.json(box.dataset.outlines).then(
    function (outlines) {
      if (!outlines.features.length) return;
      box.hidden = false;
      var map = msMap(box.firstElementChild, box.dataset);
      var style = function (feature) {
        var own = feature.properties.code === box.dataset.here;
        return { color: msMap.colour("--map-edge"), weight: own ? 2 : 1, fillColor: msMap.colour(own ? "--heat-4" : "--heat-1"), fillOpacity: own ? 0.75 : 0.6 };
      };
      var places = L.geoJSON(outlines, { style: style, onEachFeature: function (feature, layer) { msMap.named(layer, feature); } }).addTo(map);
      map.invalidateSize();
      msMap.fit(map, JSON.parse(box.dataset.window) || places.getBounds().toBBoxString().split(",").map(Number));
      msMap.onTheme(function () { places.setStyle(style); });
    },
    function () {},
  );
})();
