// A tile of the form: what it shows, how it is called, what its buttons do.
(function () {
  var media = window.msMedia;
  if (!media) return;

  media.show = function (tile, address, poster) {
    var seen = document.createElement({ photo: "img", video: "video", audio: "audio" }[tile.dataset.kind]);
    Object.assign(seen, { controls: true, preload: "metadata", playsInline: true, alt: "", src: address });
    if (poster) seen.poster = poster;
    var face = tile.querySelector("[data-face]");
    face.textContent = "";
    face.appendChild(seen);
  };
  // Every tile by its kind and number, and its buttons by the tile.
  media.number = function () {
    ["photo", "video", "audio"].forEach(function (kind) {
      media.tiles(kind).forEach(function (tile, n) {
        var name = media.field(kind).dataset.label.replace("%", n + 1);
        tile.querySelector("[data-name]").textContent = name;
        tile.querySelector("[data-act=away]").setAttribute("aria-label", media.box.dataset.away.replace("%", name));
        tile.querySelector("[data-act=blur]").setAttribute("aria-label", media.box.dataset.over.replace("%", name));
        tile.querySelector("progress").setAttribute("aria-label", name);
        if (kind !== "photo") tile.querySelector("[data-face]").firstElementChild.setAttribute("aria-label", name);
      });
    });
    media.list.hidden = !media.list.children.length;
    media.box.querySelector("[data-blur-hint]").hidden = !media.tiles("photo").length || !media.blurs;
  };
  media.list.addEventListener("click", function (event) {
    var button = event.target.closest("[data-act]");
    var tile = event.target.closest(".ms-shot");
    if (!button || !tile) return;
    if (button.dataset.act === "pause" && tile.upload) {
      tile.upload.abort();
      tile.dataset.state = "paused";
    }
    if (button.dataset.act === "go") media.go(tile);
    if (button.dataset.act === "away") {
      media.forget(tile);
      tile.remove();
      media.say("");
      media.number();
      media.tell(media.list, "changed");
      media.field(tile.dataset.kind).focus();
    }
  });
})();
