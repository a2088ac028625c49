// 网格: what is done on the round goes into the outbox of the phone first (outbox.js) and is sent as soon as there is a network: nothing is lost, and one name is
// recorded once. What lies on the phone, and what comes back, is drawn by grid_box.js. Without scripts the forms are forms.
(function () {
  var frame = document.querySelector("[data-person]");
  if (!frame || !self.indexedDB || !self.Outbox) return;
  var KIND = "grid";
  var person = frame.dataset.person;
  var copy = (id) => document.getElementById(id).content.cloneNode(true).firstElementChild;
  var box = window.msGrid;

  // --- doing ------------------------------------------------------------------------------------------------------------------------

  // On the document, because the list is fetched anew now and then.
  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-grid]");
    if (!form) return;
    event.preventDefault();
    var button = event.submitter || form.querySelector("[type=submit]");
    if (button.disabled || (button.dataset.ask && !window.confirm(button.dataset.ask))) return;
    form.querySelectorAll(".gw-refused, .ms-note[role=alert]").forEach((note) => note.remove());
    var words = button.innerHTML;
    button.disabled = true;
    button.textContent = button.dataset.sending;
    submit(form).finally(function () {
      button.innerHTML = words;
      button.disabled = "stored" in form.dataset;
    });
  });

  async function submit(form) {
    var item = await written(form);
    try {
      await Outbox.put(item);
    } catch {
      form.prepend(copy("t-full"));
      return;
    }
    forget(form);
    box.ours.add(item.id);
    await Outbox.flush();
    var now = await Outbox.get(item.id);
    if (!now || now.state === "done") {
      await Outbox.drop(item.id);
      return box.go(form.dataset.then || location.pathname, [now ? now.said : ""]);
    }
    box.ours.delete(item.id);
    if (now.state === "stopped") return box.refused(form, now);
    stored(form);
    later();
  }

  async function written(form) {
    form.elements.done_at.value = new Date().toISOString();
    form.dataset.id = form.dataset.id || Outbox.name();
    var fields = [];
    for (var field of new FormData(form)) {
      if (field[0] === "csrfmiddlewaretoken" || field[0] === "draft_id") continue;
      if (typeof field[1] !== "string" && !field[1].size) continue;
      fields.push([field[0], typeof field[1] === "string" ? field[1] : await window.msLighter(field[1])]);
    }
    return {
      id: form.dataset.id,
      kind: KIND,
      person: person,
      page: location.pathname,
      at: Date.now(),
      state: "waiting",
      next: 0,
      action: form.getAttribute("action"),
      title: form.dataset.grid,
      fields: fields,
    };
  }

  // What is in the outbox needs no draft any more (draft.js).
  function forget(form) {
    try {
      if (form.dataset.draft) localStorage.removeItem("draft:" + form.dataset.draft);
    } catch {
      // No draft was kept.
    }
  }

  function stored(form) {
    form.dataset.stored = "";
    var note = copy("t-stored");
    var place = form.closest(".gw-job") ? form.closest(".go, .gw-fixed") : form;
    place.parentNode.insertBefore(note, place.nextSibling); // not place.after(): a form may have a field of that name
    note.focus();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    navigator.serviceWorker &&
      navigator.serviceWorker.getRegistration().then(function (worker) {
        if (worker && worker.sync) worker.sync.register("outbox").catch(() => {});
      });
  }

  // --- sending ------------------------------------------------------------------------------------------------------------------------

  var next;

  async function later() {
    clearTimeout(next);
    if (navigator.onLine) await Outbox.flush();
    await box.show();
    var waiting = (await box.mine()).filter((item) => item.state === "waiting");
    if (!waiting.length) return;
    var soonest = Math.min.apply(null, waiting.map((item) => item.next || 0)) - Date.now();
    next = setTimeout(later, Math.max(soonest, navigator.onLine ? 5000 : 60000));
  }

  addEventListener("online", later);
  addEventListener("offline", box.show);
  box.again().then(later);
})();
