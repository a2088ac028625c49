// 坐席: the clock of the call ticks; F2, F4 and F8 press their buttons; places, categories and answers are taken over; what is typed keeps the page in place.
(function () {
  var form = document.getElementById("report");
  var busy = document.getElementById("busy");
  if (!form) return;

  function tick() {
    document.querySelectorAll("[data-since]").forEach(function (shown) {
      var seconds = Math.max(0, Math.floor((Date.now() - Date.parse(shown.dataset.since)) / 1000));
      shown.textContent = String(Math.floor(seconds / 60)).padStart(2, "0") + ":" + String(seconds % 60).padStart(2, "0");
    });
  }
  tick();
  setInterval(tick, 1000);

  document.addEventListener("keydown", function (event) {
    var button = /^F(2|4|8)$/.test(event.key) && document.querySelector('[data-key="' + event.key + '"]');
    if (!button || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    event.preventDefault();
    if (!button.disabled) button.click();
  });

  form.addEventListener("input", function () {
    busy.value = "1";
  });
  form.addEventListener("submit", function () {
    busy.value = "";
  });

  // Somebody is on the line: the hands go straight to the words.
  var live = document.getElementById("live");
  if (live && live.dataset.live && !form.hidden && document.activeElement === document.body) form.elements.text.focus();

  // --- 在哪里 -------------------------------------------------------------------------------------------------------------------
  var known = document.getElementById("known");
  var typing;
  form.elements.place.addEventListener("input", function () {
    clearTimeout(typing);
    typing = setTimeout(function () {
      var q = new URLSearchParams({ q: form.elements.place.value.trim() });
      htmx.ajax("GET", known.dataset.suggest + "?" + q, { target: "#known", swap: "innerHTML" }).catch(function () {});
    }, 300);
  });
  known.addEventListener("click", function (event) {
    var taken = event.target.closest("[data-known]");
    if (!taken) return;
    form.elements.place.value = taken.dataset.name;
    form.elements.known.value = taken.dataset.known;
    known.textContent = "";
    form.elements.place.focus();
    form.elements.place.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // Whoever goes on, or presses Escape, has seen enough of them.
  document.addEventListener("focusin", function (event) {
    if (!event.target.closest(".hl-place")) known.textContent = "";
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") known.textContent = "";
  });

  // --- 类别、答复 ---------------------------------------------------------------------------------------------------------------
  function offer() {
    document.querySelectorAll("[data-take]").forEach(function (button) {
      button.hidden = form.elements.category.value === button.dataset.take;
    });
  }
  offer();
  document.addEventListener("htmx:oobAfterSwap", offer);
  form.elements.category.addEventListener("change", offer);
  document.addEventListener("click", function (event) {
    var taken = event.target.closest("[data-take]");
    if (taken) {
      form.elements.category.value = taken.dataset.take;
      form.elements.category.dispatchEvent(new Event("change", { bubbles: true }));
    }
    var filled = event.target.closest("[data-fill]");
    if (!filled) return;
    event.preventDefault();
    var answer = form.elements.answer;
    answer.value = (answer.value.trim() ? answer.value.trim() + "\n" : "") + filled.dataset.fill;
    var used = document.createElement("input");
    Object.assign(used, { type: "hidden", name: "used", value: filled.dataset.slug });
    document.getElementById("used").appendChild(used);
    answer.focus();
    answer.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.querySelectorAll("[data-plain]").forEach(function (button) {
    button.hidden = true; // the search looks by itself
  });
  document.getElementById("find").addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });

  // --- 自动保存、边写边提示 -------------------------------------------------------------------------------------------------------
  function later(wait, address, target) {
    var timer;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(function () {
        htmx.ajax("POST", address, { source: form, target: target, swap: "innerHTML" }).catch(function () {});
      }, wait);
    };
  }
  var ask = later(700, form.dataset.beside, "#near");
  ["text", "title", "category"].forEach(function (name) {
    form.elements[name].addEventListener("input", ask);
  });
  form.elements.place.addEventListener("change", ask);
  if (form.dataset.save) {
    var save = later(1200, form.dataset.save, "#saved");
    form.addEventListener("input", save);
    form.addEventListener("change", save);
  }

  // --- when the system is away ----------------------------------------------------------------------------------------------------
  var lost = document.querySelector("[data-lost]");
  function failed(event) {
    if (event.target.id === "live") lost.hidden = false;
    if (event.detail.pathInfo.requestPath === form.dataset.save) document.getElementById("saved").textContent = form.dataset.unsaved;
  }
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.target.id === "live" && event.detail.successful) lost.hidden = true;
  });
})();
