"""Addresses of staff's own accounts, and of their administrators."""

from django.urls import path

from minsheng.web.desk import account, entering, people

urlpatterns = [
    path("desk/signin/code", entering.second_step, name="signin-second"),
    path("desk/account", account.show, name="desk-account"),
    path("desk/account/second", account.second, name="desk-second"),
    path("desk/account/second/off", account.second_off, name="desk-second-off"),
    path("desk/account/password", account.password, name="desk-password"),
    path("desk/account/browsers/<int:number>", account.end, name="desk-browser"),
    path("desk/people", people.index, name="desk-people"),
    path("desk/people/<int:code>", people.show, name="desk-person"),
    path("desk/people/<int:code>/act", people.act, name="desk-person-act"),
]
