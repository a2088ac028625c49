"""Addresses of 领导联系网民."""

from django.urls import path

from minsheng.web.desk import liaison

urlpatterns = [
    path("desk/liaison", liaison.index, name="desk-liaison"),
    path("desk/liaison/<int:leader>", liaison.one, name="desk-liaison-list"),
]
