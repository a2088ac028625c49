"""PostgreSQL reads the literals as they are meant, whatever the words hold."""

import pytest
from django.db import connection

from minsheng.intelligence.tokens import query_tokens, tokens, tsquery_literal, tsvector_literal

ODD = ["路灯", "𠮷野", "o'clock", "''", "back\\slash", "\\'", "a:1A", "d:340503", "!&|()<->*", "white space", "new\nline", '"', "😀", "x" * 5000, "长" * 3000]

pytestmark = pytest.mark.django_db


def ask(sql: str, *values: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_every_word_arrives_as_one_lexeme() -> None:
    kept = {word.encode()[:2000].decode(errors="ignore") for word in ODD}
    assert set(ask("SELECT tsvector_to_array(%s::tsvector)", tsvector_literal(ODD))) == kept  # type: ignore[call-overload]


@pytest.mark.parametrize("word", ODD)
def test_every_word_is_found_again(word: str) -> None:
    stored = tsvector_literal(ODD, districts=["340504"])
    assert ask("SELECT %s::tsvector @@ %s::tsquery", stored, tsquery_literal([word], district="340504")) is True
    assert ask("SELECT %s::tsvector @@ %s::tsquery", stored, tsquery_literal([word], district="340505")) is False


def test_a_text_is_found_by_words_and_district() -> None:
    stored = tsvector_literal(tokens("李庄的路灯不亮，Wi-Fi 也坏了"), districts=["340503", "340503001"])
    for query in ("路灯", "李庄", "WI-FI 李庄", "路灯不亮"):
        assert ask("SELECT %s::tsvector @@ %s::tsquery", stored, tsquery_literal(query_tokens(query), district="340503")) is True
    assert ask("SELECT %s::tsvector @@ %s::tsquery", stored, tsquery_literal(query_tokens("停水"))) is False
