// 断了: the session ended, the token is old, or the server does not answer. The list says so and stays as it is; what was typed stays where it was typed.
(function () {
  var ended = document.getElementById("ended");
  var failed = document.getElementById("failed");
  if (!ended || !failed) return;

  function say(note) {
    note.hidden = false;
    dispatchEvent(new Event("pageshow")); // buttons that were waiting for an answer work again (form.js)
  }

  // Asked to sign in, instead of a part of the list: nothing of that page belongs here.
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    var url = event.detail.xhr.responseURL;
    if (url && new URL(url).pathname === new URL(ended.querySelector("a").href).pathname) {
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      say(ended);
    } else if (event.detail.xhr.status < 400) {
      ended.hidden = failed.hidden = true;
    }
  });
  document.body.addEventListener("htmx:sendError", () => say(failed));
  document.body.addEventListener("htmx:responseError", function (event) {
    var part = event.detail.elt;
    if (event.detail.xhr.getResponseHeader("X-Signed-Out")) return say(ended);
    if (event.detail.xhr.status !== 403 || !part.closest("form") || part.dataset.renewed) return say(failed);
    part.dataset.renewed = "yes";
    // Signed in again in another window: the forms here hold the token of before.
    fetch("/token", { cache: "no-store" })
      .then((answer) => answer.json())
      .then(function (fresh) {
        document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => (field.value = fresh.token));
        dispatchEvent(new Event("pageshow"));
        if (part.tagName === "FORM") part.requestSubmit();
        else part.click();
      })
      .catch(() => say(failed));
  });
})();
