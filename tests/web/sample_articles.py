"""Invented pages of what the city tells by itself, and of what stands beside the form while somebody writes."""

from types import SimpleNamespace as Row
from typing import Any

from markupsafe import Markup
from web.invented import CODE, FORM, NOW, TEXT, at

BODY = Markup(
    "<h2>先做这三步</h2><p>放气。</p><ol><li>看阀门</li></ol><div class='ms-table' tabindex='0'><table><thead><tr><th scope='col'>什么事</th></tr></thead></table></div>"
)
ARTICLE = Row(
    slug="heating-cold",
    title="暖气不热，先做这三步",
    summary="放气、看阀门、问邻居。",
    body=BODY,
    label=None,
    updated_at=at(12),
    published_at=at(12),
    until=None,
    over=False,
    place=None,
    other_language=False,
    helped=128,
    files=[Row(name="停水安排.pdf", what="PDF", size="1.3 MB", url="/help/heating-cold/files/0a")],
)
NOTICE = Row(**(vars(ARTICLE) | {"label": Row(word="停水", tone="soon"), "until": at(20), "place": "柳荫街道", "title": "柳荫街道今晚停水"}))


def row(title: str, **changed: Any) -> Row:
    return Row(
        **({"url": "/help/x", "title": title, "summary": "一句话说明。", "label": None, "at": at(18, 9), "until": None, "other_language": False} | changed)
    )


SUGGESTED = Row(
    danger=["煤气泄漏"],
    near=True,
    asked=True,
    similar=[Row(code=CODE, title="12 栋暖气不热，白天 16 度", tag="handling", place="槐安里社区", near="同一个社区", at=at(18, 9), supporters=36, open=True)],
    answer=Row(slug="heating-cold", title="暖气不热，先做这三步", summary="放气、看阀门、问邻居。", url="/help/heating-cold"),
    no_help=("old-one",),
    guess=Row(name="供热 › 暖气不热", share=82, because=["暖气不热"], chosen=False),
    guesses=[Row(code="020701", name="供热 › 暖气不热", chosen=False), Row(code="020702", name="供热 › 停暖与管道故障", chosen=True)],
)
PREVIEW = Row(
    public=True,
    secret=False,
    because="",
    title="3 单元暖气不热",
    body="打［手机号已隐去］找我。",
    own_title="3 单元暖气不热",
    own=TEXT,
    own_place="槐安里 12 栋",
    place="柳荫区 槐安里社区",
    tag="received",
    hidden=["手机号 1 处"],
    waits=False,
)
BESIDE: dict[str, Any] = {"suggested": SUGGESTED, "preview": PREVIEW, "suggest_problem": "最多 4,000 字，您写了 12,000 字。请删短一些再提交。"}
HELP: dict[str, Any] = {
    "q": "暖气",
    "category": "02",
    "categories": [("01", "城市管理"), ("02", "市政设施")],
    "answers": [row("暖气不热，先做这三步")],
    "guides": [row("扫楼道里的码反映", other_language=True)],
    "found": "找到 1 篇",
}
EDITED = Row(
    number=12,
    title="暖气不热，先做这三步",
    slug="heating-cold",
    kind="办事知识",
    status="published",
    stage="已发布",
    look="reply",
    language="中文",
    english=False,
    version=3,
    waits=False,
    public_version=3,
    stands=Row(key="now", word="有效"),
    asked_at=None,
    mine=False,
    remark="",
    owner="城北热力",
    at=NOW,
    address="/help/heating-cold",
    may_edit=True,
    may_publish=True,
    may_judge=False,
    may_withdraw=True,
    twin=None,
    write_twin="/desk/articles/new?slug=heating-cold-en",
    helped=128,
    not_helped=9,
)
VALUES = {"kind": "knowledge", "language": "zh", "slug": "heating-cold", "title": "暖气不热，先做这三步", "body": "# 三步\n放气。"}
FILE = Row(number=4, name="减免申请表.docx", what="Word", size="24 KB", waits=True, url="/help/heating-cold/files/0a")
FILES = Row(rows=[FILE], accept=".pdf,.docx", removed=7, problem="附件最大 10 MB，这个有 12.0 MB。请压缩后再传。", may=True)
LOOKS = Row(title="暖气不热，先做这三步", summary="放气、看阀门、问邻居。", label=Row(word="供热", tone="sent"), body=BODY)
EDIT: dict[str, Any] = {
    "form": Row(values=VALUES, errors={}),
    "article": EDITED,
    "centre": True,
    "files": FILES,
    "kinds": [("notice", "通知"), ("knowledge", "办事知识")],
    "languages": [("zh", "中文"), ("en", "英文")],
    "placeholders": ["{city}", "{hotline}"],
    "limit": 20_000,
    "preview": LOOKS,
    "history": [
        Row(version=3, at=NOW, by="云川编辑", same=True, url="?version=3#changes", current=True, newest=True, stands=True),
        Row(version=2, at=at(12), by="云川编辑", same=False, url="?version=2#changes", current=False, newest=False, stands=False),
    ],
    "changes": Row(
        version=2,
        before=1,
        newest=False,
        lines=[Row(mark="=", words="# 三步"), Row(mark="-", words="放水。"), Row(mark="+", words="放气。"), Row(mark="…", words="8 行没有变")],
    ),
    "lists": {"category": ["0207 供热"], "place": ["liuyin 柳荫区"], "owner": ["city.heat 城北热力"]},
    "conflict": None,
    "problem": None,
    "done": None,
}
LISTED = Row(
    number=12,
    title="暖气不热",
    slug="heating-cold",
    kind="办事知识",
    status="已发布",
    look="reply",
    language=None,
    label="",
    owner="城北热力",
    asked=True,
    remark="写上找谁问",
    at=NOW,
    over=False,
    helped=3,
    not_helped=1,
)
LIST: dict[str, Any] = {
    "centre": True,
    "words": "",
    "kind": "knowledge",
    "status": "",
    "kinds": [Row(label="全部", url="/desk/articles", current=False), Row(label="办事知识", url="/desk/articles?kind=knowledge", current=True)],
    "stages": [Row(label="草稿", url="/desk/articles?status=draft", current=False)],
    "rows": [LISTED, Row(**(vars(LISTED) | {"number": 13, "language": "英文", "over": True, "label": "供热", "helped": 0, "not_helped": 0}))],
    "next": "/desk/articles?cursor=x",
    "done": None,
}
ARTICLE_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "page": ("citizen/content/page.html", {"article": Row(**(vars(ARTICLE) | {"other_language": True})), "judged": False, "done": None}),
    "notice": ("citizen/content/notice.html", {"article": NOTICE, "judged": False, "done": None}),
    "notice-over": ("citizen/content/notice.html", {"article": Row(**(vars(NOTICE) | {"over": True})), "judged": False, "done": None}),
    "article": ("citizen/content/article.html", {"article": ARTICLE, "judged": False, "done": None}),
    "article-judged": ("citizen/content/article.html", {"article": ARTICLE, "judged": True, "done": Row(words="谢谢，记下了。", draft="")}),
    "notices": ("citizen/content/notices.html", {"rows": [row("今晚停水", label=Row(word="停水", tone="soon"), until=at(20))], "next": "/notices?cursor=x"}),
    "notices-none": ("citizen/content/notices.html", {"rows": [], "next": None}),
    "help": ("citizen/content/help.html", HELP),
    "help-none": ("citizen/content/help.html", HELP | {"answers": [], "guides": [], "found": "没有找到「恐龙」", "q": "恐龙"}),
    "solved": ("citizen/content/solved.html", {"article": Row(title="暖气不热，先做这三步", url="/help/heating-cold")}),
    "desk-articles": ("desk/articles/list.html", LIST),
    "desk-articles-none": ("desk/articles/list.html", LIST | {"rows": [], "next": None, "done": Row(words="撤下了。", draft="")}),
    "desk-article": ("desk/articles/edit.html", EDIT),
    "desk-article-new": (
        "desk/articles/edit.html",
        EDIT | {"article": None, "history": [], "changes": None, "form": Row(values={"kind": "notice"}, errors={"title": "这一项还没有填，请写上内容。"})},
    ),
    "article-over": ("citizen/content/over.html", {"article": Row(title="暖气不热", until=at(12), search="/help?q=x")}),
    "desk-article-review": (
        "desk/articles/edit.html",
        EDIT
        | {
            "centre": False,
            "article": Row(
                **(
                    vars(EDITED)
                    | {"may_edit": False, "may_judge": True, "may_publish": True, "waits": True, "asked_at": at(18), "status": "published", "version": 4}
                )
            ),
        },
    ),
    "desk-article-mine": (
        "desk/articles/edit.html",
        EDIT
        | {"centre": False, "article": Row(**(vars(EDITED) | {"status": "review", "asked_at": at(18), "mine": True, "may_publish": False, "stands": None}))},
    ),
    "desk-article-stale": (
        "desk/articles/edit.html",
        EDIT | {"conflict": "同事刚刚改过这篇文章。", "changes": None, "form": FORM.__class__(values=VALUES, errors={})},
    ),
}
