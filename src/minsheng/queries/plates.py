"""二维码牌: which places a plate can be printed for, and what stands on it. All of it is read from the directory that is kept in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minsheng import clock
from minsheng.domain import plates as pure
from minsheng.domain.deadlines import Duration
from minsheng.domain.plates import Face, Plate
from minsheng.policy import decide
from minsheng.policy.directory import Directory, Place
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

#: Kinds of places that get plates, and those by which one looks for them.
KINDS = ("building", "grid")
AREAS = ("district", "street", "community")
#: From so many on, a list to choose from names only districts and streets, and the communities of the one that is chosen.
MANY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty is everything. roots: area units, each with all below it; under: code of a place; words: in name or code."""

    roots: tuple[str, ...]
    under: str = ""
    kinds: tuple[str, ...] = KINDS
    words: str = ""


def find(wanted: Wanted) -> list[Place]:
    """Places in the order of the directory, each below its parent."""
    tree, words = directories.current(), wanted.words.strip().casefold()
    exact = pure.read(words).code
    return [
        place
        for place in tree.places.values()
        if place.kind in wanted.kinds
        and (not wanted.under or wanted.under in tree.place_ancestors(place.code))
        and (not words or words in place.name.casefold() or words in place.code or place.code == exact)
        and _covered(place, wanted.roots, tree)
    ]


def chosen(codes: Sequence[str], *, roots: tuple[str, ...]) -> list[Place]:
    """Those of these places that lie in these areas, in the order given; what is unknown or elsewhere is left out."""
    tree = directories.current()
    known = [tree.places[code] for code in dict.fromkeys(codes) if code in tree.places]
    return [place for place in known if _covered(place, roots, tree)]


def areas(*, roots: tuple[str, ...], under: str) -> list[tuple[str, str]]:
    """Districts, streets and communities to look in: code and full name."""
    tree = directories.current()
    found = [place for place in tree.places.values() if place.kind in AREAS and _covered(place, roots, tree)]
    if len(found) > MANY:
        line = tree.place_ancestors(under) if under in tree.places else ()
        found = [place for place in found if place.kind != "community" or place.code in line or place.parent in line]
    return [(place.code, full_name(place, tree)) for place in found]


def full_name(place: Place, tree: Directory) -> str:
    """青禾区松涛街道银杏社区."""
    return pure.joined([tree.places[code].name for code in reversed(tree.place_ancestors(place.code))])


def around(place: Place, tree: Directory) -> str:
    """The areas a place lies in, as people name them: a grid around a building is nothing they know."""
    above = [tree.places[code] for code in reversed(tree.place_ancestors(place.code)[1:])]
    return pure.joined([area.name for area in above if area.kind in AREAS])


def plates(places: Iterable[Place], *, base: str) -> list[Plate]:
    """What stands on their plates. A code that cannot be printed is BadInput, naming it."""
    tree = directories.current()
    return [
        Plate(
            code=place.code,
            number=pure.number(place.code),
            name=place.name,
            around=around(place, tree),
            address=pure.address(base, place.code),
            typed=pure.typed_address(base, place.code),
        )
        for place in places
    ]


#: What happens next, as the plate tells it. A clock that the city does not run is left out, unless it happens all the same.
_STEPS = (("dispatch", "派给该办的单位", True), ("contact", "单位联系您", False), ("answer", "给您答复", True))
_LAST = "您来评价，没办好可以重办"


def face() -> Face:
    """What stands on every plate: the city, its hotline, what it promises for an ordinary matter."""
    tree, rules = directories.current(), rulebook.today()
    steps = []
    for kind, words, always in _STEPS:
        timer = decide.arm(rules, kind, {"urgency": "normal", "kind": "complaint"}, start=clock.now(), event="receive", round=1)
        if timer is not None:
            steps.append((words, _within(Duration.parse(timer.duration).zh)))
        elif always:
            steps.append((words, ""))
    return Face(
        city=rules.profile.city,
        hotline=rules.profile.hotline,
        host=f"主办：{tree.units[tree.fallback].name}　运行：{tree.units[tree.centre].name}",
        steps=(*steps, (_LAST, "")),
    )


def _within(length: str) -> str:
    """3 分钟内, 4 小时内（上班时间）, 当天."""
    time, bracket, hours = length.partition("（")
    return f"{time}{'' if time == '当天' else '内'}{bracket}{hours}"


def _covered(place: Place, roots: tuple[str, ...], tree: Directory) -> bool:
    return any(tree.under(place.unit, root=root) for root in roots)
