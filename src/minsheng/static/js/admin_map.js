// 地点在地图上: its outline among its neighbours. Without tiles, their names are what the map is read by.
(function () {
  var box = document.getElementById("map");
  if (!box || !window.msMap) return;
  var map = msMap(box, box.dataset);
  var shapes = JSON.parse(box.dataset.shapes);
  var point = JSON.parse(box.dataset.point);
  var style = function (feature) {
    var role = feature.properties.role;
    return {
      color: msMap.colour(role === "here" ? "--ms-brand-600" : "--ms-control"),
      weight: role === "here" ? 3 : 1,
      dashArray: role === "around" ? "5 4" : null,
      fillColor: msMap.colour(role === "here" ? "--ms-brand-200" : "--map-land"),
      fillOpacity: role === "here" ? 0.5 : 0,
    };
  };
  var named = function (feature, layer) {
    if (feature.properties.role !== "around") msMap.named(layer, feature);
  };
  // The canvas wants to know what is looked at before anything is drawn.
  var drawn = L.geoJSON(shapes, { style: style, interactive: false, onEachFeature: named });
  var here = drawn.getLayers().filter((layer) => layer.feature.properties.role !== "around");
  var seen = here.length ? L.featureGroup(here) : drawn;
  if (seen.getLayers().length) map.fitBounds(seen.getBounds(), { animate: false, padding: [16, 16] });
  else map.setView(point || [32, 110], point ? 14 : 5, { animate: false });
  drawn.addTo(map);
  if (point) {
    L.circleMarker(point, { radius: 6, weight: 2, color: "#fff", fillColor: msMap.colour("--ms-brand-600"), fillOpacity: 1, interactive: false }).addTo(map);
  }
  msMap.onTheme(() => drawn.setStyle(style));
})();
