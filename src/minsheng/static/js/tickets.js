// What has come whole goes with the form as a ticket. It stays when the page is loaded anew or comes back with an error, as long as this tab is open;
// what is taken away is taken back from the server at once.
(function () {
  var media = window.msMedia;
  if (!media) return;
  var kept = media.box.querySelector("[data-kept]");
  var uploads = media.box.dataset.uploads + "/";

  media.done = function (tile, told) {
    var seen = tile.querySelector("[data-face]").firstElementChild;
    var ticket = Object.assign(document.createElement("input"), { type: "hidden", name: "kept", value: told.ticket });
    Object.assign(tile.dataset, { state: "done", ticket: told.ticket, saved: told.file });
    tile.appendChild(ticket);
    if (tile.dataset.kind === "photo" && !seen.naturalWidth) media.show(tile, told.thumbnail);
    remember();
    media.tell(tile, "done");
    media.tell(tile, "changed");
  };
  // Does a tile stand for the file at this address already, whole or on its way? The same photo may be chosen twice.
  media.uses = function (address) {
    return Array.from(media.list.children).some(function (tile) {
      return (tile.upload && tile.upload.url === address) || (tile.dataset.ticket && tile.dataset.ticket === String(address).split("/").pop());
    });
  };
  media.forget = function (tile) {
    var address = tile.dataset.ticket ? uploads + tile.dataset.ticket : tile.upload && tile.upload.url;
    if (tile.upload) tile.upload.abort();
    if (address && tile.dataset.state !== "failed") {
      fetch(address, { method: "DELETE", headers: media.headers() }).catch(function () {
        // Without a line nothing can be taken back now: the server removes it after a day.
      });
    }
    tile.querySelectorAll("[name=kept]").forEach((field) => field.remove());
    tile.upload = null;
    delete tile.dataset.ticket;
    delete tile.dataset.saved;
    remember();
  };
  function remember() {
    var fields = Array.from(media.list.querySelectorAll("[name=kept]"));
    window.sessionStorage.setItem("media", fields.map((field) => field.value).join(" "));
  }
  function known(told) {
    if (!told.ticket || media.list.querySelector('[data-ticket="' + told.ticket + '"]') || !media.room(told.kind)) return;
    media.done(media.add(told.kind, told.kind === "photo" ? told.thumbnail : told.file, told.kind === "video" && told.thumbnail), told);
  }
  // What waited in the outbox comes back into the form (sending.js).
  media.restore = function (ticket) {
    fetch(uploads + ticket).then(
      (answer) => (answer.ok ? answer.json().then(known) : remember()),
      () => media.say(""),
    );
  };
  // Files that have not arrived, under the names of their fields: without a network they wait on this device with the words.
  media.unsent = function () {
    return Array.from(media.list.children)
      .filter((tile) => tile.file && !tile.dataset.ticket && tile.dataset.state !== "failed")
      .map((tile) => [media.field(tile.dataset.kind).name, tile.file]);
  };
  var earlier = (window.sessionStorage.getItem("media") || "").split(" ").filter(Boolean);
  if (kept) {
    kept.querySelectorAll("[data-ticket]").forEach((one) => known(one.dataset));
    kept.remove();
  } else {
    earlier.forEach(media.restore);
  }
})();
