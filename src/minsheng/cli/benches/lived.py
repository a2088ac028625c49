"""A city's first cases, lived through with the commands that the screens use. Run as a program: python -m minsheng.cli.benches.lived CASES."""

import random
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from minsheng.cli import local

if TYPE_CHECKING:
    from minsheng.domain.access import Actor

CITY = "yunchuan"
#: Accounts of the benches: one for each unit that has cases.
ACCOUNT = "bench."


def main(cases: int) -> None:
    """Tables, directory, cases, accounts, and the figures folded."""
    local.set_django_up()
    from django.core.management import call_command
    from django.db import connection

    from minsheng.cli.explain import read_directory, read_rules
    from minsheng.commands import directory as loading
    from minsheng.jobs.periodic import fold
    from minsheng.models.case import Case

    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    directory = read_directory(local.home() / "directories" / CITY, lang="en")
    assert directory is not None
    loading.load(directory, read_rules(CITY))
    draw = random.Random(7)
    for number in range(cases):
        _live(number, draw)
    for unit in Case.objects.exclude(unit=None).values_list("unit", flat=True).distinct():
        staff(str(unit))
    fold(0)


def _live(number: int, draw: random.Random) -> None:
    """One case, as far as chance wants: filed, claimed, contacted, answered, checked, called back."""
    from minsheng import clock, wiring
    from minsheng.cli.benches import words
    from minsheng.commands import answering, callback, handling, intake
    from minsheng.domain.access import HOLDER, SYSTEM
    from minsheng.models.case import Case
    from minsheng.queries import directory as directories

    tree, said, steps = directories.current(), words.request(number), draw.choice((1, 1, 2, 3, 4, 5, 6, 6, 6, 6))
    places = [code for code, place in tree.places.items() if place.kind in ("community", "street")]
    report = intake.Report(title=said.title, body=said.body, place=draw.choice(places), name="某先生", phone=f"1380000{number % 10_000:04d}")
    with clock.moved(clock.now() - timedelta(minutes=draw.randrange(10, 300))):
        code = intake.file(report, by=HOLDER, classifier=wiring.classifier(tree)).code
        state, unit = Case.objects.values_list("state", "unit").get(code=code)
        if state != "dispatched":
            return
        by = staff(str(unit))
        for step in (
            lambda: handling.claim(code, by=by),
            lambda: handling.contact(code, method="phone", by=by),
            lambda: answering.answer(code, outcome="solved", text=draw.choice(words.ANSWERS), by=by),
            lambda: answering.pass_check(code, by=SYSTEM),
            lambda: callback.call_back(code, reached=True, contacted=True, solved=True, satisfied=True, by=SYSTEM),
        )[: steps - 1]:
            clock.advance(timedelta(minutes=1))
            step()


def staff(unit: str) -> "Actor":
    """Somebody who works in this unit."""
    from minsheng import clock
    from minsheng.domain.states import Role
    from minsheng.models.people import Member, User
    from minsheng.queries import directory as directories

    now = clock.now()
    user, made = User.objects.get_or_create(username=f"{ACCOUNT}{unit}", defaults={"display_name": "办理员", "created_at": now, "password": "!"})
    if made:
        Member.objects.create(user=user, unit=unit, roles=[Role.STAFF])
    return directories.staff(user.pk, name=user.display_name, on=clock.local(now).date())


if __name__ == "__main__":
    main(int(sys.argv[1]))
