// 地点在地图上: its outline among its neighbours. Without tiles, their names are what the map is read by.
(function () {
  var box = document.getElementById("map");
  if (!box || !window.msMap) return;
  var map = msMap(box, box.dataset);
  var shapes = JSON.parse(box.dataset.shapes);
  var point = JSON.parse(box.dataset.point);
  // role of a shape → colour of its line, how bold, dashes, colour inside, how much of it. new: an outline that was refused.
  var looks = {
    here: ["--ms-brand-600", 3, null, "--ms-brand-200", 0.5],
    near: ["--ms-control", 1, null, "--map-land", 0],
    around: ["--ms-control", 1, "5 4", "--map-land", 0],
    new: ["--ms-bad", 3, "6 4", "--ms-bad-bg", 0.5],
  };
  var style = function (feature) {
    var look = looks[feature.properties.role];
    return { color: msMap.colour(look[0]), weight: look[1], dashArray: look[2], fillColor: msMap.colour(look[3]), fillOpacity: look[4] };
  };
  var named = function (feature, layer) {
    if (feature.properties.role === "here" || feature.properties.role === "near") msMap.named(layer, feature);
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
