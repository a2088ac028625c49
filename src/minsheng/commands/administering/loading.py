"""导入通讯录: files are read like `minsheng load` reads them, every problem is named, what would change is shown; applied, it is one change with a record.

What the files leave out of people stays as it is; units and rules that they leave out end yesterday; places, categories and posts that they leave out go,
unless something stands on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from minsheng import clock
from minsheng.commands import directory as whole
from minsheng.commands.acts import record
from minsheng.commands.administering import files as paper
from minsheng.commands.administering import users
from minsheng.commands.administering.ground import areas_of, changing, rule_keys, subject
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed, NotFound, Stale, WrongState
from minsheng.models.people import Member, User
from minsheng.models.places import Category, City, Place, Post, Responsibility, Scope, Unit
from minsheng.models.staff import Act
from minsheng.models.work import BulkJob
from minsheng.policy.changes import Changes, compare
from minsheng.policy.directory import Directory, Person
from minsheng.policy.directory_files import Problem, parse
from minsheng.policy.directory_texts import book, rule_cells
from minsheng.queries import directory as directories
from minsheng.queries import installation, members

ACTION = "adm_directory"
NOBODY = "!"
IMPORTED = "导入"


@dataclass(frozen=True, slots=True)
class Trial:
    """试读: what is wrong, whether the bad rows may be left out, what would change, and the number under which it can be applied (None: it cannot).

    several: accounts of the file that hold several posts; these are left to the screen.
    """

    problems: tuple[Problem, ...]
    forgivable: bool
    left_out: tuple[Problem, ...]
    changes: tuple[Changes, ...]
    people: int
    number: int | None
    several: tuple[str, ...] = ()


def rehearse(files: Mapping[str, bytes], *, leave_out: bool = False, by: Actor) -> Trial:
    """试读: look at the files, change nothing. leave_out: rules and people that are wrong are left out, and named."""
    tree = directories.current()
    if tree.root not in areas_of(by, tree):
        raise NotAllowed("导入通讯录要由全市的管理员来做。", "The directory is imported by an administrator of the whole city.")
    given = paper.read(files)
    merged = paper.merged(given, tree)
    parsed = parse(merged)
    forgivable = bool(parsed.problems) and all(p.file in paper.FORGIVING and p.line is not None and p.line > 1 for p in parsed.problems)
    left: tuple[Problem, ...] = ()
    if forgivable and leave_out:
        left, merged = parsed.problems, paper.without(merged, parsed.problems)
        parsed = parse(merged)
    if parsed.directory is None:
        return Trial(parsed.problems, forgivable, (), (), 0, None)
    used = _in_use(compare(tree, parsed.directory))
    if used:
        return Trial(tuple(used), False, left, (), 0, None)
    people = _people(parsed.directory) if "people.csv" in given else []
    several = _several(people)
    data = {"files": merged, "people": "people.csv" in given, "version": directories.version(), "left_out": len(left), "names": sorted(given)}
    assert by.id is not None
    BulkJob.objects.filter(user_id=by.id, action=ACTION, ended_at=None).delete()  # an earlier dry run that was not applied
    job = BulkJob.objects.create(user_id=by.id, action=ACTION, codes=[], data=data, total=0, at=clock.now())
    return Trial((), False, left, tuple(compare(tree, parsed.directory)), len(people) - len(several), int(job.pk), several)


def apply(number: int, *, by: Actor) -> None:
    """照试读的导入: exactly what was shown, if nothing was changed since."""
    with changing(by=by) as bench:
        bench.demand(None)
        job = BulkJob.objects.select_for_update().filter(pk=number, user_id=by.id, action=ACTION, ended_at=None).first()
        if job is None:
            raise NotFound("没有这次试读，或者已经导入过了。", "There is no such dry run, or it was applied already.")
        if job.data["version"] != bench.city.directory_version:
            raise Stale(
                seen=int(job.data["version"]), version=bench.city.directory_version,
                zh="试读以后有人改过通讯录，请再试读一次。", en="The directory was changed since; please do the dry run again.",
            )  # fmt: skip
        parsed = parse(job.data["files"])
        if parsed.directory is None:
            raise WrongState("内容和试读时不一样了，请再试读一次。", "The content is no longer what it was; please do the dry run again.")
        changes = compare(bench.tree, parsed.directory)
        _store(parsed.directory, by)
        if job.data["people"]:
            _store_people(parsed.directory, by)
            users.demand_an_admin(parsed.directory)
        _record_all(bench.tree, parsed.directory, by)
        counted = {kind.kind: f"+{len(kind.new)} ~{len(kind.changed)} -{len(kind.gone)}" for kind in changes}
        record("import", by=by, subject="directory", after={**counted, "left_out": job.data["left_out"], "files": job.data["names"]})
        job.ended_at, job.data = clock.now(), {**job.data, "files": {}}
        job.save(update_fields=["ended_at", "data"])


def _in_use(changes: list[Changes]) -> list[Problem]:
    """What an open case stands on cannot go."""
    columns = {"places": ("place", "places.geojson"), "categories": ("category", "categories.csv")}
    found = []
    for kind in changes:
        if kind.kind in columns and kind.gone:
            column, file = columns[kind.kind]
            for code, n in installation.in_use(column, [code for code, _ in kind.gone]).items():
                zh, en = f"还有 {n:,} 件没办完的诉求在“{code}”上，请保留这一行", f"{n:,} open cases stand on “{code}”; keep the row"
                found.append(Problem(file=file, line=None, key="code", zh=zh, en=en))
        if kind.kind == "posts" and kind.gone:
            held = Member.objects.filter(post__in=[code for code, _ in kind.gone]).values_list("post", flat=True).distinct()
            found += [
                Problem(file="posts.csv", line=None, key="code", zh=f"还有账号在“{code}”任职，请保留这一行", en=f"accounts hold “{code}”; keep it")
                for code in held
            ]
    return found


def _people(directory: Directory) -> list[Person]:
    """Accounts of the file that are new or say something else than today."""
    now = paper.with_people(directories.current()).people
    return [person for person in directory.people.values() if now.get(person.username) != person]


def _several(people: list[Person]) -> tuple[str, ...]:
    """Who of these holds more than one post: one row of a file cannot say that."""
    rows = Member.objects.filter(user__username__in=[person.username for person in people]).values_list("user__username").annotate(n=Count("id"))
    return tuple(sorted(name for name, n in rows if n > 1))


# --- writing ------------------------------------------------------------------------------------------------------------------------


def _store(new: Directory, by: Actor) -> None:
    """Every row anew, in the order of the files; rules that stay what they were keep their numbers, and so their history."""
    known: dict[tuple[str, ...], tuple[int, dict[str, str]]] = {}
    for key, rule in zip(rule_keys(), directories.built(City.objects.get()).rules, strict=True):
        cells = rule_cells(rule)
        known.setdefault(_same_rule(cells), (int(key), cells))
    found = [known.pop(_same_rule(rule_cells(rule)), None) for rule in new.rules]
    for model in (Unit, Place, Category, Responsibility, Post, Scope):
        model.objects.all().delete()
    whole.write_rows(new, numbers=[one[0] if one else None for one in found])
    City.objects.filter(code=new.city).update(name=new.name, centre=new.centre, fallback=new.fallback, functions=whole.functions_of(new))
    before = {str(number): cells for number, cells in [one for one in found if one]}
    after = dict(zip(rule_keys(), map(rule_cells, new.rules), strict=True))
    _record("rules", before, after, by)


def _same_rule(cells: Mapping[str, str]) -> tuple[str, ...]:
    """A rule is the same one when it says the same but for its last day."""
    return tuple(cells[name] for name in ("category", "place", "lead", "co", "basis", "valid_from"))


def _record_all(old: Directory, new: Directory, by: Actor) -> None:
    """One act for each item that changed, so that its history tells."""
    before, after = book(old), book(new)
    for file, kind in (("units.csv", "units"), ("places.geojson", "places"), ("categories.csv", "categories"), ("posts.csv", "posts")):
        _record(kind, before[file], after[file], by)


def _record(kind: str, before: Mapping[str, dict[str, str]], after: Mapping[str, dict[str, str]], by: Actor) -> None:
    now, unit = clock.now(), (by.units() or ("",))[0]
    what = "rule" if kind == "rules" else "directory"
    Act.objects.bulk_create(
        Act(at=now, by=by.tag, unit=unit, kind=what, subject=subject(kind, key)[:80], before=before.get(key), after=after.get(key), note=IMPORTED)
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _store_people(directory: Directory, by: Actor) -> None:
    """Accounts of the file: new ones are made, those with one post get it as the file says. Who holds several posts is left to the screen."""
    known = {u.username: u for u in User.objects.filter(username__in=list(directory.people), account=None)}
    missing = [person for person in directory.people.values() if person.username not in known]
    fresh = User.objects.bulk_create(User(username=p.username, display_name=p.display_name, created_at=clock.now(), password=NOBODY) for p in missing)
    known |= {user.username: user for user in fresh}
    posts: dict[int, list[Member]] = {}
    for row in Member.objects.filter(user__in=[user.pk for user in known.values()]):
        posts.setdefault(row.user_id, []).append(row)
    for person in directory.people.values():
        user = known[person.username]
        held = posts.get(user.pk, [])
        if len(held) < 2 and not _says(user, held, person):
            _store_person(user, person, is_new=user in fresh, by=by)


def _says(user: User, held: list[Member], person: Person) -> bool:
    """Does the account say already what the file says?"""
    return bool(held) and (held[0].unit, tuple(held[0].roles), held[0].post, user.display_name) == (person.unit, person.roles, person.post, person.display_name)


def _store_person(user: User, person: Person, *, is_new: bool, by: Actor) -> None:
    before = None if is_new else members.picture(user.pk)
    user.display_name = person.display_name
    user.save(update_fields=["display_name"])
    Member.objects.filter(user=user).delete()
    Member.objects.create(user=user, unit=person.unit, roles=list(person.roles), post=person.post)
    record("user", by=by, subject=f"user:{user.pk}", before=before, after=members.picture(user.pk), note=IMPORTED)
