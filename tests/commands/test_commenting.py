"""评论: held until somebody has read it, every version kept, taken down with a reason."""

from collections.abc import Callable

import pytest

from minsheng.commands import commenting
from minsheng.domain.access import citizen
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.case import CaseText, ReleasedText
from minsheng.models.participation import Comment, CommentWords
from tests.commands import scenes
from tests.world import World, city_files

Make = Callable[..., World]
SOMEBODY, ANOTHER = citizen(501), citizen(502)


def the_one(code: str) -> Comment:
    return Comment.objects.get(case__code=code)


def test_read_then_shown(world: Make) -> None:
    """Nobody sees it before it was read; shown it is masked."""
    city = world("yunchuan")
    code = scenes.handled(city)
    number = city.do(commenting.comment, code, by=SOMEBODY, text="5 楼也是，找我 13800000033。")
    assert (number, the_one(code).status) == (1, "held")
    assert not ReleasedText.objects.filter(case__code=code, kind="comment").exists()
    city.do(commenting.show, code, by="desk1", number=1)
    assert the_one(code).status == "shown"
    assert ReleasedText.objects.get(case__code=code, kind="comment").body == "5 楼也是，找我 ［手机号已隐去］。"
    city.holds()


def test_every_version_is_kept(world: Make) -> None:
    """What was shown stays until the new words have been read; then both versions are still there."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(commenting.comment, code, by=SOMEBODY, text="摸着都是凉的。")
    city.do(commenting.show, code, by="desk1", number=1)
    city.do(commenting.edit, code, by=SOMEBODY, number=1, text="摸着都是凉的，2 单元也查查。")
    row = the_one(code)
    assert (row.status, row.edits) == ("held", 1)
    assert [t.body for t in ReleasedText.objects.filter(case__code=code, kind="comment")] == ["摸着都是凉的。"]
    city.do(commenting.show, code, by="desk1", number=1)
    assert CommentWords.objects.filter(comment=row).count() == 2
    assert [t.body for t in ReleasedText.objects.filter(case__code=code, kind="comment").order_by("id")] == ["摸着都是凉的。", "摸着都是凉的，2 单元也查查。"]
    city.holds()


def test_refused_and_removed_with_a_reason(world: Make) -> None:
    """The reason stands beside it, and its words are kept for whoever asks why."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(commenting.comment, code, by=SOMEBODY, text="广告：修水管。")
    city.do(commenting.refuse, code, by="desk1", number=1, reason="广告")
    assert (the_one(code).status, the_one(code).reason) == ("refused", "广告")
    city.do(commenting.comment, code, by=ANOTHER, text="我们楼也是。")
    city.do(commenting.show, code, by="desk1", number=2)
    city.do(commenting.remove, code, by="desk1", number=2, reason="与本事无关")
    assert Comment.objects.get(case__code=code, number=2).status == "removed"
    assert CaseText.objects.filter(case__code=code, kind="comment").count() == 2
    assert [a for a in city.actions(code) if "comment" in a] == ["commented", "comment_refused", "commented", "comment_shown", "comment_removed"]
    city.holds()


def test_a_unit_speaks_as_the_unit(world: Make) -> None:
    """The unit that has the case answers under it at once; another unit may not."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(commenting.comment, code, by=scenes.CLERK, text="收到，明天把 2 单元一起看。")
    row = the_one(code)
    assert (row.status, row.unit, row.account) == ("shown", city.case(code).unit, None)
    with pytest.raises((NotAllowed, NotFound)):
        city.do(commenting.comment, code, by=city.clerk("city.parks"), text="路过。")
    city.holds()


def test_only_ones_own(world: Make) -> None:
    """Nobody changes or takes back what somebody else said; a citizen shows nothing."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(commenting.comment, code, by=SOMEBODY, text="我们楼也是。")
    for verb, values in ((commenting.edit, {"text": "不是"}), (commenting.withdraw, {})):
        with pytest.raises(NotFound):
            city.do(verb, code, by=ANOTHER, number=1, **values)
    with pytest.raises(NotAllowed):
        city.do(commenting.show, code, by=SOMEBODY, number=1)
    city.do(commenting.withdraw, code, by=SOMEBODY, number=1)
    assert the_one(code).status == "removed"
    with pytest.raises(WrongState):
        city.do(commenting.edit, code, by=SOMEBODY, number=1, text="又改")
    city.holds()


def test_where_nobody_comments(world: Make) -> None:
    """A private case is not there for others; a city without comments says so; too many waiting, too long, nothing at all."""
    city = world("yunchuan")
    private = city.file(body="邻居家里的事。", wish="private", place="yinxing-b1")
    with pytest.raises(NotFound):
        city.do(commenting.comment, private, by=SOMEBODY, text="看看")
    code = scenes.handled(city)
    for text in ("", "字" * 301):
        with pytest.raises(BadInput):
            city.do(commenting.comment, code, by=SOMEBODY, text=text)
    for n in range(commenting.WAITING):
        city.do(commenting.comment, code, by=SOMEBODY, text=f"第 {n} 条")
    with pytest.raises(WrongState):
        city.do(commenting.comment, code, by=SOMEBODY, text="再一条")


def test_a_city_without_comments(world: Make) -> None:
    """The profile decides: in this city nobody comments."""
    city = world("fuyang")
    code = city.file(body="小区门口的路灯不亮。", district=next(p.code for p in city_files("fuyang").places.values() if p.kind == "district"))
    with pytest.raises(WrongState):
        city.do(commenting.comment, code, by=SOMEBODY, text="我也是")
