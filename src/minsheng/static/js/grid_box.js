// 存在这部手机里的, for the grid worker: the strip that counts it, the list, what was refused with its reason and all its words, and back into the form to be changed.
(function () {
  var frame = document.querySelector("[data-person]");
  if (!frame || !self.indexedDB || !self.Outbox) return;
  var person = frame.dataset.person;
  var copy = (id) => document.getElementById(id).content.cloneNode(true).firstElementChild;
  var box = (window.msGrid = { ours: new Set() }); // ours: what the page has just sent and speaks of itself
  box.mine = async () => (await Outbox.all("grid")).filter((item) => item.person === person);

  // --- words on the next page ---------------------------------------------------------------------------------------------------------

  box.go = function (address, words) {
    try {
      sessionStorage.setItem("grid:said", JSON.stringify(words.filter(Boolean)));
    } catch {
      // The list itself shows that it was done.
    }
    if (new URL(address, location.href).pathname === location.pathname) location.reload();
    else location.assign(address);
  };

  box.say = function (words) {
    words.forEach(function (line) {
      var note = copy("t-done");
      note.lastElementChild.textContent = line;
      document.querySelector("[data-grid-done]").append(note);
    });
  };

  try {
    box.say(JSON.parse(sessionStorage.getItem("grid:said") || "[]"));
    sessionStorage.removeItem("grid:said");
  } catch {
    // Nothing was said.
  }

  // --- what lies on this phone ------------------------------------------------------------------------------------------------------

  box.show = async function () {
    var items = await box.mine();
    var done = items.filter((item) => item.state === "done" && !box.ours.has(item.id));
    var open = items.filter((item) => item.state !== "done");
    var stopped = open.filter((item) => item.state === "stopped").length;
    strip(stopped ? "stopped" : open.length ? "waiting" : navigator.onLine ? "" : "offline", stopped || open.length);
    document.querySelector("[data-grid-box]").hidden = !open.length;
    document.querySelector("[data-grid-list]").replaceChildren(...open.map(row));
    for (var item of done) await Outbox.drop(item.id);
    var words = done.map((item) => item.title + "　" + (item.said || ""));
    // The list as it is now, where something went up while it lay open and nobody is writing.
    if (words.length && location.pathname === "/grid" && !open.length && !document.activeElement.closest(".gw form")) box.go("/grid", words);
    else box.say(words);
  };

  function strip(state, count) {
    var line = document.querySelector("[data-strip]");
    var since = new Date(frame.dataset.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    line.hidden = !state;
    line.dataset.state = state;
    line.querySelectorAll("[data-of]").forEach(function (words) {
      words.hidden = words.dataset.of !== state;
      words.dataset.words = words.dataset.words || words.innerHTML;
      words.innerHTML = words.dataset.words.replace("%", state === "offline" ? since : count);
    });
  }

  function row(item) {
    var line = copy("t-kept");
    var fields = new Map(item.fields);
    var photos = item.fields.filter((field) => typeof field[1] !== "string").length;
    line.querySelectorAll("[data-of]").forEach((part) => (part.hidden = part.dataset.of.split(" ").indexOf(item.state) < 0));
    line.querySelector("[data-title]").textContent = item.title;
    line.querySelector("[data-said]").textContent = (item.said || []).join(" ");
    line.querySelector("[data-text]").textContent = [fields.get("text"), fields.get("note"), fields.get("answer"), fields.get("fixed")].filter(Boolean).join(" ");
    line.querySelector("[data-when]").textContent = new Date(item.at).toLocaleString(document.documentElement.lang, {
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
    });
    var shots = line.querySelector("[data-photos]");
    shots.hidden = !photos;
    shots.textContent = shots.textContent.replace("%", photos);
    line.querySelector("[data-change]").href = item.page + "?again=" + item.id;
    var button = line.querySelector("[data-drop]");
    button.addEventListener("click", () => window.confirm(button.dataset.ask) && Outbox.drop(item.id).then(box.show));
    return line;
  }

  // --- back to be changed -----------------------------------------------------------------------------------------------------------

  box.again = async function () {
    var item = await Outbox.get(new URLSearchParams(location.search).get("again") || "");
    var form = item && Array.from(document.querySelectorAll("form[data-grid]")).find((one) => one.getAttribute("action") === item.action);
    if (!form || item.kind !== "grid" || item.person !== person) return;
    form.dataset.id = item.id;
    var files = {};
    item.fields.forEach(function (field) {
      var control = form.elements[field[0]];
      if (typeof field[1] !== "string") (files[field[0]] = files[field[0]] || []).push(field[1]);
      else if (control && field[0] !== "seen" && field[0] !== "person") control.value = field[1];
    });
    Object.keys(files).forEach(function (name) {
      var chosen = new DataTransfer();
      files[name].forEach((file) => chosen.items.add(file));
      if (form.elements[name]) form.elements[name].files = chosen.files;
    });
    if (form.closest("details")) form.closest("details").open = true;
    box.refused(form, item);
  };

  box.refused = function (form, item) {
    var note = copy("t-refused");
    note.firstElementChild.textContent = item.said.join(" ");
    form.prepend(note);
    note.focus();
  };

  // Who signs out leaves what has not been sent on the phone, until the next time.
  document.querySelectorAll('form[action="/desk/signout"]').forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var waiting = document.querySelectorAll("[data-grid-list] li").length;
      if (waiting && !window.confirm(document.querySelector("[data-leave]").dataset.leave.replace("%", waiting))) event.preventDefault();
    });
  });

  Outbox.listen(function () {
    clearTimeout(drawing);
    drawing = setTimeout(box.show, 100);
  });
  var drawing;
})();
