// 回访: 1 and 2 answer the question that is open; what the answers bring is said before they are sent. 评分卡: the total is added up while points are given.
(function () {
  var form = document.querySelector("[data-callback]");
  if (form) {
    var questions = Array.from(form.querySelectorAll(".cb-q"));
    var answer = function (question) {
      var chosen = question.querySelector("input:checked");
      return chosen && chosen.value;
    };
    var show = function () {
      var said = { contacted: answer(questions[0]), solved: answer(questions[1]), satisfied: answer(questions[2]) };
      var bad = said.solved === "no" || said.satisfied === "no";
      var good = !bad && said.satisfied === "yes" && said.solved;
      form.querySelector("[data-when=good]").hidden = bad;
      form.querySelector("[data-when=bad]").hidden = Boolean(good);
      var next = questions.find(function (question) { return !answer(question); });
      questions.forEach(function (question) { question.classList.toggle("here", question === next); });
    };
    form.addEventListener("change", show);
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "1" && event.key !== "2")) return;
      var at = document.activeElement;
      if (at && (at.tagName === "TEXTAREA" || at.tagName === "SELECT" || (at.tagName === "INPUT" && at.type !== "radio"))) return;
      var next = questions.find(function (question) { return !answer(question); });
      if (!next) return;
      event.preventDefault();
      next.querySelectorAll("input")[event.key === "1" ? 0 : 1].checked = true;
      show();
      if (questions.every(answer)) form.querySelector("button[type=submit]").focus();
    });
    show();
  }

  var card = document.querySelector("[data-card]");
  if (card) {
    var shown = card.querySelector("[data-total]");
    var add = function () {
      var items = Array.from(card.querySelectorAll("[data-weight]"));
      var given = items.map(function (item) { return item.querySelector("input[type=radio]:checked"); });
      shown.hidden = !given.every(Boolean);
      if (shown.hidden) return;
      var total = items.reduce(function (sum, item, n) { return sum + item.dataset.weight * given[n].value; }, 0);
      var zero = items.some(function (item, n) { return "must" in item.dataset && given[n].value === "0"; });
      shown.querySelector("b").textContent = total;
      shown.dataset.k = total >= card.dataset.card && !zero ? "ok" : "bad";
    };
    card.addEventListener("change", add);
    add();
  }
})();
