"""答复质检: does an answer say anything? Phrases without facts, points left open, words about another matter.

An answer says the cause, what was done, what comes next and by when. A phrase (高度重视) is no fault beside facts; an answer that has only phrases
fails. A fact is a date, a number with its unit, a place, a law, a telephone number or a measure by its name, and one that the question already held
does not count: repeating what the citizen wrote tells them nothing. Spans are places in the answer, except `None` for what is missing from it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from minsheng.intelligence.tokens import tokens

Kind = Literal["phrase", "no_fact", "mostly_phrases", "too_short", "no_cause", "no_action", "no_when", "unanswered", "echo", "wrong_echo"]
Severity = Literal["note", "warning", "error"]

_PHRASES = (
    "高度重视 第一时间 积极协调 积极配合 积极推进 积极沟通 稳步推进 有序推进 扎实推进 已责成 责成相关 责成有关 加强监管 加强管理 加强巡查 加强监督 "
    "加强宣传 强化监管 强化管理 加大力度 加大监管 加大巡查 加大执法 加大整治 加大宣传 举一反三 持续关注 密切关注 高位推动 统筹推进 统筹协调 "
    "狠抓落实 抓好落实 压实责任 压紧压实 落实责任 全力以赴 尽最大努力 切实解决 切实维护 切实加强 进一步 督促整改 督促落实 督促相关 督促有关 "
    "协调相关 协调有关 会同相关 会同有关 相关部门 有关部门 有关单位 相关单位 尽快处理 尽快解决 尽快落实 妥善处理 妥善解决 依法依规 按照规定处理 "
    "正在处理中 正在研究 研究解决 认真研究 认真核实 认真调查 认真对待 长效机制 常态化 回头看 深入开展 专项整治行动 综合施策 多措并举 立行立改 "
    "为民服务 请您放心 敬请谅解 感谢您的理解 感谢您的支持 感谢您对我们工作 给您带来不便 一如既往"
)
_PHRASE = re.compile("|".join(sorted(map(re.escape, _PHRASES.split()), key=len, reverse=True)))
_COURTESY = re.compile("感谢您|谢谢您|祝您|您好|你好|此复|特此回复|敬请谅解|请您谅解|敬请理解")
_CASE = "(?:您|你|来电人|市民|网友|诉求人|群众)[^。；\n]{0,16}?(?:反映|咨询|投诉|提出|来信|留言|来电|诉求)"
_ACKNOWLEDGED = re.compile(f"{_CASE}[^，。；\\n已经将现我]*")
_ABOUT = re.compile(
    f"{_CASE}(?:的|了|关于|称)*+[“「]?(?!问题|情况|事项|诉求|内容|来信|信息|宝贵|意见|建议|已|我|转)(?P<what>[^，。；！\\n”」]{{2,40}}?)"
    "[”」]?(?:的|等|一事)*(?:问题|情况|事项|诉求|内容|收悉|已收悉|来信|[，。；\n]|$)"
)
_SENTENCE = re.compile("[^。！？!?；;\n]+")

_UNITS = (
    "厘米|毫米|平方|公里|千米|米|㎡|万元|亿元|元|盏|处|台|根|户|人|名|次|天|日|小时|分钟|个|吨|栋|幢|块|扇|座|条|%|％|件|株|棵|辆|家|分贝|"
    "楼|层|路公交|度|页|份|期|级|车|袋|组|间|位|所|工作日|月|年|周"
)
_UNITS_IN_WORDS = "盏|台|根|扇|块|座|棵|株|处|米|元|名|吨|辆|栋|次|小时|分钟|个工作日|天"  # 三位一体 and 千家万户 count nothing
_WHEN = (
    r"(?:\d{4}\s?年)?\d{1,2}\s?月(?:\d{1,2}\s?[日号]|底)?|\d{4}\s?年|\d{1,2}\s?[日号](?!楼|线|门|路)|\d{1,2}[:：时点]\d{0,2}|[周期][一二三四五六日天]|"
    r"今天|昨天|明天|前天|今日|昨日|明日|当天|当日|本月|下月|月底|年底|春节前|[一二两三四五六七八九十\d]+\s?个?(?:工作日|天|小时|周|星期|月)(?:之?内|后|前)"
)
_MEASURES = (
    "更换|安装|修复|修好|维修完|清运|清理完|清除|拆除|焊接|铺设|疏通|立案|处罚|罚款|查封|扣押|退款|退还|浇筑|打磨|补种|移栽|移除|移走|停工|通知书|"
    "张贴|封堵|加装|检测|测得|拖移|补发|发放|恢复供|抢修|修剪|喷洒|消杀|抽排|换水管|换了|装了|修了|补了|加固|划线|施划|增设|关停|取缔|回填|接通|"
    "签订合同|招标|开工|完工|竣工|验收|上门|入户|现场查看|到现场|到达现场|劝离|收缴|抓获|列入计划"
)
_PLACE = (
    "(?:(?![我该本此各]|街道|有关|相关|辖区|联合|全市|全区|周边|所属|所在)[\u4e00-\u9fff]){2,6}"
    "(?:大道|路口|路段|小区|花园|社区|小学|中学|医院|公园|广场|市场|泵站|变电站|派出所|服务中心|窗口)"
)
_FACT = re.compile(
    rf"(?P<when>{_WHEN})|(?P<number>\d+(?:\.\d+)?\s?(?:{_UNITS})|[一二两三四五六七八九十百]+(?:{_UNITS_IN_WORDS}))|"
    rf"(?P<law>《[^》]{{2,40}}》|第[\d一二三四五六七八九十百]+条)|(?P<contact>0\d{{2,3}}-?\d{{7,8}}|1[3-9]\d{{9}}|\d{{7,8}}(?!\d))|"
    rf"(?P<measure>{_MEASURES})|(?P<place>{_PLACE})"
)
_CAUSE = re.compile("因为?|由于|原因|导致|造成|引起|所致|系[^统列]|属于|经查|查明|经核实|核实到|了解到|发现|根据|按照|依据")
_ACTION = re.compile(
    f"{_MEASURES}|[已将会正][^，。；]{{0,12}}(?:修|换|清|拆|装|查|改|补|建|停|罚|退|通知|约谈|施工|整改|处理|办理|安排)|"
    "(?:可以|请|需|凭|携带|拨打|前往|登录)[^。；]{2,}"
)
_ASKING = re.compile("请问|咨询|怎么办理?|如何|什么时候|何时|多少|哪里|能不能|可不可以|是否|需要什么")
_NUMBERED = re.compile(
    r"(?:^|(?<=[\n。；;：:？?！!，,\s]))(?:\d{1,2}(?:[、)）]|[.．](?!\d))|[一二三四五六七八九十]{1,2}、|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）]|[①-⑩]|"
    r"第[一二三四五六七八九十][,，、是])"
)
_COMMON_WORDS = (
    "请问|咨询|什么|时候|怎么|如何|多少|哪里|是否|可以|能否|为什么|问题|情况|解决|处理|部门|有关|相关|政府|领导|希望|谢谢|您好|你好|我们|他们|"
    "现在|没有|已经|需要|进行|这个|那个|一个|还是|或者|能不能|不能|为何|何时|第一|第二|第三|回复|答复|反映|小区"
)
_COMMON = frozenset(_COMMON_WORDS.split("|"))
_SHORT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at in an answer: where it stands (None: it is missing), and what to do about it in words."""

    kind: Kind
    span: tuple[int, int] | None
    zh: str
    en: str
    severity: Severity


def check(answer: str, question: str) -> tuple[Finding, ...]:
    """Everything worth a second look, in the order of the answer; what is missing comes last. Empty: nothing to say against it."""
    phrases = tuple(_PHRASE.finditer(answer))
    facts = _facts(answer, question)
    return (
        *(_phrase(found, facts) for found in phrases),
        *_substance(answer, phrases, facts),
        *_missing(answer, question, facts),
        *_echoes(answer, question),
        *_open_points(answer, question),
    )


def fails(findings: tuple[Finding, ...]) -> bool:
    """True when the answer must go back by rule: it is short or made of phrases, and holds no fact of its own (or one among three in four empty sentences)."""
    return any(finding.severity == "error" for finding in findings)


def _facts(answer: str, question: str) -> tuple[re.Match[str], ...]:
    """Facts that the answer brings: not those of the question, and not those of the sentence that only repeats what the case is about."""
    about = [found.span() for found in _ACKNOWLEDGED.finditer(answer)]
    return tuple(
        fact
        for fact in _FACT.finditer(answer)
        if not any(start <= fact.start() < end for start, end in about)
        and (fact.lastgroup == "measure" or fact[0] not in question)
        and not _only_promised(answer, fact)
    )


def _only_promised(answer: str, fact: re.Match[str]) -> bool:
    """加大更换力度, 研究安装: a measure that is only spoken of."""
    around = answer[max(0, fact.start() - 6) : fact.end() + 6]
    return fact.lastgroup == "measure" and bool(re.search("力度|研究|考虑|建议|加强|督促|适时|条件成熟|尽快|及时", around)) and not re.search("已", around)


def _phrase(found: re.Match[str], facts: tuple[re.Match[str], ...]) -> Finding:
    bare = not facts
    return Finding(
        kind="phrase",
        span=found.span(),
        zh=f"「{found[0]}」是套话，请换成具体做了什么、谁做的、什么时候。",
        en=f"“{found[0]}” is a set phrase: say what was done, by whom and when.",
        severity="warning" if bare else "note",
    )


def _substance(answer: str, phrases: tuple[re.Match[str], ...], facts: tuple[re.Match[str], ...]) -> tuple[Finding, ...]:
    said = len(re.sub(r"\s", "", answer))
    if said < _SHORT and not facts:
        return (
            Finding(
                kind="too_short",
                span=(0, len(answer)),
                zh=f"只有 {said} 个字，也没有具体内容。请写明原因、做了什么、什么时候办好。",
                en=f"Only {said} characters and nothing definite: say the cause, what was done and by when.",
                severity="error",
            ),
        )
    if not phrases:
        return ()
    sentences = [found for found in _SENTENCE.finditer(answer) if found[0].strip() and not _COURTESY.search(found[0]) and not _ACKNOWLEDGED.search(found[0])]
    empty = [sentence for sentence in sentences if _holds(sentence, phrases) and not _holds(sentence, facts)]
    if not facts:
        return (
            Finding(
                kind="no_fact",
                span=None,
                zh="整段没有一件具体的事：没有日期、数量、地点，也没有说采取了什么措施。",
                en="Not one definite thing: no date, no number, no place and no measure by its name.",
                severity="error" if 3 * len(empty) >= len(sentences) else "warning",  # a long explanation may do without, and one phrase in it is no crime
            ),
        )
    if len(facts) > 1 or len(empty) < 3 or len(empty) < 0.75 * len(sentences):
        return ()
    return (
        Finding(
            kind="mostly_phrases",
            span=None,
            zh=f"{len(sentences)} 句里有 {len(empty)} 句是套话，只有一处具体内容。请说清楚原因、做了什么、什么时候办好。",
            en=f"{len(empty)} of {len(sentences)} sentences are set phrases and there is one definite thing: say the cause, what was done and by when.",
            severity="error",
        ),
    )


def _holds(sentence: re.Match[str], places: tuple[re.Match[str], ...]) -> bool:
    return any(sentence.start() <= place.start() < sentence.end() for place in places)


def _missing(answer: str, question: str, facts: tuple[re.Match[str], ...]) -> tuple[Finding, ...]:
    """What a citizen wants to know and is not told. A mere enquiry (咨询) needs neither cause nor date."""
    found: list[Finding] = []
    if not _ASKING.search(question):
        if not _CAUSE.search(answer):
            found.append(_lack("no_cause", "没有说原因：为什么会这样，查到了什么？", "The cause is missing: why did it happen, what was found?"))
        if not any(fact.lastgroup == "when" for fact in facts):
            found.append(_lack("no_when", "没有说时间：什么时候办的，或者什么时候办好？", "The time is missing: when was it done, or when will it be?"))
    if not _ACTION.search(answer):
        found.append(_lack("no_action", "没有说做了什么、接下来做什么。", "What was done and what comes next is missing."))
    return tuple(found)


def _lack(kind: Kind, zh: str, en: str) -> Finding:
    return Finding(kind=kind, span=None, zh=zh, en=en, severity="warning")


def _echoes(answer: str, question: str) -> tuple[Finding, ...]:
    found: list[Finding] = []
    asked = frozenset(_topic(question))
    for about in _ABOUT.finditer(answer):
        words = _topic(about["what"])
        if len(words) > 1 and asked and not asked & words:
            found.append(
                Finding(
                    kind="wrong_echo",
                    span=about.span("what"),
                    zh=f"「{about['what']}」和诉求说的不是一件事，请核对是不是答错了件。",
                    en=f"“{about['what']}” is not what the request is about: please check that this answers the right case.",
                    severity="warning",
                )
            )
    pieces = [answer[start : start + 6] for start in range(len(answer) - 5)]
    if len(pieces) >= 20 and sum(piece in question for piece in pieces) > 0.5 * len(pieces):
        found.append(
            Finding(
                kind="echo",
                span=None,
                zh="一半以上是照抄诉求的原话，请写新的内容。",
                en="More than half of it repeats the request: please say something new.",
                severity="warning",
            )
        )
    return tuple(found)


def _open_points(answer: str, question: str) -> tuple[Finding, ...]:
    """Points of the question (numbered, or each with its question mark) that the answer never touches. One point alone is the whole: not judged."""
    points = _points(question)
    if len(points) < 2 or len(_numbered(answer)) >= len(points):
        return ()
    said = frozenset(tokens(answer))
    return tuple(
        Finding(
            kind="unanswered",
            span=None,
            zh=f"这一点没有答到：「{point}」",
            en=f"This point is not answered: “{point}”",
            severity="warning",
        )
        for point in points
        if (words := _topic(point)) and not words & said
    )


def _points(question: str) -> list[str]:
    numbered = _numbered(question)
    if len(numbered) > 1:
        return numbered
    return [point.strip()[-60:] for point in re.findall(r"([^。！？!?；;\n]{4,})[？?]", question)]


def _numbered(text: str) -> list[str]:
    starts = list(_NUMBERED.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)] * bool(starts)
    return [text[start.end() : end].strip()[:60] for start, end in zip(starts, ends, strict=True)]


def _topic(text: str) -> frozenset[str]:
    return frozenset(word for word in tokens(text) if len(word) > 1 and word not in _COMMON)
