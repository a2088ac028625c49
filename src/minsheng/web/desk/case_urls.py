"""Addresses of the case workspace, beside those of the case itself in web/urls.py."""

from django.urls import path

from minsheng.web.desk import case_acts, mentions, templates

urlpatterns = [
    path("desk/cases/<code>/check", case_acts.check, name="desk-check"),
    path("desk/cases/<code>/template", case_acts.use_template, name="desk-use-template"),
    path("desk/cases/<code>/judge", case_acts.judge, name="desk-judge"),
    path("desk/cases/<code>/similar", case_acts.alike, name="desk-similar"),
    path("desk/templates", templates.index, name="desk-templates"),
    path("desk/templates/<int:number>", templates.one, name="desk-template"),
    path("desk/mentions", mentions.index, name="desk-mentions"),
    path("desk/mentions/<int:message>", mentions.one, name="desk-mention"),
]
