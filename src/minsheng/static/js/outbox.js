// 待发送: requests that wait on this device, with their photos, until the server has taken them. Shared by pages and by the service worker, so no page is touched here.
// An item: {id, at, state, action, fields: [[name, text or File]], said, next, code, secret}. What a grid worker did has a kind, person and page too (grid.js).
//   trying   handed to the browser to be sent; the page that answers says what came of it      waiting  sent when there is a network, at `next` or later
//   held     open in the form to be changed                                                    stopped  the server wants something of the person: `said`
//   done     taken: code and secret are shown until the person has seen them; the words are gone
// One id is one case, however often it is sent: the server sees to that (commands/intake.py).
(function () {
  var TRYING = 120000;
  var HELD = 600000;
  var heard = [];
  var channel = self.BroadcastChannel ? new BroadcastChannel("outbox") : null;

  function open() {
    return new Promise(function (done, failed) {
      var asked = indexedDB.open("minsheng", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("outbox", { keyPath: "id" });
      };
      asked.onsuccess = function () {
        done(asked.result);
      };
      asked.onerror = function () {
        failed(asked.error);
      };
    });
  }

  async function store(mode, work) {
    var base = await open();
    try {
      return await new Promise(function (done, failed) {
        var transaction = base.transaction("outbox", mode);
        var asked = work(transaction.objectStore("outbox"));
        transaction.oncomplete = function () {
          done(asked.result);
        };
        transaction.onabort = transaction.onerror = function () {
          failed(transaction.error || asked.error);
        };
      });
    } finally {
      base.close();
    }
  }

  function tell() {
    heard.forEach((listener) => listener());
    if (channel) channel.postMessage("changed");
  }

  var everything = async () => (await store("readonly", (items) => items.getAll())).sort((one, other) => one.at - other.at);
  // Of one kind; without one, the requests of citizens.
  var all = async (kind) => (await everything()).filter((item) => (item.kind || "") === (kind || ""));

  var get = (id) => store("readonly", (items) => items.get(id));
  var put = (item) => store("readwrite", (items) => items.put(item)).then(tell);
  var drop = (id) => store("readwrite", (items) => items.delete(id)).then(tell);

  // A fresh token of the form, which also says whether the server can be reached at all. Asked twice at once without a cookie, the server
  // would begin two sessions, and one token would be no good: whoever asks meanwhile gets the same answer.
  var asking = null;
  function token() {
    asking =
      asking ||
      fresh().finally(function () {
        asking = null;
      });
    return asking;
  }

  async function fresh() {
    var stop = new AbortController();
    var timer = setTimeout(() => stop.abort(), 8000);
    try {
      var answer = await fetch("/token", { cache: "no-store", signal: stop.signal });
      if (!answer.ok) throw new Error("token " + answer.status);
      return (await answer.json()).token;
    } finally {
      clearTimeout(timer);
    }
  }

  async function send(item) {
    var body = new FormData();
    item.fields.forEach(function (field) {
      body.append(field[0], field[1]);
    });
    body.set("csrfmiddlewaretoken", await token());
    body.set("draft_id", item.id);
    var answer;
    try {
      answer = await fetch(item.action, { method: "POST", body: body, headers: { Accept: "application/json" } });
    } catch {
      // The server is there, yet this one did not get through: it tries again a little later, and does not keep the others waiting.
      var tries = (item.tries || 0) + 1;
      return put(Object.assign(item, { state: "waiting", tries: tries, next: Date.now() + Math.min(3600000, 2000 * Math.pow(3, tries)) }));
    }
    var json = (answer.headers.get("Content-Type") || "").indexOf("json") >= 0;
    var said = json ? await answer.json() : { errors: [(await answer.text()).slice(0, 300)] };
    if (answer.ok && json) {
      // Neither the words nor the files any more; `said` and `person` of a grid worker's (grid.js).
      await put(Object.assign({ id: item.id, at: item.at, title: item.title, kind: item.kind, person: item.person }, said, { state: "done", fields: [] }));
    } else if ([400, 409, 413, 422].indexOf(answer.status) >= 0) {
      // What was received already and changed since is another request now.
      var other = answer.status === 409 && !item.kind;
      if (other) await drop(item.id);
      await put(Object.assign(item, { id: other ? name() : item.id, state: "stopped", said: said.errors }));
    } else {
      var wait = Number(answer.headers.get("Retry-After")) || 60;
      await put(Object.assign(item, { state: "waiting", next: Date.now() + wait * 1000 }));
    }
  }

  function due(item, now) {
    if (item.state === "waiting") return !(item.next > now);
    return (item.state === "trying" && now - item.since > TRYING) || (item.state === "held" && now - item.since > HELD);
  }

  async function each() {
    for (var item of await everything()) {
      var fresh = await get(item.id);
      if (fresh && due(fresh, Date.now())) await send(fresh);
    }
  }

  // One after another, and only one page (or the worker) at a time. Without a network the rest waits.
  async function flush() {
    try {
      if (navigator.locks) await navigator.locks.request("outbox", { ifAvailable: true }, (lock) => lock && each());
      else await each();
    } catch {
      return false;
    }
    return true;
  }

  function name() {
    if (self.crypto.randomUUID) return crypto.randomUUID();
    return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, function (digit) {
      return (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
    });
  }

  function listen(listener) {
    heard.push(listener);
    if (channel) channel.addEventListener("message", listener);
  }

  self.Outbox = { all: all, get: get, put: put, drop: drop, token: token, flush: flush, name: name, listen: listen };
})();
