"""表单: every move has its form; a form fits its command; what is typed becomes the command's arguments, or the first wrong field is named."""

from datetime import date
from inspect import Parameter, signature
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.commands import forms
from minsheng.commands.forms import FORMS, parse
from minsheng.domain.errors import BadInput
from minsheng.domain.moves import MOVES

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str),
    lambda s: st.lists(s) | st.dictionaries(st.text(), s),
    max_leaves=4,
)


def test_every_move_that_a_person_makes_has_a_form() -> None:
    """All but 收件, which is the filing itself; in the words of the table."""
    assert set(MOVES) - {"receive"} <= set(FORMS)
    assert all(FORMS[action].zh == MOVES[action].zh for action in MOVES if action != "receive")
    assert set(forms.NOT_MOVES) == set(FORMS) - set(MOVES)


@pytest.mark.parametrize("action", FORMS)
def test_a_form_fits_its_command(action: str) -> None:
    """Each field is an argument of the command, each argument has a field, and what the command needs is required."""
    form = FORMS[action]
    arguments = {n: p for n, p in signature(form.command).parameters.items() if n not in ("code", "by", "seen")}
    assert {field.name for field in form.fields} == set(arguments)
    for field in form.fields:
        assert field.required == (arguments[field.name].default is Parameter.empty)
        assert field.zh and field.en
        assert bool(field.limit) == (field.kind in ("text", "line"))
        assert bool(field.choices) == (field.kind in ("choice", "urgency", "duration"))


def test_a_browsers_form_and_json_say_the_same() -> None:
    """Texts of a form become what JSON says directly; several values stand under one name."""
    typed = QueryDict("units=city.parks&units=city.water_supply&request=一起看&csrfmiddlewaretoken=x&seen=3")
    assert parse("co_handle", typed) == parse("co_handle", {"units": ["city.parks", "city.water_supply"], "request": "一起看"})
    assert parse("call_back", QueryDict("reached=yes&contacted=yes&solved=no&satisfied=")) == {"reached": True, "contacted": True, "solved": False}
    assert parse("rate", QueryDict("level=4&reasons=")) == parse("rate", {"level": 4}) == {"level": 4}
    assert parse("reply", QueryDict("text=周五修好&promised_on=2026-03-06")) == {"text": "周五修好", "promised_on": date(2026, 3, 6)}
    assert parse("extend", {"by_how_much": "3 working days", "reason": "等配件"})["by_how_much"] == "3 working days"
    assert parse("refer", {"to": "police", "reason": "打架", "record": "110-7"})["to"] == "police"


def test_an_unknown_action_is_said() -> None:
    """No such move."""
    with pytest.raises(BadInput) as refused:
        parse("fly", {})
    assert refused.value.field == "move"


@pytest.mark.parametrize(
    ("action", "raw", "field"),
    [
        ("decline", {"reason": "不归这里", "basis": " "}, "basis"),
        ("dispatch", {"lead": "a b"}, "lead"),
        ("dispatch", {"co": ["ok", "../x"]}, "co"),
        ("rule", {"lead": "x", "basis": "职责", "interim_until": "2026-02-30"}, "interim_until"),
        ("rule", {"lead": "x", "basis": "职责", "interim_until": "1026-02-03"}, "interim_until"),
        ("call_back", {"reached": "perhaps"}, "reached"),
        ("rate", {"level": 4.0}, "level"),
        ("rate", {"level": True}, "level"),
        ("extend", {"by_how_much": "9" * 30 + " days", "reason": "x"}, "by_how_much"),
        ("grant", {"number": 0}, "number"),
        ("grant", {"number": "²"}, "number"),
        ("merge", {"into": "\x00"}, "into"),
        ("co_handle", {"units": ["u"] * 51, "request": "x"}, "units"),
    ],
)
def test_the_first_wrong_field_is_named(action: str, raw: dict[str, Any], field: str) -> None:
    """In Chinese and English, with the field's own name."""
    with pytest.raises(BadInput) as refused:
        parse(action, raw)
    assert refused.value.field == field and refused.value.zh and refused.value.en


@given(st.sampled_from(sorted(FORMS)), st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_it_is_read_or_refused(action: str, data: st.DataObject) -> None:
    """Nothing but arguments or BadInput comes out."""
    names = {field.name for field in FORMS[action].fields}
    raw = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANY)))
    wrong, values = "", {}
    try:
        values = parse(action, raw)
    except BadInput as refused:
        wrong = refused.field
    assert wrong in names | {""} and set(values) <= set(raw)
    assert all(not isinstance(value, str) or value.strip() for value in values.values())


def test_a_score_card_is_read_as_it_is() -> None:
    """A mapping; what its items are the command says. Anything else is refused by name."""
    assert parse("pass_check", {"scores": {"cause": 2, "done": "x"}}) == {"scores": {"cause": 2, "done": "x"}}
    assert parse("pass_check", {}) == {} == parse("pass_check", {"scores": ""})
    for wrong in ("cause=2", ["cause"], 7, {1: 2}):
        with pytest.raises(BadInput) as refused:
            parse("return_answer", {"remarks": "重写", "scores": wrong})
        assert refused.value.field == "scores"
