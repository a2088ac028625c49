"""`minsheng qr`: plates with codes for buildings and grids, as PDF; their numbers as a table; the bare codes as SVG."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, Refused, in_words, language, pick
from minsheng.domain import plates as pure
from minsheng.domain.cells import harmless
from minsheng.domain.plates import Plate

HERE = {"localhost", "127.0.0.1", "::1"}


@click.command()
@click.option("--place", "places", multiple=True, metavar="CODE", help="this place (again for more); of any kind")
@click.option("--under", metavar="CODE", help="everything in this district, street or community")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["building", "grid"]), help="only buildings, or only grids")
@click.option("--size", default="a4", show_default=True, type=click.Choice(list(pure.SIZES)), help="the paper, and how many plates on a sheet")
@click.option("--site", help="the public address of the platform (default: MINSHENG_SITE)")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="the PDF to write; several files with numbers where there are many plates")
@click.option("--csv", "table", is_flag=True, help="write a table of numbers and addresses beside the PDF")
@click.option("--svg", "pictures", type=click.Path(file_okay=False, path_type=Path), help="a folder for the bare codes, one SVG for each place")
@language
@local.on_database
def qr(
    places: tuple[str, ...], under: str | None, kinds: tuple[str, ...], size: str, site: str | None,
    out: Path | None, pictures: Path | None, lang: str, *, table: bool,
) -> None:  # fmt: skip
    """Print plates whose code opens the form with the place filled in: for all buildings and grids, or those that are asked for."""
    with in_words(lang):
        base = _base(site, lang)
        plates = _plates(places, under, kinds, base, lang)
        with _writing(lang):
            if pictures is not None:
                _draw(plates, pictures, lang)
            if out is not None or pictures is None:
                _print(plates, size=size, out=out or Path("plates.pdf"), lang=lang)
            if table:
                _list(plates, (out or Path("plates.pdf")).with_suffix(".csv"), lang)


def _base(site: str | None, lang: str) -> str:
    """The address in the codes; without one nothing is printed, because it could never be put right on the walls."""
    from django.conf import settings

    wanted = site or settings.MINSHENG_SITE
    if not wanted:
        raise Mistyped(
            pick(
                lang,
                "不知道平台的网址：请用 --site 写明，或者设置 MINSHENG_SITE，例如 https://12345.example.gov.cn。",
                "The platform's address is not known: say --site, or set MINSHENG_SITE, such as https://12345.example.gov.cn.",
            )
        )
    base = pure.site(wanted)
    if urlsplit(base).hostname in HERE:
        click.echo(pick(lang, f"注意：{base} 只有这台机器打得开，印出来别人扫不了。", f"Note: {base} opens on this machine only."), err=True)
    return base


def _plates(places: tuple[str, ...], under: str | None, kinds: tuple[str, ...], base: str, lang: str) -> list[Plate]:
    from minsheng.queries import directory as directories
    from minsheng.queries import installation
    from minsheng.queries import plates as reading

    installation.demand_ready()
    tree = directories.current()
    for code in (*places, *([under] if under else [])):
        if code not in tree.places:
            raise Mistyped(pick(lang, f"没有编码是「{code}」的地点。", f"There is no place with the code “{code}”."))
    found = reading.chosen(places, roots=(tree.root,))
    if under or not places:
        all_here = reading.find(reading.Wanted(roots=(tree.root,), under=under or "", kinds=kinds or reading.KINDS))
        if unfit := [place.code for place in all_here if not pure.fit(place.code)]:
            some = "、".join(unfit[:10])
            click.echo(pick(lang, f"注意：{len(unfit)} 个编码印不成牌子，跳过了：{some}", f"Note: {len(unfit)} codes cannot be printed: {some}"), err=True)
        found += [place for place in all_here if pure.fit(place.code) and place.code not in places]
    if not found:
        raise Refused(pick(lang, "这个范围里没有楼栋，也没有网格。", "There are no buildings or grids here."))
    return reading.plates(found, base=base)


def _print(plates: list[Plate], *, size: str, out: Path, lang: str) -> None:
    from minsheng import wiring
    from minsheng.queries import plates as reading

    if out.suffix.lower() != ".pdf":
        raise Mistyped(pick(lang, f"{out}：文件名要以 .pdf 结尾。", f"{out}: the name must end in .pdf."))
    sheet, face, boxes = pure.size(size), reading.face(), set[str]()
    out.parent.mkdir(parents=True, exist_ok=True)
    done = 0
    for path, part in _files(out, plates):
        printed = wiring.print_plates(list(part), face=face, size=sheet)
        path.write_bytes(printed.pdf)
        boxes.update(printed.unprintable)
        done += len(part)
        click.echo(pick(lang, f"{path}：{done:,} / {len(plates):,} 块", f"{path}: {done:,} of {len(plates):,} plates"), err=True)
    if boxes:
        said = "".join(sorted(boxes))
        click.echo(pick(lang, f"注意：这些字没有字体，印成了方框：{said}", f"Note: no font has these characters, they print as boxes: {said}"), err=True)
    sheets = sum(sheet.sheets(len(part)) for _, part in _files(out, plates))
    click.echo(pick(lang, f"印好 {len(plates):,} 块，{sheets:,} 张纸（{sheet.zh}）。", f"{len(plates):,} plates on {sheets:,} sheets ({sheet.en})."))


def _files(out: Path, plates: Sequence[Plate]) -> Iterator[tuple[Path, Sequence[Plate]]]:
    """One file, or plates-001.pdf, plates-002.pdf … of as many as a printer can be trusted with."""
    parts = [plates[start : start + pure.IN_A_FILE] for start in range(0, len(plates), pure.IN_A_FILE)]
    for number, part in enumerate(parts, start=1):
        yield (out if len(parts) == 1 else out.with_stem(f"{out.stem}-{number:03d}")), part


def _draw(plates: list[Plate], folder: Path, lang: str) -> None:
    from minsheng import wiring

    folder.mkdir(parents=True, exist_ok=True)
    for plate in plates:
        (folder / f"{plate.code}.svg").write_text(wiring.code_picture(plate.address), encoding="utf-8")
    click.echo(pick(lang, f"{len(plates):,} 个码在 {folder}。", f"{len(plates):,} codes are in {folder}."))


def _list(plates: list[Plate], path: Path, lang: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编码", "编号", "名称", "所在", "网址"])
        writer.writerows([harmless(cell) for cell in (p.code, p.number, p.name, p.around, p.address)] for p in plates)
    click.echo(pick(lang, f"编号表在 {path}。", f"The table of numbers is in {path}."))


@contextmanager
def _writing(lang: str) -> Iterator[None]:
    """A file that cannot be written is said in words."""
    try:
        yield
    except OSError as wrong:
        raise Refused(pick(lang, f"写不了 {wrong.filename}：{wrong.strerror}", f"Cannot write {wrong.filename}: {wrong.strerror}")) from wrong
