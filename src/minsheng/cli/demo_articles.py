"""What the city of a demo tells by itself: pages, notices, a knowledge base whose articles have owners and ends, one in review, some words not found."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.policy.directory import Directory, Person

#: Which articles of directories/pages end, and in how many days from today.
_ENDS = {"heating-cold": 21, "power-cut": 60}
#: What a unit proposes, and what people looked for in vain (how often).
_PROPOSED = ("家里换了电表，读数对不上怎么办", "先拍下新旧电表的读数，再打供电服务电话核对。", "020503")
_MISSED = {"加装电梯": 6, "居住证": 4, "老年卡": 3, "充电桩安装": 2, "宠物医院": 1}


def tell(folder: Path, *, people: Iterable[Person], lang: str) -> int:
    """The pages every site must have, what helps with everyday matters, and a few notices of the last days. How many there are."""
    from minsheng import clock
    from minsheng.cli import content
    from minsheng.commands import articles, knowledge
    from minsheng.domain.access import SYSTEM
    from minsheng.queries import directory as directories

    tree, today = directories.current(), clock.local(clock.now()).date()
    drafts = [owned(draft, tree) for draft in content.read(folder / content.PAGES, lang=lang)]
    ending = [replace(draft, until=end_of(today + timedelta(days=_ENDS[draft.slug]))) if draft.slug in _ENDS else draft for draft in drafts]
    told = len(articles.load(ending, by=SYSTEM).new)
    for days, draft in enumerate(content.read(folder / content.NOTICES, lang=lang), start=1):
        with clock.moved(clock.now() - timedelta(days=2 * days, hours=days)):
            told += len(articles.load([draft], by=SYSTEM).new)
    for words, times in _MISSED.items():
        for n in range(times):
            knowledge.missed(words, address=f"demo-{n}")
    return told + _propose(tree, people)


def owned(draft: Draft, tree: Directory) -> Draft:
    """The article in the name of the unit that answers for its category in the whole city, where one surely does."""
    from minsheng import clock
    from minsheng.policy.responsibility import responsible

    if draft.kind != "knowledge" or draft.category is None:
        return draft
    found = responsible(tree, category=draft.category, place=None, on=clock.local(clock.now()).date())
    return replace(draft, owner=found.lead) if found.sure else draft


def _propose(tree: Directory, people: Iterable[Person]) -> int:
    """A clerk of a unit writes an article and sends it to review. 0 where the directory names no clerk."""
    from minsheng import clock
    from minsheng.commands import articles
    from minsheng.models.people import User
    from minsheng.queries import directory as directories

    clerk = next((person for person in people if person.roles == ("staff",) and person.unit != tree.centre), None)
    user = User.objects.filter(username=clerk.username).first() if clerk else None
    if user is None:
        return 0
    actor = directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())
    title, summary, category = _PROPOSED
    body = "# 先做这两步\n\n1. 拍下新旧电表的读数和换表的日期；\n2. 打供电服务电话核对。\n\n对不上的，打 {hotline}。"
    known = category if category in tree.categories else None
    number = articles.write(Draft(kind="knowledge", title=title, summary=summary, body=body, category=known), by=actor)
    articles.ask(number, seen=1, by=actor)
    return 1
