"""Addresses of the account and of 我的. Of django-allauth's pages only these are there; some carry the names by which it finds them."""

from django.urls import path

from minsheng.web.citizen import changing, mine, my_data, providers, signing_in

urlpatterns = [
    path("mine", mine.mine, name="mine"),
    path("mine/adopt", mine.adopt, name="adopt"),
    path("mine/data", my_data.show, name="my-data"),
    path("mine/data/correct", my_data.correct, name="my-data-correct"),
    path("mine/data/channels", my_data.channels, name="my-data-channels"),
    path("mine/data/openings", my_data.openings, name="my-data-openings"),
    path("mine/data/download", my_data.download, name="my-data-download"),
    path("mine/data/delete", my_data.delete, name="my-data-delete"),
    path("mine/data/unlink", my_data.unlink, name="my-data-unlink"),
    path("mine/data/contact", changing.ask, name="my-data-contact"),
    path("mine/data/code", changing.confirm, name="my-data-code"),
    path("account/signin", signing_in.SignIn.as_view(), name="sign-in"),
    path("account/signin", signing_in.SignIn.as_view(), name="account_login"),
    path("account/signin", signing_in.SignIn.as_view(), name="account_request_login_code"),
    path("account/code", signing_in.EnterCode.as_view(), name="account_confirm_login_code"),
    path("account/signout", signing_in.sign_out, name="sign-out"),
    path("account/with/weixin", providers.start, name="weixin_login"),
    path("account/with/weixin/back", providers.back, name="weixin_callback"),
    path("account/with/<provider_id>", providers.start, name="openid_connect_login"),
    path("account/with/<provider_id>/back", providers.back, name="openid_connect_callback"),
]
