// What a form[data-outbox] holds, as the outbox keeps it: the fields with their files, also those that have not arrived (media.js), and a title for the list.
(function () {
  if (!self.Outbox) return;

  Outbox.gather = function (form) {
    var media = window.msMedia;
    return Array.from(new FormData(form))
      .filter(function (field) {
        var empty = typeof field[1] !== "string" && !field[1].size;
        return !empty && field[0] !== "csrfmiddlewaretoken" && field[0] !== "draft_id";
      })
      .concat(media ? media.unsent() : []);
  };

  Outbox.title = function (fields) {
    var said = new Map(fields);
    var words = Array.from((said.get("text") || "").trim());
    return said.get("title") || words.slice(0, 18).join("") + (words.length > 18 ? "…" : "");
  };

  // For the next page (offline.js): which one is being sent, or changed.
  Outbox.mark = function (name, value) {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // Without the mark it is tried again a little later, and is still one case.
    }
  };
})();
