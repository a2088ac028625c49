"""删除账号: the person goes, the cases stay. Numbers, names and the way in are gone for good; the journal says that and keeps its times and figures."""

import secrets
from collections.abc import Callable

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from minsheng import clock
from minsheng.casework import Work, caseworks
from minsheng.commands import commenting, people
from minsheng.commands.accounts import locked
from minsheng.domain.access import citizen
from minsheng.domain.states import PartyRole
from minsheng.models.case import Case, CaseText, Party, ReleasedText
from minsheng.models.participation import Comment, CommentWords, Follow
from minsheng.models.people import Account, User
from minsheng.models.read import Notice
from minsheng.queries.journal import journal

REASON = "本人删除账号"


def close(account: int) -> None:
    """删除账号: in every case the person is known no more; what was said there stays, without them."""
    _close(account, _person_goes)


def close_with_words(account: int) -> None:
    """删除账号和写过的话: besides, everything the person wrote is erased: requests, photos, comments, judgements."""
    _close(account, _words_go)


def follow_up() -> int:
    """清理: what was filed in the very moment in which its account was deleted belongs to nobody either; returns in how many cases."""
    gone = Account.objects.filter(erased_at__isnull=False).values("pk")
    left = set(Party.objects.filter(account__in=gone, erased_at=None).values_list("account", flat=True))
    cases = 0
    for account in sorted(left):
        codes = Case.objects.filter(parties__account=account).order_by("pk").values_list("code", flat=True)
        with caseworks(dict.fromkeys(codes), by=citizen(account)) as works:
            for work in works.values():
                work.note("erased", data={"erased": _person_goes(work, account), "text": work.write("erasure", REASON)})
            cases += len(works)
    return cases


def _close(account: int, erase: Callable[[Work, int], list[str]]) -> None:
    with transaction.atomic():
        row = locked(account)
        parties, comments = Party.objects.filter(account=account, erased_at=None), Comment.objects.filter(account=account)
        touched = Case.objects.filter(Q(pk__in=parties.values("case")) | Q(pk__in=comments.values("case"))).order_by("pk").values_list("code", flat=True)
        with caseworks(touched, by=citizen(account)) as works:
            for work in works.values():
                work.note("erased", data={"erased": erase(work, account), "text": work.write("erasure", REASON)})
        comments.update(account=None)
        Follow.objects.filter(account=account).delete()
        SocialAccount.objects.filter(user_id=account).delete()
        Notice.objects.filter(to=f"account:{account}").delete()
        Account.objects.filter(pk=row.pk).update(
            name=None, phone=None, mail=None, wechat=None, phone_index=None, mail_index=None, phone_verified_at=None, mail_verified_at=None,
            level="", channels=[], erased_at=clock.now(),
        )  # fmt: skip
        # Another password ends every session of the account: a session holds a hash of it.
        User.objects.filter(pk=account).update(username=f"gone-{secrets.token_hex(10)}", display_name="", is_active=False, password=make_password(None))


def _person_goes(work: Work, account: int) -> list[str]:
    people.take_person(work, Q(account=account))
    return []


def _words_go(work: Work, account: int) -> list[str]:
    mine = dict(Party.objects.filter(case=work.case, account=account, erased_at=None).values_list("pk", "role"))
    digests = people.take_words(work) if PartyRole.CALLER in mine.values() else []
    spoken = {event.data.get("text") for event in journal(work.case.pk) if event.action in ("confirmed", "disputed") and event.data.get("party") in mine}
    for comment in Comment.objects.filter(case=work.case, account=account).order_by("number"):
        commenting.take_back(work, comment, reason=REASON)
        spoken |= set(CommentWords.objects.filter(comment=comment).values_list("digest", flat=True))
    texts = CaseText.objects.filter(case=work.case, digest__in=[digest for digest in spoken if digest], erased_at=None)
    digests += sorted(texts.values_list("digest", flat=True))
    texts.update(body=None, title="", salt=None, erased_at=work.now)
    ReleasedText.objects.filter(case=work.case, digest__in=digests).update(title="", body="")
    people.take_person(work, Q(account=account))
    return digests
