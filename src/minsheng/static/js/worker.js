// 服务工作线程: pages come from the network; without one, the form and the list of what waits come from what was kept, and everything else is the offline page.
// Kept are three pages as a stranger sees them (asked for without cookies) and our own static files: never a personal page (but the grid worker's own list), the desk, the API or an answer to a form.
var lang = new URL(self.location).searchParams.get("lang") || "zh-CN";
var KEPT = "minsheng-" + self.MINSHENG.version + "-" + lang;
var PAGES = self.MINSHENG.pages;
var OFFLINE = self.MINSHENG.offline;
// The last pages of the grid worker who is signed in on this phone, put there by grid_kept.js; gone with the sign-out, or when the session has ended.
var GRID = "grid-pages";
var HASHED = /\.[0-9a-f]{12}\.[a-z0-9]+$/;

async function keep() {
  var cache = await caches.open(KEPT);
  var files = new Set();
  for (var path of PAGES) {
    var page = await fetch(path + "?kept=" + lang, { credentials: "omit", cache: "reload" });
    if (!page.ok) throw new Error(path + " " + page.status);
    for (var found of (await page.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"#?]+)/g)) files.add(found[1]);
    await cache.put(path, page);
  }
  await cache.addAll(Array.from(files));
  var pictures = new Set();
  for (var sheet of Array.from(files).filter((path) => path.endsWith(".css"))) {
    var css = await (await cache.match(sheet)).text();
    for (var named of css.matchAll(/url\(["']?(?!data:)([^"')#?]+)/g)) pictures.add(new URL(named[1], self.location.origin + sheet).pathname);
  }
  await cache.addAll(Array.from(pictures).filter((path) => path.startsWith("/static/")));
}

self.addEventListener("install", function (event) {
  event.waitUntil(
    keep().then(function () {
      return self.skipWaiting();
    }),
  );
});

self.addEventListener("activate", function (event) {
  event.waitUntil(
    (async function () {
      for (var name of await caches.keys()) if (name.startsWith("minsheng-") && name !== KEPT) await caches.delete(name);
      if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method === "POST" && url.pathname === "/desk/signout") event.waitUntil(caches.delete(GRID));
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request, url));
  else if (event.request.mode === "navigate" && !/^\/(desk|api|media)(\/|$)/.test(url.pathname)) event.respondWith(page(event, url));
});

async function page(event, url) {
  var grid = /^\/grid(\/|$)/.test(url.pathname);
  try {
    var answer = (await event.preloadResponse) || (await fetch(event.request));
    if (grid && answer.type === "opaqueredirect") await caches.delete(GRID);
    return answer;
  } catch {
    var read = grid && (await caches.match(url.pathname, { cacheName: GRID }));
    if (read) return read;
    var plate = /^\/p\/([^.]+)/i.exec(url.pathname);
    if (plate) return Response.redirect("/new?place=" + plate[1].toLowerCase());
    return (await caches.match(url.pathname, { cacheName: KEPT })) || (await caches.match(OFFLINE, { cacheName: KEPT })) || Response.error();
  }
}

// A file with its hash in its name never changes. Others are asked for anew and only kept for when there is no network.
async function file(request, url) {
  var hashed = HASHED.test(url.pathname);
  var kept = (await caches.match(url.pathname, { cacheName: KEPT })) || (await caches.match(url.pathname, { cacheName: GRID }));
  if (hashed && kept) return kept;
  try {
    var answer = await fetch(request);
    if (hashed && answer.status === 200) {
      var copy = answer.clone();
      caches.open(KEPT).then(function (cache) {
        cache.put(url.pathname, copy);
      });
    }
    return answer;
  } catch (problem) {
    if (kept) return kept;
    throw problem;
  }
}

self.addEventListener("sync", function (event) {
  if (event.tag !== "outbox") return;
  event.waitUntil(
    self.Outbox.flush().then(function (sent) {
      if (!sent) throw new Error("still no network"); // the browser tries again later
    }),
  );
});
