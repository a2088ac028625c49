"""Invented pages of the knowledge base at the desk."""

from types import SimpleNamespace as Row
from typing import Any

from web.invented import NOW, at
from web.sample_articles import BODY

FILES = [Row(number=4, name="物业费减免申请表.docx", what="Word", size="24 KB", waits=False, url="/help/property-fee/files/0a")]
FOUND = Row(
    number=12,
    url="/desk/knowledge/12",
    title=[("暖气", True), ("不热，先做这三步", False)],
    summary=[("放气、看阀门、问邻居。", False)],
    excerpt=[("打开", False), ("暖气", True), ("片上的阀门…", False)],
    kind=None,
    category="供热",
    place="柳荫区",
    owner="城北热力",
    mark=Row(word="快到期", look="soon"),
    asked=True,
    until=at(30),
    at=at(18, 9),
    helped=128,
    not_helped=9,
    uses=31,
)
PLAIN = Row(
    **(vars(FOUND) | {"number": 13, "excerpt": [], "mark": None, "asked": False, "until": None, "uses": 0, "helped": 0, "not_helped": 0, "place": None})
)
LIST: dict[str, Any] = {"rows": [FOUND, PLAIN], "words": "暖气", "state": "now", "filtered": False, "may_write": True, "next": "/desk/knowledge?cursor=x"}
INDEX: dict[str, Any] = LIST | {
    "asked": {"q": "暖气", "category": "02", "place": "", "owner": "", "kind": "knowledge", "state": "now"},
    "states": [
        Row(label="有效的", icon="book", url="/desk/knowledge", current=True, count=None, alarm=False),
        Row(label="30 天内到期", icon="hourglass", url="?state=ending", current=False, count=2, alarm=False),
        Row(label="已过期", icon="clock-exclamation", url="?state=over", current=False, count=1, alarm=True),
        Row(label="待审", icon="eye-check", url="?state=review", current=False, count=3, alarm=False),
    ],
    "kinds": [Row(label="办事知识", url="?kind=knowledge", current=True)],
    "choices": {"category": [("02", "市政设施")], "place": [("liuyin", "柳荫区")], "owner": [("city.heat", "城北热力")]},
    "missing": Row(url="/desk/knowledge/missing", count=17),
    "done": None,
}
ARTICLE = Row(
    **(
        vars(FOUND)
        | {
            "title": "暖气不热，先做这三步",
            "summary": "放气、看阀门、问邻居。",
            "slug": "heating-cold",
            "kind": "办事知识",
            "body": BODY,
            "text": "先做这三步\n放气。",
            "stands": "now",
            "since": at(1),
            "ending": True,
            "remark": "",
            "address": "/help/heating-cold",
            "edit": "/desk/articles/12",
        }
    )
)
READ: dict[str, Any] = {"article": ARTICLE, "files": FILES, "answer": "/desk/cases/1?article=heating-cold#composer", "done": None}
OVER = Row(**(vars(ARTICLE) | {"stands": "over", "mark": Row(word="已过期", look="over"), "address": None, "ending": False, "edit": None}))
DRAFT = Row(**(vars(OVER) | {"stands": "draft", "owner": None, "place": None, "category": None, "since": None, "until": None, "uses": 0}))
MISSING: dict[str, Any] = {
    "rows": [Row(number=1, words="老旧小区加装电梯", times=41, first=at(2), last=NOW, url="/desk/knowledge?q=x")],
    "next": "/desk/knowledge/missing?cursor=x",
    "dropped": 2,
    "problem": None,
    "done": Row(words="「恐龙」不写了。", draft=""),
}
KNOWLEDGE_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-knowledge": ("desk/knowledge/index.html", INDEX),
    "desk-knowledge-none": ("desk/knowledge/index.html", INDEX | {"rows": [], "next": None, "missing": None, "may_write": False}),
    "desk-knowledge-nothing-over": ("desk/knowledge/index.html", INDEX | {"rows": [], "next": None, "words": "", "state": "over"}),
    "desk-knowledge-article": ("desk/knowledge/article.html", READ),
    "desk-knowledge-article-over": ("desk/knowledge/article.html", READ | {"article": OVER, "files": [], "answer": None}),
    "desk-knowledge-article-draft": ("desk/knowledge/article.html", READ | {"article": DRAFT, "done": Row(words="好了。", draft="")}),
    "desk-knowledge-missing": ("desk/knowledge/missing.html", MISSING),
    "desk-knowledge-missing-none": (
        "desk/knowledge/missing.html",
        MISSING | {"rows": [], "next": None, "dropped": None, "done": None, "problem": "同事已经处理了。"},
    ),
}
