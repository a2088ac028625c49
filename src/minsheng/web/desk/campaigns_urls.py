"""Addresses of 专项整治: for everybody, and at the desk."""

from django.urls import path

from minsheng.web.citizen import campaigns as public
from minsheng.web.desk import campaigns

urlpatterns = [
    path("campaigns", public.index, name="campaigns"),
    path("campaigns/<code>", public.one, name="campaign"),
    path("desk/campaigns", campaigns.index, name="desk-campaigns"),
    path("desk/campaigns/<code>", campaigns.one, name="desk-campaign"),
]
