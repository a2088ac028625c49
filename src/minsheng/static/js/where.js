// 在哪里: a position (of the phone, of the map), a place known by name or a scanned code is sent to the server, which says where that is and, near a
// border, asks back. The hidden fields hold one of them at a time; the words that were typed stay as they are.
(function () {
  var box = document.querySelector("[data-where]");
  if (!box) return;
  var form = box.closest("form");
  var typing;

  function set(values) {
    ["lat", "lng", "datum", "known"].forEach(function (name) {
      form.elements[name].value = values[name] || "";
    });
    // A district that was found here, and not chosen by the person, goes with its position.
    var district = form.elements.district;
    if (district.value === district.dataset.found) district.value = "";
    var note = box.querySelector("[data-scanned]");
    if (note && note.id !== "spot") note.remove();
    if (form.elements.scanned) form.elements.scanned.value = "";
  }

  function get(address, query, target, swap) {
    // Without a network there is no help, and the words alone are enough.
    htmx.ajax("GET", address + "?" + new URLSearchParams(query), { target: target, swap: swap }).catch(function () {});
  }

  // Sent by the map (picker.js), the camera (scan.js) and the parts below: {lat, lng, datum}, {place} or {code}.
  box.addEventListener("ms:where", function (event) {
    var found = event.detail;
    set({ lat: found.lat, lng: found.lng, datum: found.datum, known: found.place });
    if (!found.code) form.elements.plate.value = "";
    get(box.dataset.at, found, "#spot", "outerHTML");
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id !== "spot") return;
    var spot = event.target.dataset;
    if (spot.district) form.elements.district.value = form.elements.district.dataset.found = spot.district;
    if ("problem" in spot) set({});
    if (spot.scanned) form.elements.plate.value = spot.scanned;
  });

  form.elements.place.addEventListener("input", function () {
    clearTimeout(typing);
    typing = setTimeout(function () {
      get(box.dataset.suggest, { q: form.elements.place.value.trim() }, "#known", "innerHTML");
    }, 300);
  });

  box.addEventListener("click", function (event) {
    var taken = event.target.closest("[data-known]");
    if (!taken) return;
    form.elements.place.value = taken.dataset.name;
    form.elements.place.focus();
    document.getElementById("known").textContent = "";
    box.dispatchEvent(new CustomEvent("ms:where", { detail: { place: taken.dataset.known } }));
  });

  form.elements.plate.addEventListener("change", function () {
    if (form.elements.plate.value.trim()) box.dispatchEvent(new CustomEvent("ms:where", { detail: { code: form.elements.plate.value } }));
  });
})();
