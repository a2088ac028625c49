"""二维码牌: staff print plates for the buildings and grids of their own area."""

from dataclasses import dataclass
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from minsheng import wiring
from minsheng.commands import limits
from minsheng.domain import access
from minsheng.domain import plates as pure
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, TooMany, WrongState
from minsheng.domain.plates import IN_A_FILE, SIZES
from minsheng.policy.directory import Place
from minsheng.queries import directory as directories
from minsheng.queries import plates as reading
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

KIND_WORDS = {"building": "楼栋", "grid": "网格", "street": "街道", "community": "社区", "district": "区县"}
SIZE_DEFAULT = "a4"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for: area, kind, words, size, and after which place the list goes on."""

    under: str
    kind: str
    words: str
    size: str
    after: str

    @classmethod
    def of(cls, given: "dict[str, str]") -> "Asked":
        """From the address or the form; what is unknown counts as not said."""
        kind, size = given.get("kind", ""), given.get("size", "")
        under = given.get("under", "")
        return cls(
            under=under if under in directories.current().places else "",
            kind=kind if kind in reading.KINDS else "",
            words=given.get("words", "").strip()[:60],
            size=size if size in SIZES else SIZE_DEFAULT,
            after=given.get("after", ""),
        )

    def wanted(self, roots: tuple[str, ...]) -> reading.Wanted:
        """As the reads take it."""
        return reading.Wanted(roots=roots, under=self.under, kinds=(self.kind,) if self.kind else reading.KINDS, words=self.words)

    def address(self, *, after: str) -> str:
        """The same page from another place on."""
        said = {"under": self.under, "kind": self.kind, "words": self.words, "size": self.size, "after": after}
        return reverse("plates") + "?" + urlencode({name: value for name, value in said.items() if value})


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def plates(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """二维码牌: choose places and a size, take the file away."""
    roots = access.prints_for(actor, directories.current())
    if not roots:
        raise NotAllowed(
            "印牌子由坐席、派单员、办理员、网格员、负责人和管理员来做。您的岗位没有这一项。", "Plates are printed by desk, units, grid workers and heads."
        )
    given = {name: str(value) for name, value in (request.POST if request.method == "POST" else request.GET).items()}
    asked, errors, status, ticked = Asked.of(given), {}, 200, request.POST.getlist("place")
    if request.method == "POST":
        try:
            return _file(request, actor, asked, roots, part=given.get("part", ""), ticked=ticked)
        except (BadInput, WrongState, TooMany) as problem:
            errors, status = {"places": frame.words(problem)}, problem.status
    return _page(request, actor, asked, roots, ticked=set(ticked), errors=errors, status=status)


def _file(request: HttpRequest, actor: Actor, asked: Asked, roots: tuple[str, ...], *, part: str, ticked: list[str]) -> HttpResponse:
    """The PDF: of what was ticked, or of one part of everything that was found."""
    if part.isdecimal() and int(part) > 0:
        start = (int(part) - 1) * IN_A_FILE
        places = [place for place in reading.find(asked.wanted(roots)) if pure.fit(place.code)][start : start + IN_A_FILE]
    else:
        places = reading.chosen(ticked, roots=roots)
    if not places:
        raise BadInput(field="places", zh="还没有选地点。请在下面勾选，或者点「全部生成」。", en="Nothing is chosen yet. Tick places below, or take them all.")
    if len(places) > IN_A_FILE:
        raise BadInput(
            field="places",
            zh=f"一个文件最多 {IN_A_FILE} 块，您选了 {len(places)} 块。请分几次生成。",
            en=f"A file holds {IN_A_FILE} plates at most; you chose {len(places)}. Please take them in several files.",
        )
    limits.take(limits.PRINTING, f"staff:{actor.id}")
    base, _said = base_of(request)
    printed = wiring.print_plates_apart(reading.plates(places, base=base), face=reading.face(), size=SIZES[asked.size])
    if printed.unprintable:
        raise WrongState(
            f"这些字没有字体，会印成方框：{printed.unprintable}。请找管理员装上字体再印。",
            f"No font has these characters, they would print as boxes: {printed.unprintable}. Please ask an administrator for a font.",
        )
    answer = HttpResponse(printed.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="plates-{asked.size}{f"-{part}" if part else ""}.pdf"'
    return answer


def base_of(request: HttpRequest) -> tuple[str, bool]:
    """The address in the codes, and whether it was said in the settings; else the one under which this page was opened."""
    if settings.MINSHENG_SITE:
        return pure.site(settings.MINSHENG_SITE), True
    return request.build_absolute_uri("/").rstrip("/"), False


def _page(request: HttpRequest, actor: Actor, asked: Asked, roots: tuple[str, ...], *, ticked: set[str], errors: dict[str, str], status: int) -> HttpResponse:
    tree = directories.current()
    found = reading.find(asked.wanted(roots))
    start = next((n for n, place in enumerate(found, start=1) if place.code == asked.after), 0)
    shown = found[start : start + IN_A_FILE]
    printable = sum(pure.fit(place.code) for place in found)
    base, said = base_of(request)
    context = {
        "staff": badge(actor),
        "q": "",
        "form": Row(values={"under": asked.under, "kind": asked.kind, "words": asked.words, "size": asked.size}, errors=errors),
        "areas": reading.areas(roots=roots, under=asked.under),
        "kinds": [(kind, _(KIND_WORDS[kind])) for kind in reading.KINDS],
        "sizes": [(size.key, size.zh if frame.chinese() else size.en) for size in SIZES.values()],
        "rows": [_row(place, ticked) for place in shown],
        "count": len(found),
        "first": start + 1,
        "parts": _parts(printable),
        "next": asked.address(after=shown[-1].code) if start + IN_A_FILE < len(found) else None,
        "base": base,
        "base_said": said,
        "preview": _preview(shown, asked, base),
        "per_sheet": SIZES[asked.size].each,
        "limit": IN_A_FILE,
        "tree_name": tree.name,
    }
    return frame.page(request, "desk/plates.html", context, status=status)


def _row(place: Place, ticked: set[str]) -> Row:
    tree = directories.current()
    fit = pure.fit(place.code)
    return Row(
        code=place.code,
        name=place.name,
        around=reading.around(place, tree),
        kind=_(KIND_WORDS[place.kind]),
        number=pure.number(place.code) if fit else "",
        fit=fit,
        ticked=place.code in ticked,
    )


def _parts(printable: int) -> list[Row]:
    """The files that hold everything that was found."""
    count = -(-printable // IN_A_FILE)
    return [Row(number=n, first=(n - 1) * IN_A_FILE + 1, last=min(n * IN_A_FILE, printable)) for n in range(1, count + 1)]


def _preview(shown: list[Place], asked: Asked, base: str) -> Row | None:
    """How the first of them will look."""
    first = next((place for place in shown if pure.fit(place.code)), None)
    if first is None:
        return None
    (one,) = reading.plates([first], base=base)
    size = SIZES[asked.size]
    return Row(one=one, face=reading.face(), look=size.look, picture=Markup(wiring.code_picture(one.address)))
