"""通知: who is told what. One table of words; a notice is written once per event and receiver."""

from dataclasses import dataclass

from django.db import transaction

from minsheng import clock
from minsheng.commands.people import opened
from minsheng.domain.facts import Event
from minsheng.domain.states import PartyRole
from minsheng.models.case import Case, Party
from minsheng.models.read import Notice
from minsheng.ports import Sms, SmsSender
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.journal import journal


@dataclass(frozen=True, slots=True)
class Words:
    """What a receiver reads; {code}, {title}, {unit} and {level} are filled in. quiet: people find it on the site, their phone stays silent."""

    citizen: str = ""
    unit: str = ""
    quiet: bool = False


WORDS = {
    "receive": Words(citizen="您反映的事已经收到，编号 {code}。凭编号和查询码可以随时看进展。"),
    "register": Words(),
    "decline": Words(citizen="编号 {code}：这件事不在受理范围，理由和怎么申诉都写在里面，请打开看。"),
    "dispatch": Words(citizen="编号 {code}：已经交给{unit}办理。", unit="新工单 {code}：{title}"),
    "rule": Words(citizen="编号 {code}：经裁定，由{unit}办理。", unit="裁定由您单位办理 {code}：{title}"),
    "reassign": Words(citizen="编号 {code}：改由{unit}办理。", unit="改派给您单位 {code}：{title}"),
    "forward": Words(citizen="编号 {code}：转给{unit}办理。", unit="转给您单位 {code}：{title}"),
    "escalate": Words(citizen="编号 {code}：已经交到上一级{unit}办理。", unit="下级上交 {code}：{title}"),
    "co_handle": Words(unit="请您单位协办 {code}：{title}"),
    "reply": Words(citizen="编号 {code}：{unit}有了阶段答复，请打开看。"),
    "answer": Words(),
    "pass_check": Words(citizen="编号 {code}：{unit}已经答复，请打开看，并告诉我们办得怎么样。"),
    "answer_at_once": Words(citizen="编号 {code}：已经答复，请打开看，并告诉我们办得怎么样。"),
    "return_answer": Words(unit="答复没有通过质检，请重写 {code}：{title}"),
    "park": Words(citizen="编号 {code}：一时办不了，{unit}写了方案和复查的日子，请打开看。"),
    "unpark": Words(citizen="编号 {code}：{unit}重新开始办理。"),
    "close": Words(citizen="编号 {code}：已经办结。还不满意可以要求重办。"),
    "reopen": Words(citizen="编号 {code}：已经重新办理。", unit="重新办理 {code}：{title}"),
    "refer": Words(citizen="编号 {code}：这件事要由别的部门处理，已经转过去，请打开看。"),
    "merge": Words(citizen="编号 {code}：和别人反映的是同一件事，合在一起办，每次答复都会告诉您。"),
    "unmerge": Words(citizen="编号 {code}：又单独办理了。"),
    "urge": Words(unit="诉求人催办 {code}：{title}"),
    "supplement": Words(unit="诉求人补充了内容 {code}：{title}"),
    "gathered": Words(citizen="编号 {code}：已经列入专项，集中来办，进展会告诉您。"),
    "spot": Words(citizen="编号 {code}：所在的专项又完成了一处，请打开看。", quiet=True),
    "measure_opened": Words(unit="{level} {code}：{title}"),
    "deadline_step": Words(unit="时限提醒 {code}：{title}"),
    "approval_asked": Words(unit="等您审批 {code}：{title}"),
    "approval_granted": Words(unit="申请已同意 {code}：{title}"),
    "approval_refused": Words(unit="申请没有同意 {code}：{title}"),
}


def notify(case: int, *, first: int, last: int, sms: SmsSender) -> int:
    """Write the notices of these events and send what goes out by SMS; returns how many are new."""
    row = Case.objects.get(pk=case)
    made = 0
    with transaction.atomic():
        for event in journal(case, first=first, last=last):
            words = WORDS.get(event.action)
            if words is None:
                continue
            made += _for_citizens(row, event, words) + _for_units(row, event, words)
    for notice in Notice.objects.filter(case=case, channel="sms", sent_at=None, problem="").order_by("id"):
        _send(notice, sms)
    return made


def _fill(case: Case, event: Event, words: str) -> str:
    units, unit = directories.current().units, str(event.data.get("lead") or case.unit or "")
    name = units[unit].name if unit in units else rulebook.today().profile.centre_name
    return words.format(code=case.code, title=case.title[:40], unit=name, level=event.data.get("level") or "")


def _for_citizens(case: Case, event: Event, words: Words) -> int:
    if not words.citizen:
        return 0
    text, made = _fill(case, event, words.citizen), 0
    # Every reporter of a merged case is told, and everybody who joined; never the person whom it is about (被反映人).
    told = Party.objects.filter(case__in=[case.pk, *Case.objects.filter(merged_into=case.pk).values_list("pk", flat=True)], left_at=None, erased_at=None)
    for party in told.exclude(role=PartyRole.ACCUSED).order_by("id"):
        channel = "sms" if party.phone and not words.quiet else "site"
        made += _write(case, f"{case.pk}:{event.seq}:party:{party.pk}", f"party:{party.pk}", channel, event.action, text)
    return made


def _for_units(case: Case, event: Event, words: Words) -> int:
    if not words.unit:
        return 0
    text = _fill(case, event, words.unit)
    return sum(_write(case, f"{case.pk}:{event.seq}:unit:{unit}", f"unit:{unit}", "site", event.action, text) for unit in _receivers(case, event))


def _receivers(case: Case, event: Event) -> list[str]:
    """The units an event is for: named in it, else the one that has the case. Accused units and those below them are told nothing."""
    data, tree = event.data, directories.current()
    first = [] if event.action == "co_handle" else [data.get("unit") or data.get("approver") or data.get("for") or data.get("lead") or case.unit]
    known = [unit for unit in dict.fromkeys([*first, *(data.get("co") or [])]) if unit in tree.units]
    return [unit for unit in known if not any(tree.under(unit, root=accused) for accused in case.facts["accused"])]


def _write(case: Case, key: str, to: str, channel: str, template: str, text: str) -> int:
    _, made = Notice.objects.get_or_create(
        key=key, defaults={"case": case, "to": to, "channel": channel, "template": template, "text": text, "at": clock.now()}
    )
    return int(made)


def _send(notice: Notice, sms: SmsSender) -> None:
    """Send one message. The number is opened by the system for its owner's own notice: no opening by a person."""
    party = Party.objects.filter(pk=int(notice.to.split(":")[1])).first()
    if party is None or party.phone is None:
        Notice.objects.filter(pk=notice.pk).update(problem="no number")
        return
    sms.send(Sms(key=notice.key, phone=opened(party).phone, text=notice.text))
    Notice.objects.filter(pk=notice.pk).update(sent_at=clock.now())
