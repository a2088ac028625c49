// 用我现在的位置: asked of the browser only when the person taps; satellites and browsers speak WGS-84.
document.querySelectorAll("[data-locate]").forEach(function (button) {
  if (!navigator.geolocation) return;
  var box = button.closest("[data-where]");
  var say = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", function () {
    say.textContent = say.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      function (found) {
        var where = { lat: found.coords.latitude.toFixed(6), lng: found.coords.longitude.toFixed(6), datum: "wgs84" };
        box.dispatchEvent(new CustomEvent("ms:where", { detail: where }));
        say.textContent = say.dataset.found.replace("%", Math.round(found.coords.accuracy));
      },
      function () {
        say.textContent = say.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
});
