// A form[data-outbox] is put into the outbox first, as a whole and with its photos, and then sent as ever. So nothing is lost when the network, the
// session or the answer goes: what did not arrive waits on this device (offline.js), and the same id makes it one case however often it is sent.
(function () {
  var form = document.querySelector("form[data-outbox]");
  if (!form || !self.indexedDB || !self.Outbox) return;
  var query = new URLSearchParams(location.search);
  var id = query.get("draft") || Outbox.name();
  var busy = false;
  var gathered = () => Outbox.gather(form);

  // Changed from the list: a draft of its own (draft.js), and whatever was written is there again.
  if (query.get("draft")) {
    form.dataset.draft = "queued:" + id;
    Outbox.get(id).then(fill);
  }
  // The form as it was kept for when there is no network knows nothing of the code that was scanned.
  if (query.get("place") && !form.elements.scanned) {
    hidden("scanned", query.get("place"));
    if (form.elements.place && !form.elements.place.value) form.elements.place.value = query.get("place");
  }

  function hidden(name, value) {
    if (form.elements[name]) form.elements[name].value = value;
    else form.append(Object.assign(document.createElement("input"), { type: "hidden", name: name, value: value }));
  }

  async function fill(item) {
    if (!item) return;
    await hold(item);
    Outbox.mark("outbox:held", id);
    var files = {};
    item.fields.forEach(function (field) {
      var name = field[0];
      var value = field[1];
      var control = form.elements[name];
      if (typeof value !== "string") (files[name] = files[name] || []).push(value);
      else if (name === "kept" && window.msMedia) window.msMedia.restore(value);
      else if (!control) hidden(name, value);
      else if (control.type === "checkbox") control.checked = true;
      else control.value = value;
    });
    Object.keys(files).forEach(function (name) {
      var chosen = new DataTransfer();
      files[name].forEach((file) => chosen.items.add(file));
      var control = form.elements[name];
      if (!control) return;
      control.files = chosen.files;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
    var text = form.elements.text;
    if (text) text.dispatchEvent(new Event("input", { bubbles: true }));
    // Whatever is changed is kept at once; the next page lets it go again (offline.js).
    var later;
    form.addEventListener("input", function () {
      clearTimeout(later);
      later = setTimeout(() => busy || hold(Object.assign(item, { fields: gathered(), title: Outbox.title(gathered()) })), 300);
    });
  }

  function hold(item) {
    return Outbox.put(Object.assign(item, { state: "held", since: Date.now() }));
  }

  document.addEventListener("submit", function (event) {
    if (event.target !== form || event.defaultPrevented) return;
    if (event.submitter && event.submitter.hasAttribute("formaction")) return; // a look beside the form: nothing is sent in
    event.preventDefault();
    if (busy) return;
    busy = true;
    var button = event.submitter || document.querySelector("button[form=" + form.id + "], #" + form.id + " [type=submit]");
    var words = button.innerHTML;
    button.disabled = true;
    button.textContent = button.dataset.sending;
    addEventListener("pageshow", function () {
      // Back from the page that answered: this is another request now, unless it says the same.
      id = Outbox.name();
      awake();
    });
    submit(awake);

    function awake() {
      busy = false;
      button.disabled = false;
      button.innerHTML = words;
    }
  });

  function written() {
    var fields = gathered();
    return { id: id, at: Date.now(), state: "trying", since: Date.now(), action: form.getAttribute("action"), title: Outbox.title(fields), fields: fields };
  }

  // Files are still on their way (waiting.js). With a network they will arrive and the form goes by itself; without one everything waits here.
  form.addEventListener("outbox:wait", function () {
    if (busy) return;
    Outbox.token().catch(function () {
      var item = written();
      busy = true;
      Outbox.put(item).then(
        () => kept(item),
        () => full(() => (busy = false)),
      );
    });
  });

  async function submit(awake) {
    var item = written();
    var stored = await Outbox.put(item).then(
      () => true,
      () => false,
    );
    if (stored) Outbox.mark("outbox:trying", id);
    try {
      form.elements.csrfmiddlewaretoken.value = await Outbox.token();
    } catch {
      return stored ? kept(item) : full(awake);
    }
    hidden("draft_id", id);
    HTMLFormElement.prototype.submit.call(form);
  }

  // No network, and no room on this device: the page must stay.
  function full(awake) {
    var note = document.getElementById("t-full").content.cloneNode(true).firstElementChild;
    form.prepend(note);
    note.focus();
    awake();
  }

  // No network: it waits on this device, and the page says so.
  async function kept(item) {
    try {
      localStorage.removeItem("draft:" + form.dataset.draft);
    } catch {
      // No draft was kept.
    }
    if (window.msMedia) window.msMedia.stop();
    var main = document.getElementById("main");
    document.body.classList.remove("is-form");
    main.replaceChildren(document.getElementById("t-kept").content.cloneNode(true));
    await Outbox.put(Object.assign(item, { state: "waiting", next: 0 }));
    main.querySelector("[role=heading]").focus();
    scrollTo(0, 0);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    var worker = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration());
    if (worker && worker.sync) worker.sync.register("outbox").catch(() => {});
  }
})();
