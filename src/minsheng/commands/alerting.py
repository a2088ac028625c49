"""紧急上报: what cannot wait for its turn goes to the leaders at once."""

from minsheng import clock
from minsheng.casework import Work, casework
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed
from minsheng.domain.states import Role, Visibility
from minsheng.domain.text import clean
from minsheng.models.people import Member, User
from minsheng.models.read import Notice
from minsheng.queries import directory as directories


def alert(code: str, *, text: str, by: Actor) -> Work:
    """紧急上报: the leaders of the area are told at once, on the site. The words stand in the journal, inside."""
    text = clean(text, limit=1000, name="text")
    with casework(code, by=by) as work:
        if not work.may("alert"):
            raise NotAllowed("紧急上报由坐席、派单员和督办员来做。", "Urgent reports are made by operators, dispatchers and supervisors.")
        event = work.note("alerted", data={"text": work.write("alert", text)})
        title = "举报，内容请打开看" if work.facts.visibility == Visibility.SECRET else work.case.title[:40]
        Notice.objects.bulk_create(
            Notice(
                key=f"{work.case.pk}:{event.seq}:user:{leader}",
                case=work.case,
                to=f"user:{leader}",
                channel="site",
                template="alerted",
                text=f"紧急上报：{code} {title}",
                at=work.now,
            )
            for leader in _leaders(work)
        )
    return work


def _leaders(work: Work) -> list[int]:
    """Those who lead where the case lies and may see it, each once."""
    on = clock.local(work.now).date()
    users = Member.objects.filter(roles__contains=[str(Role.LEADER)], user__is_active=True).values_list("user", flat=True).distinct()
    found = []
    for pk, name in User.objects.filter(pk__in=users).order_by("pk").values_list("pk", "display_name"):
        actor = directories.staff(pk, name=name, on=on)
        leads = any(
            Role.LEADER in m.roles
            and access.covers(m.unit, work.facts, work.directory, place_unit=work.place_unit)
            and access.leads(m.unit, work.facts, work.directory)
            for m in actor.memberships
        )
        if leads and access.may_see(actor, work.facts, work.directory, place_unit=work.place_unit):
            found.append(pk)
    return found
