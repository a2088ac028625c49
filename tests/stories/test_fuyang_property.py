"""阜阳 物业: what many complain of in seven ways becomes one paper for those who make the rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

from minsheng.adapters.publications import PlainPress
from minsheng.adapters.storage import LocalBlobs
from minsheng.commands import drafting
from minsheng.domain.errors import NotAllowed
from minsheng.models.case import Case
from minsheng.models.publication import Publication
from minsheng.queries import publications
from minsheng.queries.hot_topics import Topic
from tests.world import World

#: Seven groups of matters by their category, and how many complain of each.
GROUPS = {"030101": 5, "030102": 4, "030104": 2, "030105": 3, "030201": 2, "030203": 1, "030704": 1}


def test_property(world: Callable[..., World], tmp_path: Path) -> None:
    """fuyang-property 七类物业投诉.

    In March people complain of their property companies in seven ways. The centre drafts a 《热点专报》: seven groups, their places and figures, a chart,
    a suggestion, and whom it goes to. Who drafted it cannot sign it; a leader does. It is a reference for the draft of a rule, not for everybody.
    """
    city = world("fuyang", at="2026-03-02T09:00+08:00")
    codes = [(category, city.file(body="小区物业的事一直没有解决，请帮忙看看。", title="物业问题", place="wenfengshequ"))
             for category, n in GROUPS.items() for _ in range(n)]  # fmt: skip
    city.until("2026-04-01T09:00+08:00")
    for category, code in codes:
        Case.objects.filter(code=code).update(category=category)  # as a dispatcher would sort it; the sweep must not write it back
    drafter, signer = city.who("supervisor1"), city.who("leader1")
    topic = Topic(name="物业服务", categories=("03",), suggestion="建议在条例草案里写明物业交接的期限。", addressees=("市人大常委会", "市住建局"))
    number = drafting.draft_topic("2026-03-01~2026-03-31", topic=topic, by=drafter)
    press, blobs, seen = PlainPress(), LocalBlobs(tmp_path), Publication.objects.get(pk=number).digest
    with pytest.raises(NotAllowed):
        drafting.sign(number, seen=seen, by=drafter, press=press, blobs=blobs)
    drafting.sign(number, seen=seen, by=signer, press=press, blobs=blobs)

    said = publications.one(number, desk=True).content
    assert said.figures["诉求"] == sum(GROUPS.values())
    chart = said.sections[0].charts[0]
    assert [bar.value for bar in chart.bars] == [5, 4, 3, 2, 2, 1, 1]
    assert len(said.sections) == 1 + len(GROUPS) + 1
    assert said.sections[-1].paragraphs == (topic.suggestion,) and said.addressees == topic.addressees
    whole = blobs.get(publications.file(number, "docx", desk=True)[0]).decode()
    assert "七类" not in whole and "涉及 7 类问题" in whole and "13800000001" not in whole and "张先生" not in whole
    assert publications.public() == []
