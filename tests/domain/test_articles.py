"""文章: a draft is cleaned, or refused with the field and what to do."""

from datetime import datetime, timedelta

import pytest

from minsheng.clock import BEIJING
from minsheng.domain.articles import ALWAYS_THERE, BODY_LIMIT, KIND_ZH, Draft, check, holds
from minsheng.domain.errors import BadInput

GOOD = {"kind": "knowledge", "title": "路灯不亮怎么报", "body": "先看灯杆上的编号。", "slug": "street-lamps"}
UNTIL = datetime(2026, 12, 1, tzinfo=BEIJING)


def test_what_is_good_is_cleaned_and_kept() -> None:
    draft = check(Draft(**(GOOD | {"title": "  路灯 \n 不亮 ", "body": "一\r\n二\u200b", "label": " 供热 ", "slug": " street-lamps "})))
    assert (draft.title, draft.body, draft.label, draft.slug) == ("路灯 不亮", "一\n二", "供热", "street-lamps")
    assert check(draft) == draft


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "poem"}, "kind"),
        ({"language": "fr"}, "language"),
        ({"title": " "}, "title"),
        ({"title": "字" * 81}, "title"),
        ({"title": "{city}的路灯"}, "title"),
        ({"summary": "打 {hotline}"}, "summary"),
        ({"summary": "字" * 201}, "summary"),
        ({"body": "\n \n"}, "body"),
        ({"body": "字" * (BODY_LIMIT + 1)}, "body"),
        ({"body": "有一个\x00"}, "body"),
        ({"body": "住在{town}"}, "body"),
        ({"label": "字" * 13}, "label"),
        ({"slug": "Street"}, "slug"),
        ({"slug": "路灯"}, "slug"),
        ({"slug": "a--b"}, "slug"),
        ({"slug": "-a"}, "slug"),
        ({"slug": "a" * 61}, "slug"),
        ({"slug": "lamps-en"}, "slug"),
        ({"slug": "lamps", "language": "en"}, "slug"),
        ({"slug": "", "language": "en"}, "slug"),
        ({"slug": "", "kind": "page"}, "slug"),
        ({"until": UNTIL, "kind": "page"}, "until"),
        ({"since": UNTIL, "kind": "page"}, "since"),
        ({"until": UNTIL, "since": UNTIL}, "until"),
    ],
)
def test_what_is_wrong_says_where_and_what_to_do(changed: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(Draft(**(GOOD | changed)))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.zh.endswith("。") and refused.value.en.endswith(".")


def test_a_notice_may_end_and_may_be_named_later() -> None:
    draft = check(Draft(kind="notice", title="停水", body="今晚停水。", until=UNTIL))
    assert (draft.slug, draft.until) == ("", UNTIL)


@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        (None, None, "now"),
        (UNTIL, None, "now"),
        (None, UNTIL + timedelta(seconds=1), "now"),
        (None, UNTIL, "over"),
        (UNTIL + timedelta(seconds=1), None, "later"),
        (UNTIL - timedelta(days=2), UNTIL - timedelta(days=1), "over"),
    ],
)
def test_how_an_article_stands(since: datetime | None, until: datetime | None, stands: str) -> None:
    assert holds(since=since, until=until, now=UNTIL) == stands


def test_placeholders_stand_in_the_body_alone() -> None:
    assert check(Draft(**(GOOD | {"body": "{city}的{centre}，电话 {hotline}\n\n{promises}"}))).body.startswith("{city}")


@pytest.mark.parametrize(("slug", "language", "original"), [("privacy", "zh", "privacy"), ("privacy-en", "en", "privacy")])
def test_an_english_article_belongs_to_a_chinese_one(slug: str, language: str, original: str) -> None:
    assert Draft(kind="page", title="x", body="y", slug=slug, language=language).original == original


def test_the_pages_that_are_always_there_are_pages() -> None:
    assert {"privacy", "accessibility"} <= ALWAYS_THERE
    assert set(KIND_ZH) == {"notice", "guide", "knowledge", "page"}
