// 没有网络也能看: the list of the day, its cases and the form for a finding are kept on the phone for whoever is signed in, and for nobody else.
// Nobody's name or number stands on these pages; a page with an opened number answers a POST and is never kept.
(function () {
  var frame = document.querySelector("[data-person]");
  if (!frame || !window.caches || !navigator.serviceWorker) return;
  var PAGES = "grid-pages";
  var worker = document.querySelector("script[data-worker]").dataset.worker;

  navigator.serviceWorker.register(worker + "?lang=" + document.documentElement.lang);
  if (location.pathname === "/grid" && navigator.onLine) addEventListener("load", () => setTimeout(keep, 300));

  async function keep() {
    try {
      await own();
      var pages = new Set(Array.from(document.querySelectorAll("a[data-keep]")).map((link) => new URL(link.href).pathname));
      var cache = await caches.open(PAGES);
      var files = new Set();
      for (var path of ["/grid"].concat(Array.from(pages))) {
        var page = await fetch(path, { cache: "no-store", redirect: "error" });
        if (!page.ok) continue;
        for (var found of (await page.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"#?]+)/g)) files.add(found[1]);
        await cache.put(path, page);
      }
      for (var file of files) if (!(await cache.match(file))) await cache.add(file);
      for (var asked of await cache.keys()) {
        var known = new URL(asked.url).pathname;
        if (known !== "/grid" && !pages.has(known) && !files.has(known)) await cache.delete(asked);
      }
      frame.dataset.kept = "yes";
    } catch {
      // The network went while it was kept: what lay there still lies there.
    }
  }

  // Another person on the same phone does not find what was there.
  async function own() {
    if (localStorage.getItem("grid:person") === frame.dataset.person) return;
    await caches.delete(PAGES);
    localStorage.setItem("grid:person", frame.dataset.person);
  }
})();
