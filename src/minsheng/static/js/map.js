// 地图: Leaflet as this house uses it. No tile is asked for unless the page names a provider; colours come from tokens.css and follow the theme.
(function () {
  var root = document.documentElement;

  // box: the element; given: {layers: JSON, subdomains, note} of the page.
  window.msMap = function (box, given) {
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var map = L.map(box, {
      preferCanvas: true,
      zoomSnap: 0.25,
      maxZoom: 18,
      scrollWheelZoom: false,
      zoomControl: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      inertia: !still,
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: given.nearer, zoomOutTitle: given.further }).addTo(map);
    JSON.parse(given.layers || "[]").forEach(function (template, n) {
      L.tileLayer(template, { subdomains: given.subdomains || "abc", maxZoom: 18, attribution: n ? "" : text(given.note) }).addTo(map);
    });
    return map;
  };

  msMap.colour = function (name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  };

  msMap.fit = function (map, bounds, options) {
    if (bounds) map.fitBounds([bounds.slice(0, 2).reverse(), bounds.slice(2).reverse()], options || { animate: false, padding: [12, 12] });
  };

  msMap.json = function (address) {
    return fetch(address).then(function (answer) {
      return answer.ok ? answer.json() : Promise.reject(new Error(answer.status));
    });
  };

  // Words on the map are text, whoever wrote them.
  msMap.label = function (words) {
    var span = document.createElement("span");
    span.textContent = words;
    return span;
  };

  msMap.named = function (layer, place) {
    layer.bindTooltip(msMap.label(place.properties.name), { permanent: true, direction: "center", className: "is-name" });
  };

  msMap.onTheme = function (again) {
    new MutationObserver(again).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  };

  function text(words) {
    return msMap.label(words || "").innerHTML;
  }
})();
