// The strip under the header and the list of what waits on this device; starts the service worker, and sends what waits whenever there is a chance.
(function () {
  if (!self.indexedDB || !self.Outbox || !document.body.classList.contains("ms-citizen")) return;
  var here = document.querySelector("script[data-worker]").dataset;
  var box = sessionStorageOrNone();

  function sessionStorageOrNone() {
    try {
      return window.sessionStorage;
    } catch {
      return { getItem: function () {}, setItem: function () {}, removeItem: function () {} };
    }
  }

  // --- what came of the form that this tab has just sent -----------------------------------------------------------------------

  async function settle() {
    var trying = box.getItem("outbox:trying");
    var done = document.querySelector("[data-outbox-done]");
    if (done && done.dataset.outboxDone) await Outbox.drop(done.dataset.outboxDone);
    await letGo();
    if (!trying) return;
    box.removeItem("outbox:trying");
    var item = await Outbox.get(trying);
    if (!item || item.state !== "trying") return;
    // The form came back with everything in it and says what is missing; any other page means that it did not arrive.
    if (document.querySelector("form[data-outbox]") && document.querySelector(".ms-errors")) await Outbox.drop(trying);
    else await Outbox.put(Object.assign(item, { state: "waiting", next: 0 }));
  }

  // What was opened to be changed and left again waits as before.
  async function letGo() {
    var held = box.getItem("outbox:held");
    if (!held || location.search.indexOf(held) >= 0) return;
    box.removeItem("outbox:held");
    var item = await Outbox.get(held);
    if (item && item.state === "held") await Outbox.put(Object.assign(item, { state: item.said ? "stopped" : "waiting", next: 0 }));
  }

  // Drafts of what has been sent or thrown away (draft.js, sending.js).
  function forget(items) {
    var open = items.filter((item) => item.state !== "done").map((item) => "draft:queued:" + item.id);
    try {
      Object.keys(localStorage).forEach((key) => key.startsWith("draft:queued:") && open.indexOf(key) < 0 && localStorage.removeItem(key));
    } catch {
      // Nothing was kept.
    }
  }

  // --- the strip --------------------------------------------------------------------------------------------------------------------

  async function show() {
    var items = await Outbox.all();
    forget(items);
    var count = { stopped: 0, done: 0, waiting: 0 };
    items.forEach(function (item) {
      if (item.state === "stopped" || item.state === "done") count[item.state] += 1;
      else if (item.state !== "trying") count.waiting += 1;
    });
    var state = count.stopped ? "stopped" : count.waiting ? "waiting" : count.done ? "done" : navigator.onLine ? "" : "offline";
    var strip = document.querySelector(".ms-strip");
    if (strip) strip.remove();
    var top = document.querySelector(".ms-top");
    if (state && top) {
      strip = document.getElementById("t-strip").content.cloneNode(true).firstElementChild;
      strip.dataset.state = state;
      strip.querySelectorAll("[data-of]").forEach(function (words) {
        words.hidden = words.dataset.of !== state;
        if (!words.hidden) words.innerHTML = words.innerHTML.replace("%", count[state]);
      });
      strip.querySelector("a").hidden = state === "offline" || !!document.querySelector("[data-outbox-list]");
      top.after(strip);
    }
    document.querySelectorAll("[data-outbox-list]").forEach((place) => place.replaceChildren(...items.map(row)));
    document.querySelectorAll("[data-outbox-none]").forEach((words) => (words.hidden = items.length > 0));
  }

  // --- the list ---------------------------------------------------------------------------------------------------------------------

  function row(item) {
    var line = document.getElementById("t-queued").content.cloneNode(true).firstElementChild;
    var fields = new Map(item.fields);
    var photos = item.fields.filter((field) => typeof field[1] !== "string").length;
    var said = line.querySelector("[data-said]");
    line.dataset.state = item.state;
    line.querySelectorAll("[data-of]").forEach(function (part) {
      part.hidden = part.dataset.of.split(" ").indexOf(item.state) < 0;
    });
    line.querySelector("[data-title]").textContent = item.title;
    line.querySelector("[data-at]").textContent = new Date(item.at).toLocaleString(document.documentElement.lang, {
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
    });
    line.querySelector("[data-place]").textContent = fields.get("place") || "";
    line.querySelector("[data-photos]").hidden = !photos;
    line.querySelector("[data-photos]").textContent = line.querySelector("[data-photos]").textContent.replace("%", photos);
    line.querySelector("[data-text]").textContent = fields.get("text") === item.title ? "" : fields.get("text") || "";
    (item.said || []).forEach(function (words) {
      said.append(Object.assign(document.createElement("li"), { textContent: words }));
    });
    line.querySelector("[data-code]").textContent = item.code || "";
    line.querySelector("[data-secret]").textContent = item.secret || "";
    line.querySelector("[data-change]").href += "?draft=" + item.id;
    var follow = line.querySelector("[data-follow]");
    follow.href = follow.getAttribute("href").replace("CODE", item.code);
    line.querySelectorAll("[data-drop]").forEach(function (button) {
      button.addEventListener("click", function () {
        if (!button.dataset.ask || window.confirm(button.dataset.ask)) Outbox.drop(item.id);
      });
    });
    return line;
  }

  // --- sending ------------------------------------------------------------------------------------------------------------------------

  var next;

  async function send() {
    clearTimeout(next);
    if (navigator.onLine) await Outbox.flush();
    var waiting = (await Outbox.all()).filter((item) => item.state === "waiting");
    if (!waiting.length) return;
    var soonest = Math.min.apply(null, waiting.map((item) => item.next || 0)) - Date.now();
    next = setTimeout(send, Math.max(soonest, navigator.onLine ? 5000 : 60000));
  }

  Outbox.listen(show);
  addEventListener("online", send);
  addEventListener("online", show);
  addEventListener("offline", show);
  addEventListener("pageshow", function (event) {
    if (event.persisted) settle().then(show);
  });
  document.querySelectorAll("[data-again]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      location.reload();
    });
  });
  settle().then(show).then(send);
  if (navigator.serviceWorker) navigator.serviceWorker.register(here.worker + "?lang=" + document.documentElement.lang);
})();
