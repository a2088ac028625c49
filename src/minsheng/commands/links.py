"""免登录链接: a word in a message opens one person's judgement of one round, without signing in, until a day. Guessing is slow."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from minsheng import clock
from minsheng.commands import limits
from minsheng.domain import facts_json
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import NotFound, WrongState
from minsheng.models.case import Case, Link, Party
from minsheng.policy import decide
from minsheng.queries import rules as rulebook

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 10
_WORD = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Linked:
    """What a word opens: the case and the person in it. other: somebody whom it concerns beside the caller (joined, or of a merged case)."""

    case: Case
    party: Party

    @property
    def other(self) -> bool:
        """Does this person confirm or dispute, instead of rating as the caller does?"""
        return self.party.case_id != self.case.pk or self.party.role != "caller"


def issue(case: Case, party: Party) -> str:
    """A new word for this person and the round that runs, good for as long as the profile says."""
    word = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    Link.objects.create(digest=_digest(word), case=case, party=party, round=case.round, at=clock.now(), expires_at=_until(case))
    return word


def issue_many(case: Case, parties: Sequence[int], *, event: int) -> dict[int, str]:
    """Words for these people (by party) to judge the answer that this event tells of. Asked again, the same words: a message sent anew has the same link."""
    now, until = clock.now(), _until(case)
    words = {party: _word_of(f"{case.pk}:{party}:{event}") for party in parties}
    rows = [Link(digest=_digest(word), case=case, party_id=party, round=case.round, at=now, expires_at=until) for party, word in words.items()]
    Link.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)
    return words


def _until(case: Case) -> datetime:
    rules = rulebook.pinned(case.rules)
    facts = facts_json.from_json(case.facts)
    rule = decide.decide(rules, "callback", decide.policy_facts(facts, level=None, risk=False)).value
    return count(clock.now(), Duration.parse(rule.link_within), rules.calendar).due


def _word_of(occasion: str) -> str:
    """The word of one occasion: known to whoever holds the installation's secret and to nobody else, so it need not be kept to be said again."""
    number = int.from_bytes(hmac.new(settings.SECRET_KEY.encode(), f"word:{occasion}".encode(), hashlib.sha256).digest(), "big")
    word = ""
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_ALPHABET))
        word += _ALPHABET[letter]
    return word


def find(word: str, *, address: str) -> Linked:
    """What the word opens, or in words why it opens nothing any more. Unknown words are counted per address."""
    for limit in limits.GUESSES_AT_ALL:
        limit.check(address)
    known = _WORD.fullmatch(word)
    row = Link.objects.select_related("case", "party").filter(digest=_digest(word)).first() if known else None
    if row is None or row.party.erased_at or row.party.left_at:
        for limit in limits.GUESSES_AT_ALL:
            limit.count(address)
        raise NotFound("这个链接打不开。请核对短信里的地址，或凭编号和查询码打开。", "This link does not open. Check the address, or use the code and secret.")
    if clock.now() > row.expires_at:
        raise WrongState(
            f"这个链接过期了。凭编号和查询码仍能打开，也可以打 {rulebook.today().profile.hotline}。",
            "This link has expired. The code and secret still open the case, or call the hotline.",
        )
    if row.round != row.case.round:
        raise WrongState(
            "这件事已经重新办理，这个链接是上一次答复的。有了新的答复会再发给您。", "The case is being handled again; a new link follows with the new answer."
        )
    return Linked(row.case, row.party)


def used(word: str) -> None:
    """The person has judged through it."""
    Link.objects.filter(digest=_digest(word)).update(used_at=clock.now())


def _digest(word: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"link:{word}".encode(), hashlib.sha256).hexdigest()
