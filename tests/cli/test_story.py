"""`minsheng story`: a case told from its journal."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.cli import told
from minsheng.cli.story import story
from minsheng.commands import answering, callback, handling
from minsheng.domain.moves import MOVES, NOTES
from tests.cli.conftest import Cli
from tests.world import World


@pytest.fixture
def window(world: Callable[..., World]) -> tuple[World, str]:
    """A window that is promised and mended a day late."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    code = city.file(body="楼梯间三楼的窗户掉了，怕砸到人。", title="楼道窗户脱落", category="020201", place="yinxing")
    by = "songtao-chengguan"
    city.wait("1 hour")
    if city.state(code) == "dispatched":
        city.do(handling.claim, code, by=by)
    city.do(handling.contact, code, by=by, method="phone", note="说好明天来看。")
    city.do(handling.reply, code, by=by, text="窗户 3 日内装好。", promised_on=date(2026, 3, 4))
    city.until("2026-03-06T10:00+08:00")
    city.do(answering.answer, code, by=by, outcome="solved", text="3 月 6 日已更换 2 扇窗户，原因是合页锈断，上下楼层都检查过。")
    if not city.case(code).facts["checked"]:
        city.do(answering.pass_check, code, by="checker1")
    city.wait("2 hours")
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    return city, code


def test_everything_that_can_stand_in_a_journal_has_a_sentence() -> None:
    assert set(MOVES) | set(NOTES) <= set(told._SENTENCES) | told._UNSAID | {"deadline_step"}


def test_told_in_chinese(cli: Cli, window: tuple[World, str]) -> None:
    """Who, when, what, why; the promise that was broken; what the citizen says."""
    _, code = window
    said = cli(story, code.lower(), city="yunchuan").stdout
    for words in (
        f"{code}　楼道窗户脱落",
        "3 月 2 日（周一）",
        "09:00　诉求人通过网页投诉：“楼梯间三楼的窗户掉了，怕砸到人。”",
        "系统按规则派给",
        "电话联系上了诉求人：“说好明天来看。”",
        "答应 3 月 4 日（周三）办好：“窗户 3 日内装好。”",
        "承诺时限到了（3 月 4 日（周三）24:00），没有办到。",
        "答复，结果是已解决",
        "云川回访员回访：联系了，解决了，满意。",
        "办结（回访满意）。",
        "现在：已办结。从收到到办结用了 4 天 3 小时。",
        "承诺晚了 1 天 10 小时",
    ):
        assert words in said, f"{words}\n{said}"
    assert "。。" not in said and "。”。" not in said


def test_told_in_english(cli: Cli, window: tuple[World, str]) -> None:
    """The same in English; names and words stay as they are."""
    said = cli(story, window[1], "--lang", "en", city="yunchuan").stdout
    for words in (
        "Mon 2 Mar 2026",
        "promised Wed 4 Mar",
        "The promise deadline (Wed 4 Mar 24:00) was missed.",
        "Closed (content when called back).",
        "It took 4 d 3 h.",
    ):
        assert words in said, f"{words}\n{said}"


def test_secret_words_are_withheld(cli: Cli, world: Callable[..., World]) -> None:
    """举报: the timeline, without the words."""
    city = world("yunchuan")
    code = city.file(body="小作坊用过期面粉做馒头。", title="举报小作坊", kind="report", category="100103", requester="anonymous", name="", phone="")
    said = cli(story, code, city="yunchuan").stdout
    assert "保密" in said and "面粉" not in said and "举报小作坊" not in said


def test_unknown_and_empty(cli: Cli, world: Callable[..., World]) -> None:
    """No such case; no case at all."""
    world("yunchuan")
    refused = cli(story, "YC000", city="yunchuan")
    assert refused.exit_code == 1 and "没有找到" in refused.stderr
    assert "还没有诉求可讲" in cli(story, "--list", city="yunchuan").stdout
