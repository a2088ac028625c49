// 匿名: name and number are not asked for, so they are not shown. The server ignores them anyway.
(function () {
  var part = document.querySelector("[data-requester]");
  var contact = part && part.querySelector("[data-contact]");
  if (!contact) return;
  var show = function () {
    var chosen = part.querySelector("[name=requester]:checked");
    contact.hidden = Boolean(chosen) && chosen.value === "anonymous";
  };
  part.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
})();
