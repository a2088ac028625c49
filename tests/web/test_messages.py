"""The catalogue of English words: complete, and compiled as gettext reads it."""

import gettext
import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_word_on_a_screen_has_its_english(messages: ModuleType) -> None:
    catalogues = sorted((ROOT / "src/minsheng/locale").glob("*/LC_MESSAGES/django.po"))
    assert catalogues
    for path in catalogues:
        assert list(messages.faults(messages.used(), messages.catalogue(path))) == []


def test_a_missing_an_unused_and_a_broken_word_are_each_reported(messages: ModuleType) -> None:
    words = {"首页": "a.html:1", "剩 %(span)s": "b.py:2"}
    found = "\n".join(messages.faults(words, {"剩 %(span)s": "left", "旧的": "old"}))
    assert 'msgid "首页"' in found
    assert "placeholders" in found
    assert "no longer used: 旧的" in found


def test_compiled_words_are_read_back_by_gettext(messages: ModuleType) -> None:
    read = gettext.GNUTranslations(io.BytesIO(messages.compiled({"首页": "Home", "大厅": "Hall"})))
    assert (read.gettext("首页"), read.gettext("大厅"), read.gettext("没有")) == ("Home", "Hall", "没有")
