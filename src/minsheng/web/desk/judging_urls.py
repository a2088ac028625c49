"""Addresses of the desks that judge: 审批、裁定、回访、质检."""

from django.urls import path

from minsheng.web.desk import approvals, callbacks, quality, rulings, scoring

urlpatterns = [
    path("desk/approvals", approvals.queue, name="desk-approvals"),
    path("desk/approvals/decide", approvals.decide, name="desk-approvals-decide"),
    path("desk/rulings", rulings.queue, name="desk-rulings"),
    path("desk/rulings/<code>", rulings.show, name="desk-ruling"),
    path("desk/rulings/<code>/propose", rulings.propose, name="desk-ruling-propose"),
    path("desk/rules", rulings.rules, name="desk-rules"),
    path("desk/rules/<int:number>", rulings.rule, name="desk-rule"),
    path("desk/callbacks", callbacks.worklist, name="desk-callbacks"),
    path("desk/callbacks/<code>", callbacks.show, name="desk-callback"),
    path("desk/callbacks/<code>/number", callbacks.number, name="desk-callback-number"),
    path("desk/quality", quality.worklist, name="desk-quality"),
    path("desk/quality/sample", quality.sample, name="desk-quality-sample"),
    path("desk/quality/figures", quality.figures, name="desk-quality-figures"),
    path("desk/quality/figures.csv", quality.table, name="desk-quality-csv"),
    path("desk/quality/cases/<code>", quality.check, name="desk-quality-case"),
    path("desk/scores", scoring.scores, name="desk-scores"),
]
