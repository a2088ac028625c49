"""导入导出: files are tried, every problem named, nothing changed before; applied once, as shown, with a record of each item; a table of old cases."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from minsheng import clock, wiring
from minsheng.commands import spreadsheets
from minsheng.commands.administering import cases, files, items, loading
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, Stale
from minsheng.models.case import Case
from minsheng.models.people import Member, User
from minsheng.models.places import City, Responsibility
from minsheng.models.staff import Act
from minsheng.models.work import BulkJob
from minsheng.queries import directory as directories
from tests.commands.scenes import dispatched
from tests.commands.test_administering import county_admin, jobs_run
from tests.world import World

Make = Callable[..., World]


@pytest.fixture
def city(world: Make) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def changed(name: str, **by_key: dict[str, str] | None) -> dict[str, bytes]:
    """One file of today's directory, with some rows changed (None: left out)."""
    text = files.as_files()[name]
    rows = list(csv.DictReader(io.StringIO(text)))
    key = "username" if name == "people.csv" else "code"
    kept = [
        {**row, **(by_key.get(row[key].replace(".", "_").replace("-", "_")) or {})}
        for row in rows
        if by_key.get(row[key].replace(".", "_").replace("-", "_"), {}) is not None
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    return {name: out.getvalue().encode()}


def test_what_we_give_out_changes_nothing_when_it_comes_back(city: World) -> None:
    admin = city.who("admin1")
    for given in ({name: text.encode() for name, text in files.as_files().items()}, {"all.xlsx": spreadsheets.workbook(files.tables())}):
        trial = loading.rehearse(given, by=admin)
        assert (trial.problems, trial.changes, trial.people) == ((), (), 0)


def test_a_county_takes_out_its_own_accounts_only(city: World) -> None:
    units = set(directories.current().subtree("qinghe"))
    people = [row[2] for row in files.tables(units)["people"][1:]]
    assert people and set(people) <= units and "desk1" not in files.as_files(units)["people.csv"]


def test_nothing_in_a_workbook_is_a_formula(city: World) -> None:
    book = load_workbook(io.BytesIO(spreadsheets.workbook(files.tables())))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 1000 and not any(cell.data_type == "f" or str(cell.value).startswith("=") for cell in cells)
    assert any(str(cell.value).startswith("'@area:") for cell in cells)


def test_a_unit_is_changed_and_one_that_is_left_out_ends_yesterday(city: World) -> None:
    """Shown first; applied once; each item has its record; a second click finds nothing to do."""
    admin, today = city.who("admin1"), clock.local(clock.now()).date()
    given = changed("units.csv", yinxing={"phone": "0000-60009999"}, yinxingxiaoxue=None)
    version = City.objects.get().directory_version

    trial = loading.rehearse(given, by=admin)
    assert {code for code, _ in trial.changes[0].changed} == {"yinxing", "yinxingxiaoxue"}
    assert City.objects.get().directory_version == version and not Act.objects.exists()

    assert trial.number is not None
    loading.apply(trial.number, by=admin)
    tree = directories.current()
    assert tree.units["yinxing"].phone == "0000-60009999"
    assert tree.units["yinxingxiaoxue"].valid_until == today - timedelta(days=1)
    assert {act.subject for act in Act.objects.filter(kind="directory")} == {"unit:yinxing", "unit:yinxingxiaoxue"}
    assert Act.objects.get(kind="import").after["units"] == "+0 ~2 -0"
    with pytest.raises(NotFound):
        loading.apply(trial.number, by=admin)
    items.undo(Act.objects.get(subject="unit:yinxing").pk, by=admin)


def test_a_change_meanwhile_asks_for_another_trial(city: World) -> None:
    admin = city.who("admin1")
    trial = loading.rehearse(changed("units.csv", yinxing={"phone": "0000-1"}), by=admin)
    items.edit("units", key="songtao", cells={"phone": "0000-2"}, seen=None, by=admin)
    assert trial.number is not None
    with pytest.raises(Stale):
        loading.apply(trial.number, by=admin)


def test_five_bad_rows_of_a_hundred_are_named_and_left_out_only_when_told_so(city: World) -> None:
    """Rules: every bad row with line, column and what to do; nothing is imported; with the choice, the others are, and the bad ones are named."""
    admin = city.who("admin1")
    head = "category,place,lead,co,basis,valid_from,valid_until\n"
    good = [f"0202,,@area:community,,第 {n} 条规则,," for n in range(95)]
    bad = [
        "9999,,@area:street,,没有这类事,,",
        "0202,moon,songtao,,没有这地方,,",
        "0202,,nobody,,没有这单位,,",
        "0202,,songtao,,,,",
        "0202,,songtao,,日期反了,2026-05-02,2026-05-01",
    ]
    lines = good[:40] + bad + good[40:]
    given = {"rules.csv": (head + "\n".join(lines) + "\n").encode()}

    trial = loading.rehearse(given, by=admin)
    assert trial.number is None and trial.forgivable
    assert [(p.line, p.key) for p in trial.problems] == [(42, "category"), (43, "place"), (44, "lead"), (45, "basis"), (46, "valid_until")]
    before = set(Responsibility.objects.values_list("pk", flat=True))

    trial = loading.rehearse(given, leave_out=True, by=admin)
    assert len(trial.left_out) == 5 and trial.number is not None
    loading.apply(trial.number, by=admin)
    today = clock.local(clock.now()).date()
    rules = directories.current().rules
    assert sum(rule.valid(today) for rule in rules) == 95
    assert before <= set(Responsibility.objects.values_list("pk", flat=True)), "rules that end keep their numbers and their history"
    assert Act.objects.get(kind="import").after["left_out"] == 5


BAD_FILES = [
    ("another name", {"einheiten.csv": b"x"}, "不认识“einheiten.csv”"),
    ("no file", {}, "请选要导入的文件"),
    ("no workbook", {"a.xlsx": b"nothing"}, "不是 XLSX"),
    ("a strange sheet", {"a.xlsx": spreadsheets.workbook({"单位": [["code"]]})}, "不认识“单位”"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "says"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_files_that_are_none(city: World, what: str, given: dict[str, bytes], says: str) -> None:
    with pytest.raises(BadInput) as refused:
        loading.rehearse(given, by=city.who("admin1"))
    assert says in refused.value.zh


def test_problems_elsewhere_cannot_be_left_out(city: World) -> None:
    trial = loading.rehearse(changed("units.csv", yinxing={"level": "galaxy"}), leave_out=True, by=city.who("admin1"))
    assert trial.number is None and not trial.forgivable and trial.problems[0].key == "level"


def test_a_place_with_open_cases_cannot_be_left_out(city: World) -> None:
    dispatched(city)
    text = files.as_files()["places.geojson"]
    given = {"places.geojson": "\n".join(line for line in text.splitlines() if '"code":"yinxing-b1"' not in line).replace("},\n]", "}\n]").encode()}
    trial = loading.rehearse(given, by=city.who("admin1"))
    assert trial.number is None and "没办完的诉求" in trial.problems[0].zh


def test_people_of_a_file_are_made_and_moved_and_others_stay(city: World) -> None:
    admin = city.who("admin1")
    head = "username,display_name,unit,roles,post\n"
    given = {"people.csv": f"{head}trees-9,绿化九号,songtao,staff,\nyuanlin,市园林局办理员,city.sanitation,staff,\n".encode()}
    trial = loading.rehearse(given, by=admin)
    assert trial.people == 2 and trial.number is not None
    loading.apply(trial.number, by=admin)
    assert Member.objects.get(user__username="trees-9").unit == "songtao"
    assert Member.objects.get(user__username="yuanlin").unit == "city.sanitation"
    assert Member.objects.filter(user__username="desk1").exists() and not User.objects.get(username="trees-9").has_usable_password()
    last = {"people.csv": f"{head}admin1,不再是管理员,city.centre,operator,\n".encode()}
    trial = loading.rehearse(last, by=admin)
    assert trial.number is not None
    with pytest.raises(BadInput):
        loading.apply(trial.number, by=admin)
    assert Member.objects.get(user__username="admin1").roles == ["admin"]


def test_a_county_does_not_import(city: World) -> None:
    with pytest.raises(NotAllowed):
        loading.rehearse(changed("units.csv", yinxing={"phone": "0000-1"}), by=city.who(county_admin(city)))


# --- old cases ----------------------------------------------------------------------------------------------------------------------


def table(rows: list[str]) -> bytes:
    return ("编号,时间,内容,姓名\n" + "\n".join(rows) + "\n").encode()


def test_old_cases_from_a_table_row_by_row(city: World) -> None:
    """Tried first; the good rows are filed by the worker; each bad row has its reason; the report names nobody; the table is gone afterwards."""
    admin, blobs = city.who("admin1"), wiring.blobs()
    good = [f"N{n},2024-03-05 08:01,第 {n} 盏路灯坏了，晚上看不见路。,甲{n}" for n in range(19)]
    content = table([*good, "N99,去年某天,=路灯坏了,乙"])

    trial = cases.rehearse(content, name="old.csv", system="旧系统", blobs=blobs, by=admin)
    assert (trial.good, trial.already, len(trial.bad)) == (19, 0, 1) and not Case.objects.exists()
    assert "不是时间" in trial.bad[0].zh
    cases.begin(trial.number, by=admin)
    with pytest.raises(NotFound):
        cases.begin(trial.number, by=admin)
    (job,) = jobs_run()

    assert Case.objects.count() == 19 and job.data["counts"] == {"filed": 19, "already": 0, "bad": 1}
    report = blobs.get(job.file).decode("utf-8-sig")
    assert len(report.splitlines()) == 21 and "N99" in report and "甲" not in report and "乙" not in report
    assert not blobs.has(job.data["sha"])
    again = cases.rehearse(content, name="old.csv", system="旧系统", blobs=blobs, by=admin)
    assert (again.good, again.already) == (0, 19)
    assert Act.objects.get(kind="import", subject="cases").after["rows"] == 20
    city.holds()


def test_a_table_that_was_tried_and_left_goes_after_a_day(city: World) -> None:
    admin, blobs = city.who("admin1"), wiring.blobs()
    content = table(["N1,2024-03-05 08:01,路灯坏了，晚上看不见。,甲"])
    trial = cases.rehearse(content, name="old.csv", system="", blobs=blobs, by=admin)
    sha = BulkJob.objects.get(pk=trial.number).data["sha"]
    assert cases.sweep_untaken(blobs=blobs) == 0 and blobs.has(sha)
    clock.advance(timedelta(hours=25))
    assert cases.sweep_untaken(blobs=blobs) == 1 and not blobs.has(sha)


def test_a_table_without_its_columns(city: World) -> None:
    with pytest.raises(BadInput):
        cases.rehearse(b"a,b\n1,2\n", name="old.csv", system="", blobs=wiring.blobs(), by=city.who("admin1"))
    with pytest.raises(NotAllowed):
        cases.rehearse(table([]), name="old.csv", system="", blobs=wiring.blobs(), by=city.who(county_admin(city)))
    assert not BulkJob.objects.exists()
