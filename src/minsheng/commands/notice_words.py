"""通知的话: one table of words for each event, and one of the templates by which providers send them. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a receiver reads; {code}, {title}, {unit} and {level} are filled in.

    citizen: to the persons whom it concerns, by `template` where it leaves the site. follower: to accounts that follow the public case.
    opener: to the member of staff who opened the measure that the event is about; {kind} is what it is.
    quiet: people find it on the site, their phone stays silent.
    """

    citizen: str = ""
    unit: str = ""
    opener: str = ""
    follower: str = ""
    template: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """通知模板: what a city registers with its providers. what: the news in one short phrase. values: what stands in its places, in order."""

    what: str
    values: tuple[str, ...]
    sample: str


#: By our names. A sign-in code goes by `code` with (code, minutes); it is not news of a case and has no row here.
TEMPLATES = {
    "received": Template("已经收到", ("code",), "您反映的事已经收到，编号{1}。凭编号和查询码可以随时看进展。"),
    "declined": Template("不在受理范围", ("code",), "编号{1}：这件事不在受理范围，理由和怎么申诉都写在里面，请打开看。"),
    "assigned": Template("已经交给单位办理", ("code", "unit"), "编号{1}：由{2}办理。"),
    "reply": Template("有了阶段答复", ("code", "unit"), "编号{1}：{2}有了阶段答复，请打开看。"),
    "answer": Template("已经答复，请您评价", ("code", "unit", "word"), "编号{1}：{2}已经答复，点开告诉我们办得怎么样：https://12345.example.cn/r/{3}"),
    "parked": Template("列入计划，到时候再办", ("code", "unit"), "编号{1}：一时办不了，{2}写了方案和复查的日子，请打开看。"),
    "progress": Template("有新进展", ("code",), "编号{1}：有新进展，请打开看。"),
    "closed": Template("已经办结", ("code",), "编号{1}：已经办结。还不满意可以要求重办。"),
    "reopened": Template("已经重新办理", ("code",), "编号{1}：已经重新办理。"),
}

#: The events by which people hear of an answer. The message carries a link by which each of them judges without signing in.
ANSWERS = frozenset({"pass_check", "answer_at_once"})

WORDS = {
    "receive": Words(citizen="您反映的事已经收到，编号 {code}。凭编号和查询码可以随时看进展。", template="received"),
    "register": Words(),
    "decline": Words(citizen="编号 {code}：这件事不在受理范围，理由和怎么申诉都写在里面，请打开看。", template="declined"),
    "dispatch": Words(
        citizen="编号 {code}：已经交给{unit}办理。",
        unit="新工单 {code}：{title}",
        follower="您关注的 {code}：已经交给{unit}办理。",
        template="assigned",
    ),
    "rule": Words(citizen="编号 {code}：经裁定，由{unit}办理。", unit="裁定由您单位办理 {code}：{title}", template="assigned"),
    "reassign": Words(citizen="编号 {code}：改由{unit}办理。", unit="改派给您单位 {code}：{title}", template="assigned"),
    "forward": Words(citizen="编号 {code}：转给{unit}办理。", unit="转给您单位 {code}：{title}", template="assigned"),
    "escalate": Words(citizen="编号 {code}：已经交到上一级{unit}办理。", unit="下级上交 {code}：{title}", template="assigned"),
    "co_handle": Words(unit="请您单位协办 {code}：{title}"),
    "reply": Words(citizen="编号 {code}：{unit}有了阶段答复，请打开看。", follower="您关注的 {code}：{unit}有了阶段答复。", template="reply"),
    "answer": Words(),
    "pass_check": Words(
        citizen="编号 {code}：{unit}已经答复，请打开看，并告诉我们办得怎么样。", follower="您关注的 {code}：{unit}已经答复。", template="answer"
    ),
    "answer_at_once": Words(citizen="编号 {code}：已经答复，请打开看，并告诉我们办得怎么样。", follower="您关注的 {code}：已经答复。", template="answer"),
    "return_answer": Words(unit="答复没有通过质检，请重写 {code}：{title}"),
    "park": Words(
        citizen="编号 {code}：一时办不了，{unit}写了方案和复查的日子，请打开看。", follower="您关注的 {code}：列入计划，到时候再办。", template="parked"
    ),
    "unpark": Words(citizen="编号 {code}：{unit}重新开始办理。", template="progress"),
    "close": Words(citizen="编号 {code}：已经办结。还不满意可以要求重办。", follower="您关注的 {code}：已经办结。", template="closed"),
    "reopen": Words(citizen="编号 {code}：已经重新办理。", unit="重新办理 {code}：{title}", follower="您关注的 {code}：已经重新办理。", template="reopened"),
    "refer": Words(citizen="编号 {code}：这件事要由别的部门处理，已经转过去，请打开看。", template="progress"),
    "merge": Words(citizen="编号 {code}：和别人反映的是同一件事，合在一起办，每次答复都会告诉您。", template="progress"),
    "unmerge": Words(citizen="编号 {code}：又单独办理了。", template="progress"),
    "urge": Words(unit="诉求人催办 {code}：{title}"),
    "supplement": Words(unit="诉求人补充了内容 {code}：{title}"),
    "gathered": Words(citizen="编号 {code}：已经列入专项，集中来办，进展会告诉您。", template="progress"),
    "spot": Words(citizen="编号 {code}：所在的专项又完成了一处，请打开看。", quiet=True),
    "measure_opened": Words(unit="{level} {code}：{title}"),
    "measure_returned": Words(unit="答复被退回，请重答 {code}：{title}"),
    "measure_answered": Words(opener="您的{kind}有了答复 {code}"),
    "deadline_step": Words(unit="时限提醒 {code}：{title}"),
    "approval_asked": Words(unit="等您审批 {code}：{title}"),
    "approval_granted": Words(unit="申请已同意 {code}：{title}"),
    "approval_refused": Words(unit="申请没有同意 {code}：{title}"),
}
