// What stands beside the form (suggestions, the preview) is asked for by htmx. The session ended while somebody was writing: a fresh token, once for each
// button, and it is asked again.
(function () {
  var form = document.querySelector("form[data-outbox]");
  if (!form || !window.Outbox) return;
  document.addEventListener("htmx:responseError", function (event) {
    var button = event.detail.elt;
    if (event.detail.xhr.status !== 403 || button.dataset.renewed) return;
    button.dataset.renewed = "yes";
    Outbox.token().then(
      function (token) {
        form.elements.csrfmiddlewaretoken.value = token;
        button.click();
      },
      () => delete button.dataset.renewed, // without a network there is nothing to show
    );
  });
})();
