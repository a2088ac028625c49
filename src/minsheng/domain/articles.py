"""文章: what the city tells by itself, before it is stored: its kinds, its stages, and how a draft is checked. Pure.

An article in English stands beside a Chinese one: its slug is the Chinese one's with `-en` behind it (`privacy`, `privacy-en`).
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from minsheng.domain.errors import BadInput
from minsheng.domain.text import clean, line

#: 种类: where an article stands. page: found by its address (privacy …); guide: how to use this platform; knowledge: answers to everyday matters.
KIND_ZH = {"notice": "通知公告", "guide": "使用指南", "knowledge": "办事知识", "page": "固定页面"}
#: 阶段 of an article.
STATUS_ZH = {"draft": "草稿", "review": "待审", "published": "已发布", "withdrawn": "已撤下"}
#: 时效 of a published article on a day: what citizens find is in force.
HOLDS_ZH = {"now": "有效", "later": "还没生效", "over": "已过期"}
#: Kinds that answer a question; any unit may propose them.
ANSWERING = ("knowledge", "guide")
#: How long before its end the owner of an article is told.
TOLD_BEFORE = timedelta(days=30)
REMARK_LIMIT = 200
LANGUAGES = ("zh", "en")
ENGLISH = "-en"
#: Pages that every page of the platform leads to: they may be rewritten, never withdrawn.
ALWAYS_THERE = frozenset({"privacy", "accessibility", "how", "scope"})
SLUG_LIMIT, TITLE_LIMIT, SUMMARY_LIMIT, BODY_LIMIT, LABEL_LIMIT = 60, 80, 200, 20_000, 12
#: What a body may leave to be filled in when it is read: they change with the city and its rules.
PLACEHOLDERS = ("city", "hotline", "centre", "promises")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BRACES = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """草稿: what an editor writes. slug: empty where one is to be made; category, place, owner: codes; since, until: from and to when it holds."""

    kind: str
    title: str
    body: str
    slug: str = ""
    summary: str = ""
    language: str = "zh"
    category: str | None = None
    place: str | None = None
    label: str = ""
    owner: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def original(self) -> str:
        """The slug of the Chinese article that this one belongs to: its own, where it is Chinese."""
        return self.slug.removesuffix(ENGLISH) if self.language == "en" else self.slug


def check(draft: Draft) -> Draft:
    """Every field cleaned, or BadInput saying what to do. Whether category and place exist is for who knows the directory."""
    if draft.kind not in KIND_ZH:
        raise BadInput(field="kind", zh=f"请选一种：{'、'.join(KIND_ZH.values())}。", en=f"Choose one of: {', '.join(KIND_ZH)}.")
    if draft.language not in LANGUAGES:
        raise BadInput(field="language", zh="语言写 zh（中文）或 en（英文）。", en="The language is zh or en.")
    for name, words, zh, en in (("title", draft.title, "标题", "a title"), ("body", draft.body, "正文", "the text")):
        if not words.strip():
            raise BadInput(field=name, zh=f"请写{zh}。", en=f"Write {en}.")
    title = line(draft.title, limit=TITLE_LIMIT, name="title")
    summary = line(draft.summary, limit=SUMMARY_LIMIT, name="summary") if draft.summary.strip() else ""
    for name, words in (("title", title), ("summary", summary)):
        if _BRACES.search(words):
            raise BadInput(field=name, zh="{city} 这样的空格只能写在正文里。", en="Placeholders such as {city} belong into the body.")
    body = clean(draft.body, limit=BODY_LIMIT, name="body")
    _known_placeholders(body)
    _demand_order(draft)
    return replace(
        draft,
        slug=_slug(draft),
        title=title,
        summary=summary,
        body=body,
        label=line(draft.label, limit=LABEL_LIMIT, name="label") if draft.label.strip() else "",
    )


def _slug(draft: Draft) -> str:
    slug = draft.slug.strip()
    if not slug:
        if draft.kind == "page" or draft.language == "en":
            raise BadInput(
                field="slug", zh="请写网址里的名字，例如 privacy；英文版写中文那一篇的名字加 -en。", en="Write the name in the address, such as privacy."
            )
        return ""
    if len(slug) > SLUG_LIMIT or not _SLUG.fullmatch(slug):
        raise BadInput(
            field="slug",
            zh=f"网址里的名字只用小写字母、数字和中间的短横，最多 {SLUG_LIMIT} 个，例如 heating-cold。",
            en=f"The name in the address has small letters, digits and single hyphens, at most {SLUG_LIMIT}, such as heating-cold.",
        )
    if slug.endswith(ENGLISH) != (draft.language == "en"):
        raise BadInput(
            field="slug",
            zh="英文版的名字以 -en 结尾，中文的不要用 -en 结尾。",
            en="The name of an English article ends in -en, and that of no other does.",
        )
    return slug


def _known_placeholders(body: str) -> None:
    unknown = next((name for name in _BRACES.findall(body) if name not in PLACEHOLDERS), None)
    if unknown is not None:
        known = "、".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise BadInput(
            field="body",
            zh=f"正文里的 {{{unknown}}} 没有这一项，可以写：{known}。",
            en=f"There is no placeholder {{{unknown}}}; known: {', '.join(PLACEHOLDERS)}.",
        )


def _demand_order(draft: Draft) -> None:
    """Pages that every page leads to always hold; what begins must begin before it ends."""
    for name, moment in (("since", draft.since), ("until", draft.until)):
        if moment is not None and draft.kind == "page":
            raise BadInput(field=name, zh="固定页面一直有效，不用写日期。", en="A page always holds: it has no dates.")
    if draft.since is not None and draft.until is not None and draft.since >= draft.until:
        raise BadInput(field="until", zh="到期的日子要在生效的日子之后。", en="The day on which it ends must come after the day on which it begins.")


def holds(*, since: datetime | None, until: datetime | None, now: datetime) -> str:
    """now, later or over (HOLDS_ZH)."""
    if until is not None and until <= now:
        return "over"
    return "later" if since is not None and since > now else "now"
