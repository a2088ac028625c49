// 草稿: what was typed into a form[data-draft] stays on this device until the form has been accepted.
// Only fields marked data-keep are kept: never a name, a phone number or a password.
// A form[data-draft-over] comes filled in with what is stored, under a key that names the version: there the draft goes over it.
(function () {
  var store = {
    get: function (key) {
      try {
        return JSON.parse(localStorage.getItem("draft:" + key) || "{}");
      } catch {
        return {};
      }
    },
    set: function (key, values) {
      try {
        localStorage.setItem("draft:" + key, JSON.stringify(values));
      } catch {
        // A browser that keeps nothing (private window, full disk): the form works as before.
      }
    },
    drop: function (key) {
      try {
        localStorage.removeItem("draft:" + key);
      } catch {
        // Nothing was kept.
      }
    },
  };

  document.querySelectorAll("[data-draft-done]").forEach(function (mark) {
    store.drop(mark.dataset.draftDone);
  });

  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    var key = form.dataset.draft;
    var kept = store.get(key);
    var fields = Array.from(form.querySelectorAll("[data-keep]"));
    var over = "draftOver" in form.dataset;
    var restored = fields.filter(function (field) {
      if ((field.value && !over) || !kept[field.name] || kept[field.name] === field.value) return false;
      field.value = kept[field.name];
      return true;
    });
    var note = form.querySelector("[data-draft-note]");
    if (note && restored.length) note.hidden = false;
    // Whoever counts letters or looks for what is known already hears of it as if it were typed.
    restored.forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true })));
    form.addEventListener("input", function () {
      var values = {};
      fields.forEach(function (field) {
        if (field.value) values[field.name] = field.value;
      });
      store.set(key, values);
    });
  });
})();
