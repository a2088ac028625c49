"""怎么找到人: who is to be told of a case and by which ways, and the addresses, opened only when a message goes out.

However many people a case concerns, they are read in a fixed number of questions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from minsheng.commands.people import opened
from minsheng.domain.states import PartyRole
from minsheng.models.case import Case, Party
from minsheng.models.participation import Follow
from minsheng.models.people import Account
from minsheng.models.read import HallRow, Notice
from minsheng.ports import WAYS
from minsheng.queries.accounts import context
from minsheng.sealing import keyring


@dataclass(frozen=True, slots=True)
class Receiver:
    """One person to be told. code: the number this person knows the case by (whoever reported one that was merged into it: the own one).

    first: how the one notice goes that everybody has: on the site, or by SMS to somebody without an account. beside: ways beside that one.
    """

    to: str
    code: str
    first: str = "site"
    beside: tuple[str, ...] = ()
    account: int | None = None


def concerned(case: Case, *, offered: Sequence[str]) -> list[Receiver]:
    """Everybody whom the case concerns: its people and those who joined, and the people of the cases merged into it. Never the accused (被反映人).

    A person who stands in it twice (by account or by number) is told on the site for each part, and by phone once.
    """
    rows = Party.objects.filter(Q(case=case) | Q(case__merged_into=case.pk), left_at=None, erased_at=None).exclude(role=PartyRole.ACCUSED)
    parties = sorted(rows.annotate(code=F("case__code")).defer("name", "address", "identity"), key=lambda row: (row.case_id != case.pk, row.pk))
    accounts = _accounts({row.account for row in parties if row.account is not None})
    found, reached = [], set[object]()
    for row in parties:
        account = accounts.get(row.account) if row.account is not None else None
        known = _marks(row, account)
        again = bool(known & reached)
        reached |= known
        ways = () if again else _ways(account, offered, phone=row.phone is not None)
        if account is None:
            found.append(Receiver(f"party:{row.pk}", _code(row, case), "sms" if "sms" in ways else "site"))
        else:
            found.append(Receiver(f"party:{row.pk}", _code(row, case), "site", ways, account.pk))
    return found


def followers(case: Case, *, offered: Sequence[str], beside: Iterable[Receiver]) -> list[Receiver]:
    """关注的人: accounts that follow a case as long as it is public, without those who are told as its people. Their phones never ring."""
    if not HallRow.objects.filter(case=case).exists():
        return []
    told = {receiver.account for receiver in beside}
    rows = Account.objects.filter(pk__in=Follow.objects.filter(case=case).values("account"), erased_at=None).order_by("pk")
    quiet = [way for way in offered if way != "sms"]
    return [Receiver(f"account:{row.pk}", case.code, "site", _ways(row, quiet, phone=False), row.pk) for row in rows if row.pk not in told]


def _code(party: Party, case: Case) -> str:
    return party.code if party.role == PartyRole.CALLER else case.code  # type: ignore[attr-defined]


def _accounts(keys: set[int]) -> dict[int, Account]:
    return {row.pk: row for row in Account.objects.filter(pk__in=keys, erased_at=None)} if keys else {}


def _marks(party: Party, account: Account | None) -> set[object]:
    """What makes two parts one person: the account, and the numbers."""
    numbers = (party.phone_index, account.phone_index if account else None)
    return {bytes(number) for number in numbers if number is not None} | ({account.pk} if account else set())


def _ways(account: Account | None, offered: Sequence[str], *, phone: bool) -> tuple[str, ...]:
    """Chosen, offered here, and possible. Without an account: by SMS, where a number was left."""
    if account is None:
        return ("sms",) if phone and "sms" in offered else ()
    possible = {
        "sms": phone or (account.phone is not None and account.phone_verified_at is not None),
        "mail": account.mail is not None and account.mail_verified_at is not None,
        "wechat": account.wechat is not None,
    }
    return tuple(way for way in WAYS if way in offered and way in account.channels and possible[way])


class Addresses:
    """Where notices go, and under which number their receivers know the case: read together, each opened when it is asked for.

    The values are opened by the system for their owner's own message: no opening by a person.
    """

    def __init__(self, case: Case, notices: Sequence[Notice]) -> None:
        self._case = case
        parties = {key for kind, key in map(_receiver, notices) if kind == "party"}
        self._parties = {
            row.pk: row for row in Party.objects.filter(pk__in=parties, left_at=None, erased_at=None).annotate(code=F("case__code"))
        }  # fmt: skip
        wanted = {key for kind, key in map(_receiver, notices) if kind == "account"}
        self._accounts = _accounts(wanted | {row.account for row in self._parties.values() if row.account is not None})

    def code(self, notice: Notice) -> str:
        """The number that the receiver knows the case by."""
        kind, key = _receiver(notice)
        party = self._parties.get(key) if kind == "party" else None
        return _code(party, self._case) if party is not None else self._case.code

    def of(self, notice: Notice) -> str | None:
        """Number, mail address or openid; None where there is none (any more), or the person does not want this way any more."""
        kind, key = _receiver(notice)
        party = self._parties.get(key) if kind == "party" else None
        account = self._accounts.get(key) if kind == "account" else self._accounts.get(party.account) if party and party.account else None
        if (party is None and account is None) or (account is not None and notice.channel not in account.channels):
            return None
        if account is not None:
            verified = {"sms": account.phone_verified_at, "mail": account.mail_verified_at, "wechat": account.at}[notice.channel]
            field = {"sms": "phone"}.get(notice.channel, notice.channel)
            sealed = getattr(account, field)
            if sealed is not None and verified is not None:
                return keyring().open(sealed, context=context(account.pk, field))
        return opened(party).phone if notice.channel == "sms" and party is not None and party.phone is not None else None


def _receiver(notice: Notice) -> tuple[str, int]:
    """("party", 5) of "party:5"."""
    kind, _, key = notice.to.partition(":")
    return kind, int(key)
