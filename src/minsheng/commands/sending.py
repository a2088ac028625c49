"""发送: what waits goes out, each message by its own way. A way that is down holds nothing else back, and nothing goes out twice."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection

from minsheng import clock
from minsheng.commands import links
from minsheng.commands.notice_words import ANSWERS, TEMPLATES, WORDS
from minsheng.commands.reaching import Addresses
from minsheng.domain.errors import MinshengError
from minsheng.domain.facts import Event
from minsheng.domain.states import Kind, Visibility
from minsheng.models.case import Case
from minsheng.models.read import Notice
from minsheng.ports import Mail, MailSender, Refused, Sms, SmsSender, Undelivered, WechatMessage, WechatSender
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.journal import journal
from minsheng.sealing import SealBroken

#: What did not arrive within a day is no news any more.
LATE = timedelta(days=1)
#: So many failures in a row, and a way is taken to be down for this run.
DOWN = 3
#: So many messages are noted as sent together: what a power cut may repeat.
TOGETHER = 50
_LOCK = 0x6D73  # "ms", the first half of the lock's number; the case is the second

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready for any way. link: the address by which the person judges, or ""; word: its last part."""

    key: str
    code: str
    unit: str
    text: str
    template: str
    what: str
    at: str
    word: str
    page: str

    @property
    def link(self) -> str:
        """Where judging begins, without signing in."""
        return f"{settings.MINSHENG_SITE}/r/{self.word}" if self.word else ""


def unit_of(case: Case, event: Event) -> str:
    """The unit that an event names, else the one that has the case, else the centre. Of a 举报 nobody outside learns even that."""
    if secret(case):
        return "承办单位"
    units, unit = directories.current().units, str(event.data.get("lead") or case.unit or "")
    return units[unit].name if unit in units else rulebook.today().profile.centre_name


def secret(case: Case) -> bool:
    """举报: whoever sees the message on somebody's phone must not learn what it is about."""
    return case.visibility == Visibility.SECRET or case.kind == Kind.REPORT


def send(case: Case, *, sms: SmsSender | None, mail: MailSender | None, wechat: WechatSender | None) -> None:
    """Send what waits for this case; the first failure that may pass is raised at the end, so that the job comes again."""
    with _alone(case.pk):
        waiting = list(Notice.objects.filter(case=case, sent_at=None, problem="").exclude(channel="site").order_by("id"))
        if waiting:
            _send_all(case, waiting, {"sms": _by_sms(sms), "mail": _by_mail(mail), "wechat": _by_wechat(wechat)})


@contextmanager
def _alone(case: int) -> Iterator[None]:
    """One run for a case at a time, in whatever process: what another one is sending must not be sent beside it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK, case % 2**31])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, case % 2**31])


Deliver = Callable[[Letter, str], None]


def _send_all(case: Case, waiting: Sequence[Notice], deliver: Mapping[str, Deliver | None]) -> None:
    addresses, letters = Addresses(case, waiting), _Letters(case, waiting)
    noted, failed, first = _Noted(), dict.fromkeys(deliver, 0), None
    try:
        for notice in waiting:
            way = deliver[notice.channel]
            if failed[notice.channel] >= DOWN:
                continue
            if way is None or clock.now() - notice.at > LATE:
                noted.problem(notice, "not offered any more" if way is None else "not delivered within a day")
                continue
            try:
                address = addresses.of(notice)
                if address is None:
                    noted.problem(notice, {"sms": "no number", "mail": "no mail address", "wechat": "no openid"}[notice.channel])
                    continue
                way(letters.of(notice, code=addresses.code(notice)), address)
            except Refused as refused:
                noted.problem(notice, refused.en)
            except (Undelivered, SealBroken) as problem:
                log.warning("undelivered", notice=notice.key, way=notice.channel, why=problem.en)
                failed[notice.channel] += 1
                first = first or problem
                continue
            else:
                noted.sent(notice)
            failed[notice.channel] = 0
    finally:
        noted.write()
    _raise(first)


def _raise(problem: MinshengError | None) -> None:
    """Anew, outside of what it came from: a library's own error may quote an address, and the worker writes it into the log."""
    if problem is not None:
        raise Undelivered(problem.zh, problem.en)


class _Noted:
    """What became of the messages, written for many at a time."""

    def __init__(self) -> None:
        self._sent: list[int] = []
        self._problems: dict[str, list[int]] = defaultdict(list)

    def sent(self, notice: Notice) -> None:
        """It is handed over."""
        self._sent.append(notice.pk)
        if len(self._sent) >= TOGETHER:
            self.write()

    def problem(self, notice: Notice, why: str) -> None:
        """It will not go out."""
        self._problems[why[:200]].append(notice.pk)

    def write(self) -> None:
        """Into the table."""
        if self._sent:
            Notice.objects.filter(pk__in=self._sent).update(sent_at=clock.now())
        for why, notices in self._problems.items():
            Notice.objects.filter(pk__in=notices).update(problem=why)
        self._sent, self._problems = [], defaultdict(list)


class _Letters:
    """Makes letters of notices: the events they tell of are read once, and the links of an answer issued together."""

    def __init__(self, case: Case, waiting: Sequence[Notice]) -> None:
        self._case, self._secret = case, secret(case)
        self._events = {event.seq: event for event in journal(case.pk, first=min(map(_seq, waiting)))}
        self._words: dict[tuple[int, str], str] = {}
        reopened = max((event.seq for event in self._events.values() if event.action == "reopen"), default=0)
        asked: dict[int, set[int]] = defaultdict(set)
        for notice in waiting:
            # An answer that has been reopened since is nobody's to judge; whoever judges without signing in must hold more than a phone in a 举报.
            if notice.template in ANSWERS and notice.to.startswith("party:") and _seq(notice) > reopened and settings.MINSHENG_SITE and not self._secret:
                asked[_seq(notice)].add(int(notice.to.partition(":")[2]))
        for seq, parties in asked.items():
            words = links.issue_many(case, sorted(parties), event=seq)
            self._words |= {(seq, f"party:{party}"): word for party, word in words.items()}

    def of(self, notice: Notice, *, code: str) -> Letter:
        """The letter of one notice."""
        event, named = self._events[_seq(notice)], WORDS[notice.template].template
        word = self._words.get((event.seq, notice.to), "")
        bare = (named == "answer" and not word) or (self._secret and TEMPLATES[named].values != ("code",))
        return Letter(
            key=notice.key, code=code, unit=unit_of(self._case, event), text=notice.text, word=word,
            template="progress" if bare else named, what=TEMPLATES["progress"].what if self._secret and bare else TEMPLATES[named].what,
            at=f"{clock.local(event.at):%Y-%m-%d %H:%M}", page=f"{settings.MINSHENG_SITE}/cases/{code}" if settings.MINSHENG_SITE else "",
        )  # fmt: skip


def _seq(notice: Notice) -> int:
    """The event that a notice tells of: its key is case:seq:receiver."""
    return int(notice.key.split(":")[1])


def _by_sms(sender: SmsSender | None) -> Deliver | None:
    if sender is None:
        return None

    def deliver(letter: Letter, phone: str) -> None:
        given = {"code": letter.code, "unit": letter.unit, "word": letter.word}
        values = tuple(given[name] for name in TEMPLATES[letter.template].values)
        text = f"{letter.text}点开：{letter.link}" if letter.link else letter.text
        sender.send(Sms(key=letter.key, phone=phone, text=text, template=letter.template, values=values))

    return deliver


def _by_mail(sender: MailSender | None) -> Deliver | None:
    if sender is None:
        return None
    profile = rulebook.today().profile

    def deliver(letter: Letter, address: str) -> None:
        lines = [letter.text, ""]
        lines += [f"点开告诉我们办得怎么样：{letter.link}"] if letter.link else []
        lines += [f"看办理经过：{letter.page}"] if letter.page else []
        lines += ["", f"说不清、不方便填，可以打 {profile.hotline}。", "您选了用邮件告诉您进展。不想再收，请在「我的资料」里改。这封信不用回。"]
        sender.send(Mail(key=letter.key, to=address, subject=f"编号 {letter.code}：{letter.what}", text="\n".join(lines) + "\n"))

    return deliver


def _by_wechat(sender: WechatSender | None) -> Deliver | None:
    if sender is None:
        return None

    def deliver(letter: Letter, openid: str) -> None:
        values = {"code": letter.code, "what": letter.what, "unit": letter.unit, "time": letter.at}
        sender.send(WechatMessage(key=letter.key, openid=openid, template=letter.template, url=letter.link or letter.page, values=values))

    return deliver
