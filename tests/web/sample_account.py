"""Invented pages of the account and of 我的, in the shapes that the views fill (web/sample.py gathers them)."""

from types import SimpleNamespace as Row
from typing import Any

from web.invented import CODE, FILED, FORM, REPLY_DUE, TITLE, at

PROVIDERS = [
    Row(id="oidc", name="云川统一身份认证", url="/account/with/oidc", icon="id-badge-2"),
    Row(id="weixin", name="微信", url="/account/with/weixin", icon="brand-wechat"),
]
_IN: dict[str, Any] = {"form": FORM, "why": None, "next": "", "providers": PROVIDERS, "done": None}
_CODE: dict[str, Any] = {"form": FORM, "to": "138 **** 0046", "by_phone": True, "minutes": 5, "next": "", "demo": None, "done": None}
_CASES = [
    Row(code=CODE, title=TITLE, tag="handling", at=FILED, unit="城北热力公司", due=REPLY_DUE.due.due, to_rate=False, only_here=False),
    Row(code="20261116-0315", title="槐安里北门晚上一盏路灯都不亮", tag="rate", at=at(16, 21), unit="市城管局照明中心", due=None, to_rate=True, only_here=True),
    Row(code="20261103-0102", title="（已抹除）", tag="closed", at=at(3, 9), unit="", due=None, to_rate=False, only_here=False),
]
_PART = [Row(code="20261114-0096", title="小区门口夜市占道，消防车进不来", tag="over", at=at(14, 9), unit="东浦区城管局", how="我也遇到")]
_MINE: dict[str, Any] = _IN | {
    "me": None,
    "example": "YC260000123",
    "cases": [],
    "next_cases": None,
    "first": True,
    "part": [],
    "next_part": None,
    "adoptable": 0,
}
_OPENINGS = [
    Row(code=CODE, at=at(17, 22), unit="城北热力公司", reason="约上门测温的时间", fields="姓名、电话"),
    Row(code=CODE, at=at(18, 8, 40), unit="市 12345 热线中心", reason="核对楼栋和单元", fields="姓名、电话、住址"),
]
_DATA: dict[str, Any] = {
    "me": Row(name="李**", phone="138 **** 0046", mail="", phone_proven=True, mail_proven=False, level="手机号已验证", since=at(3, 9), plain=False),
    "form": Row(values={"name": "李女士", "kind": "citizen"}, errors={}),
    "channels": [
        Row(id="sms", words="发短信", on=True, ready=True),
        Row(id="mail", words="发邮件", on=False, ready=False),
        Row(id="wechat", words="发微信", on=False, ready=False),
    ],
    "providers": [Row(**vars(PROVIDERS[0]), linked=False), Row(**vars(PROVIDERS[1]), linked=True)],
    "openings": _OPENINGS,
    "more_openings": True,
    "downloads": 3,
    "done": None,
}
_SIGN_IN, _ENTER, _MINE_PAGE, _DATA_PAGE = "account/sign_in.html", "account/code.html", "citizen/mine.html", "citizen/my_data.html"
_CONTACT, _CONTACT_CODE, _WITH = "account/contact.html", "account/contact_code.html", "account/with.html"
_BACK = Row(words="这个验证码用过了，或者过了时间。请重新要一个。", kind="warn")
_LATER = Row(values={"contact": "138000"}, errors={"contact": "手机号要 11 位数字，您填了 6 位。"})
_BAD_CODE = Row(values={}, errors={"code": "验证码不对，还可以试 4 次。看看是不是最新的一条。"})
_BUSY = Row(values=_DATA["form"].values, errors={"download": "次数用完了，请过 9 小时再试。", "channels": "这种办法还没有开通，先加上手机号、邮箱或微信。"})
_WORDS = [("text", "想补充什么", "今天上午 10 点又停热了，楼下也一样。")]
ACCOUNT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "sign-in": (_SIGN_IN, _IN),
    "sign-in-back": (_SIGN_IN, _IN | {"providers": [], "why": _BACK, "next": "/cases/1"}),
    "sign-in-errors": (_SIGN_IN, _IN | {"form": _LATER}),
    "code": (_ENTER, _CODE | {"demo": "482700"}),
    "code-errors": (_ENTER, _CODE | {"form": _BAD_CODE, "by_phone": False, "to": "li***@example.com", "next": "/mine/data"}),
    "staff-here": ("account/staff.html", {"staff_name": "承办员 03", "next": "/account/signin"}),
    "with": (_WITH, {"provider": PROVIDERS[0], "to": None, "next": "", "process": "login"}),
    "contact": (_CONTACT, {"form": FORM, "kind": "phone", "again": True}),
    "contact-mail": (_CONTACT, {"form": FORM, "kind": "mail", "again": False}),
    "contact-code": (_CONTACT_CODE, {"form": _BAD_CODE, "to": "138 **** 0047", "kind": "phone", "minutes": 5, "demo": None}),
    "mine-out": (_MINE_PAGE, _MINE),
    "mine-out-held": (_MINE_PAGE, _MINE | {"cases": _CASES[:1], "providers": []}),
    "mine": (
        _MINE_PAGE,
        _MINE
        | {
            "me": Row(name="李**", contact="138 **** 0046", real_name=True),
            "cases": _CASES,
            "next_cases": "/mine?cursor=x",
            "part": _PART,
            "adoptable": 1,
            "done": Row(words="放好了，2 件。换一台设备登录也看得到。", draft=""),
        },
    ),
    "mine-empty": (_MINE_PAGE, _MINE | {"me": Row(name="", contact="li***@example.com", real_name=False)}),
    "my-data": (_DATA_PAGE, _DATA),
    "my-data-errors": (_DATA_PAGE, _DATA | {"form": _BUSY, "openings": [], "more_openings": False, "providers": []}),
    "openings": ("citizen/openings.html", {"openings": _OPENINGS, "next": None}),
    "openings-none": ("citizen/openings.html", {"openings": [], "next": None}),
    "leave": ("citizen/leave.html", {"open_cases": True}),
    "again": ("citizen/again.html", {"action": "/cases/1/supplement", "words": _WORDS, "others": [], "code": "1", "lost": False}),
    "again-lost": ("citizen/again.html", {"action": "/cases/1/supplement", "words": _WORDS, "others": [("level", "2")], "code": "1", "lost": True}),
}
