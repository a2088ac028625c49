"""对不对: what a person says of a suggestion of the machine. Kept beside the case, so that the machine can be made better; it judges matters, not people."""

from minsheng.casework import Work, casework
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed
from minsheng.domain.states import Urgency
from minsheng.models.case import Case
from minsheng.models.work import Verdict

KINDS = {"category": "类别", "unit": "主办", "urgency": "紧急程度", "similar": "相似工单"}


def agree(code: str, *, kind: str, value: str, share: int, by: Actor) -> None:
    """对: the suggestion is right. share: the confidence it was shown with, in percent. Said again, the last word counts."""
    with casework(code, by=by) as work:
        _judged(work, kind, value, share, right=True)


def disagree(code: str, *, kind: str, value: str, share: int, instead: str = "", by: Actor) -> None:
    """不对, with what would have been right (not asked for a similar case: it is the same matter or it is not)."""
    with casework(code, by=by) as work:
        if kind != "similar" and not instead.strip():
            raise BadInput(field="instead", zh="请写对的是哪一个。", en="Please say what would have been right.")
        if instead == value:
            raise BadInput(field="instead", zh="这就是系统建议的那一个，请另选。", en="This is what was suggested; choose another.")
        _judged(work, kind, value, share, right=False)
        if kind != "similar":
            _judged(work, kind, instead, 0, right=True)


def _judged(work: Work, kind: str, value: str, share: int, *, right: bool) -> None:
    if not work.may("judge_suggestion"):
        raise NotAllowed("建议对不对，由办理这件事的人来说。", "Those who work on this case say whether a suggestion is right.")
    if not _known(work, kind, value):
        raise BadInput(field="instead", zh=f"没有这个{KINDS.get(kind, '建议')}，请重新选。", en="There is no such value; please choose again.")
    values = {"right": right, "share": max(0, min(100, share)), "by": work.by.tag, "at": work.now}
    Verdict.objects.update_or_create(case=work.case, kind=kind, value=value, defaults=values)


def _known(work: Work, kind: str, value: str) -> bool:
    match kind:
        case "category":
            return value in work.directory.categories
        case "unit":
            return value in work.directory.units
        case "urgency":
            return value in set(Urgency)
        case "similar":
            return value != work.case.code and Case.objects.filter(code=value).exists()
    return False
