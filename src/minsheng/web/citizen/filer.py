"""谁在反映: a person, an enterprise or somebody without a name; who has signed in need not write again what the account knows."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.errors import BadInput
from minsheng.domain.states import KIND_ZH, Kind
from minsheng.domain.text import phone as number
from minsheng.policy import decide
from minsheng.queries import accounts
from minsheng.queries import rules as rulebook
from minsheng.web import frame
from minsheng.web.citizen import masks

#: Fields of the form that are about the person.
NAMES = ("requester", "name", "phone")
_CHOICES = (("citizen", "我自己"), ("enterprise", "企业或单位"), ("anonymous", "匿名"))


class Filer:
    """Who files, from what was typed and from the account that is signed in."""

    def __init__(self, request: HttpRequest) -> None:
        account = frame.account(request)
        self._request = request
        self._me = accounts.me(account) if account is not None else None
        self.requester = request.POST.get("requester") or (self._me.kind if self._me else "citizen")

    @property
    def anonymous(self) -> bool:
        """Without a name: nothing of the account goes along either."""
        return self.requester == "anonymous"

    @property
    def by(self) -> Actor:
        """Who acts; somebody anonymous is nobody's account."""
        return HOLDER if self.anonymous else frame.citizen(self._request)

    def contact(self, typed: dict[str, str]) -> dict[str, Any]:
        """Name, number and account for the report: what was typed goes before what the account knows."""
        if self.anonymous:
            return {"requester": self.requester, "name": "", "phone": "", "account": None}
        name, phone = typed["name"].strip(), typed["phone"].strip()
        known, account = self._me, self._me.account if self._me else None
        return {
            "requester": self.requester,
            "name": name or (known.name if known else ""),
            "phone": phone or (known.phone if known else ""),
            "account": account,
        }

    def wrong(self, typed: dict[str, str]) -> dict[str, str]:
        """What is missing of the person, and a number that is none."""
        if self.anonymous:
            return {}
        found, errors = self.contact(typed), {}
        if not found["name"]:
            errors["name"] = _("写一写企业或单位的名称。") if self.requester == "enterprise" else _("写一写怎么称呼您，比如「李女士」。")
        if not found["phone"]:
            errors["phone"] = _("写上手机号，单位好联系您。")
        else:
            try:
                number(found["phone"])
            except BadInput as problem:
                errors["phone"] = frame.words(problem)
        return errors

    def context(self, form: Row) -> dict[str, Any]:
        """What citizen/new/who.html asks for."""
        me, kinds = self._me, _anonymous_kinds()
        form.values["requester"] = self.requester
        if me and not me.phone:
            form.values.setdefault("name", me.name)
        choices = [(value, _(words), "") for value, words in _CHOICES[:2]]
        if kinds:
            choices.append(("anonymous", _(_CHOICES[2][1]), _anonymous_hint(kinds)))
        return {
            "requesters": choices,
            "known": Row(name=masks.name(me.name), phone=masks.phone(me.phone) if me.phone else "", proven=me.phone_proven) if me and me.phone else None,
        }


def _anonymous_kinds() -> list[Kind]:
    """What may be filed without a name in this city, by its rules."""
    rules, facts = rulebook.today(), {"requester": "anonymous", "origin": "citizen", "channel": "web", "urgency": "normal"}
    return [kind for kind in Kind if decide.decide(rules, "intake", {**facts, "kind": kind}).value.anonymous]


def _anonymous_hint(kinds: list[Kind]) -> str:
    said = _("不留姓名和电话，没有人能给您回电话，只能凭编号和查询码看进度。")
    if set(kinds) == set(Kind):
        return said
    return _("只有%(kinds)s可以匿名。") % {"kinds": _("、").join(_(KIND_ZH[kind]) for kind in kinds)} + said
