// The form waits for files that still travel and then goes by itself; a file that was refused holds it back, so that none is missing unseen.
// What stopped because the line was cut goes on when it is back.
(function () {
  var media = window.msMedia;
  if (!media) return;
  var form = media.box.closest("form");
  var submit = document.querySelector('button[type=submit][form="' + form.id + '"]') || form.querySelector("button[type=submit]");
  var note = Object.assign(document.createElement("p"), { className: "ms-waits f15" });
  note.setAttribute("role", "status");
  submit.parentNode.insertBefore(note, submit);
  var asked = false;
  var tried = false;

  function count(states) {
    return media.list.querySelectorAll(states).length;
  }
  function travelling() {
    return count("[data-state=sending],[data-state=checking],[data-state=waiting],[data-state=paused],[data-state=again]");
  }
  form.addEventListener("submit", function (event) {
    var stuck = count("[data-state=failed]");
    if (!stuck && !travelling()) return;
    event.preventDefault();
    tried = true;
    asked = !stuck;
    media.list.querySelectorAll("[data-state=paused],[data-state=again]").forEach(media.go);
    tell();
    // Without a network it need not wait here: the outbox takes the words and the files (sending.js).
    if (!stuck) form.dispatchEvent(new CustomEvent("outbox:wait"));
    if (stuck) media.list.querySelector("[data-state=failed]").scrollIntoView({ block: "center" });
  });
  media.list.addEventListener("media:changed", function () {
    tell();
    if (!asked || travelling() || count("[data-state=failed]")) return;
    asked = false;
    submit.click();
  });
  function tell() {
    if (count("[data-state=failed]")) asked = false;
    note.textContent = asked && travelling() ? media.box.dataset.wait.replace("%", travelling()) : "";
    if (tried && count("[data-state=failed]")) note.textContent = media.box.dataset.stuck;
  }
  function again() {
    media.list.querySelectorAll("[data-state=waiting]").forEach(media.go);
  }
  window.addEventListener("online", again);
  var clock = setInterval(again, 15000);
  // The outbox has taken them (sending.js): nothing travels from this page any more.
  media.stop = function () {
    window.removeEventListener("online", again);
    clearInterval(clock);
    Array.from(media.list.children).forEach((tile) => tile.upload && tile.upload.abort());
  };
})();
