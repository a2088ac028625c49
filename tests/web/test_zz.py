from collections.abc import Callable
import pytest
from web.test_desk import PASSWORD, signed_in
from django.contrib.auth.hashers import make_password
from minsheng.models.people import User


def test_pages(world):
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    c = signed_in("admin1")
    n = User.objects.get(username="yinxing").pk
    for p in [
        "",
        "/calendar",
        "/import",
        "/profile",
        "/profile?f_category=020201&f_place=yinxing&f_urgency=urgent&f_day=2026-09-30",
        "/acts",
        "/acts?book=journal",
        "/acts?book=openings",
        "/units?in=qinghe",
        "/units?words=银杏",
        "/places",
        "/places/yinxing",
        "/places?in=qinghe",
        "/categories",
        "/categories/020201",
        "/rules?test_category=020201&test_place=yinxing",
        "/rules/new",
        "/posts",
        "/units/yinxing",
        "/units/new?in=qinghe",
        "/users",
        "/users/new",
        f"/users/{n}",
    ]:
        a = c.get("/desk/admin" + p)
        print(p, a.status_code, len(a.content))
        assert a.status_code == 200, a.content.decode()[:3000]
