// 评价: the reasons that fit the chosen level are shown; without scripts both lists stand there.
document.querySelectorAll("[data-rate]").forEach(function (form) {
  function show() {
    var chosen = form.querySelector("[name=level]:checked");
    form.querySelectorAll("[data-when]").forEach(function (list) {
      var fits = chosen && (list.dataset.when === "bad") === Number(chosen.value) <= 2;
      list.hidden = !fits;
      list.disabled = !fits;
    });
  }
  form.addEventListener("change", show);
  show();
});
