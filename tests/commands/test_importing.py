"""导入 and 导出: every row ends as a case or as a bad row with its reason; started again, nothing is filed twice."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
import pytest
from django.db import connection
from openpyxl import Workbook, load_workbook

from minsheng import clock
from minsheng.cli import exporting as export_door
from minsheng.cli.tables import BadRows, Table
from minsheng.commands import importing
from minsheng.domain.errors import BadInput
from minsheng.models.case import Case, ExternalId, Party
from minsheng.models.deadline import Deadline
from minsheng.models.read import HallRow
from minsheng.queries import exporting
from tests.world import World, classifier

HEADERS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]
GOOD = [
    ["9001", "甲一", "路灯不亮", "2024/3/5 8:01:05", "学府路的路灯坏了三天，晚上看不清路。", "0", "3"],
    ["9002", "甲二", "垃圾没有清运", "2024-03-04 08:00:00", "小区北门的垃圾三天没有清运，味道很大。", "0", "12"],
    ["9003", "甲三", "", "2024年3月6日 下午3点05分", "公交站牌倒了，压在人行道上。", "0", ""],
    ["9004", "甲四", "只有标题没有正文的建议：多装几个充电桩", "20240307", "", "1", "1,024"],
    ["9005", "", "标" * 61, "2024-03-08T10:00:00+08:00", "正文在这里，标题太长。", "0", "0"],
    ["9006", "甲六", "=1+1 表格里的算式", "2024.3.9 9:00", "=HYPERLINK(\"x\") 开头像公式的正文，路灯也坏了。", "0", "0"],
    ["9007", "甲七", "带电话的留言", "2024/3/10 9:00", "请打 13800000001 找我，楼下路灯坏了。", "0", "0"],
    ["9008", "甲八", "跨行的正文", "2024/3/11 9:00", "第一行，\n第二行，\n\n\n\n第三行：井盖松了。", "0", "0"],
    ["9009", "甲九", "表情 🙏", "45363.5", "谢谢修路的师傅 🙏，路面平了。", "0", "7"],
]  # fmt: skip
BAD = [
    (["9101", "乙一", "", "2024/3/5 8:00", "  ", "0", "0"], "内容"),
    (["9102", "乙二", "时间不对", "明天下午", "正文。", "0", "0"], "时间"),
    (["9103", "乙三", "没有时间", "", "正文。", "0", "0"], "时间"),
    (["9104", "乙四", "没有这一天", "2024/2/30 8:00", "正文。", "0", "0"], "时间"),
    (["9105", "乙五", "以后的事", "2099/1/1 8:00", "正文。", "0", "0"], "时间"),
    (["9106", "乙六", "太长", "2024/3/5 8:00", "长" * 4001, "0", "0"], "内容"),
    (["9107", "乙七", "点赞不是数", "2024/3/5 8:00", "正文。", "0", "很多"], "点赞数"),
    (["9108", "乙八", "点赞是负数", "2024/3/5 8:00", "正文。", "0", "-1"], "点赞数"),
    (["9109", "乙九", "控制字符", "2024/3/5 8:00", "正文\x07。", "0", "0"], "内容"),
    (["9001", "乙十", "编号重复", "2024/3/5 8:00", "正文。", "0", "0"], "编号"),
    (["9110", "名" * 41, "用户太长", "2024/3/5 8:00", "正文。", "0", "0"], "用户"),
    (["9" * 81, "乙", "编号太长", "2024/3/5 8:00", "正文。", "0", "0"], "编号"),
    (["9111", "乙", "多一格", "2024/3/5 8:00", "正文，", "没有引号", "0", "0", "0"], ""),
]  # fmt: skip


def _csv(path: Path, rows: list[list[str]], *, encoding: str = "utf-8-sig") -> Table:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    return Table(path, encoding=None)


def _file(table: Table) -> list[importing.Outcome]:
    return list(importing.file_all(table.rows(), importing.columns(table.headers, {}), system="import:old", classifier=classifier("yunchuan")))


def _counts(outcomes: list[importing.Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def test_every_row_ends_somewhere(world: Callable[..., World], tmp_path: Path) -> None:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    outcomes = _file(_csv(tmp_path / "old.csv", [*(row for row, _ in BAD[:9]), *GOOD, *(row for row, _ in BAD[9:])]))

    assert _counts(outcomes) == {"filed": len(GOOD), "bad": len(BAD)}
    assert len({outcome.row.line for outcome in outcomes}) == len(GOOD) + len(BAD)
    for outcome, (row, field) in zip((o for o in outcomes if o.status == "bad"), BAD, strict=True):
        assert outcome.row.cells["留言编号"] == row[0]
        assert outcome.zh.startswith(field), outcome.zh

    assert ExternalId.objects.filter(system="import:old").count() == len(GOOD) == Case.objects.count()
    assert not Deadline.objects.filter(next_at__isnull=False).exists()  # no ladder
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)  # nobody is told
    city.holds()


def test_at_the_time_it_happened(world: Callable[..., World], tmp_path: Path) -> None:
    world("yunchuan", at="2026-03-02T09:00+08:00")
    outcomes = [outcome for outcome in _file(_csv(tmp_path / "old.csv", GOOD)) if outcome.status == "filed"]
    cases = {n: Case.objects.get(external_ids__number=n) for n in ("9001", "9002", "9003", "9004", "9005", "9009")}

    assert [clock.local(cases[n].received_at).isoformat()[:16] for n in ("9001", "9002", "9003", "9004")] == [
        "2024-03-05T08:01", "2024-03-04T08:00", "2024-03-06T15:05", "2024-03-07T00:00",
    ]  # fmt: skip
    received = [Case.objects.get(code=outcome.code).received_at for outcome in outcomes]
    assert received == sorted(received)
    assert [outcome.code for outcome in outcomes] == sorted(outcome.code for outcome in outcomes)
    assert clock.local(cases["9009"].received_at).isoformat()[:16] == "2024-03-12T12:00"  # a day counted by Excel
    assert (cases["9002"].likes, cases["9003"].likes, cases["9004"].likes) == (12, 0, 1024)
    assert cases["9001"].channel == "import"
    assert cases["9005"].texts.get(kind="body").body == "标" * 61 + "\n正文在这里，标题太长。"
    assert cases["9004"].texts.get(kind="body").body == GOOD[3][2]
    party = Party.objects.get(case=cases["9001"])
    assert party.phone is None and party.phone_index is None and b"\xe7\x94\xb2" not in bytes(party.name or b"")


def test_started_again(world: Callable[..., World], tmp_path: Path) -> None:
    world("yunchuan", at="2026-03-02T09:00+08:00")
    table = _csv(tmp_path / "old.csv", GOOD)
    broken_off = importing.file_all(table.rows(), importing.columns(table.headers, {}), system="import:old", classifier=classifier("yunchuan"))
    assert [next(broken_off).status for _ in range(4)] == ["filed"] * 4
    broken_off.close()
    assert _counts(_file(table)) == {"already": 4, "filed": len(GOOD) - 4}
    assert _counts(_file(table)) == {"already": len(GOOD)}
    assert Case.objects.count() == len(GOOD)


def test_rows_without_a_number(world: Callable[..., World], tmp_path: Path) -> None:
    """Where the old system had no numbers, a row is known by its content."""
    world("yunchuan", at="2026-03-02T09:00+08:00")
    path = tmp_path / "old.csv"
    path.write_text("时间,内容\n2024-03-05,路灯坏了。\n2024-03-05,井盖松了。\n2024-03-05,路灯坏了。\n", encoding="utf-8")
    assert _counts(_file(Table(path, encoding=None))) == {"filed": 2, "bad": 1}
    assert _counts(_file(Table(path, encoding=None))) == {"already": 2, "bad": 1}


def test_dry_run_changes_nothing(world: Callable[..., World], tmp_path: Path) -> None:
    world("yunchuan", at="2026-03-02T09:00+08:00")
    table = _csv(tmp_path / "old.csv", [*GOOD, *(row for row, _ in BAD)])
    found = list(importing.rehearse(table.rows(), importing.columns(table.headers, {}), system="import:old"))
    assert _counts(found) == {"filed": len(GOOD), "bad": len(BAD)}
    assert Case.objects.count() == 0


def test_bad_rows_can_be_corrected(world: Callable[..., World], tmp_path: Path) -> None:
    world("yunchuan", at="2026-03-02T09:00+08:00")
    table = _csv(tmp_path / "old.csv", [GOOD[0], BAD[1][0]])
    left = BadRows(tmp_path / "bad.csv", table.headers)
    for outcome in _file(table):
        if outcome.status == "bad":
            left.add(outcome.row, outcome.zh)
    left.close()
    text = (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    assert "明天下午" in text and "原因" in text
    (tmp_path / "bad.csv").write_text(text.replace(",明天下午,正文", ",2024-03-05 15:00,正文"), encoding="utf-8-sig")
    assert _counts(_file(Table(tmp_path / "bad.csv", encoding=None))) == {"filed": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_the_trade(tmp_path: Path, encoding: str) -> None:
    table = _csv(tmp_path / "old.csv", GOOD, encoding=encoding)
    assert table.headers == HEADERS
    assert next(row.cells["留言详情"] for row in table.rows()) == GOOD[0][4]
    assert [row.line for row in table.rows()][-1] == 15  # the lines of a cell are counted


def test_an_encoding_that_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes("时间,内容\n2024-03-05,路灯".encode() + b"\xff\xff\n")
    with pytest.raises(click.ClickException, match="第 2 行"):
        Table(tmp_path / "old.csv", encoding=None)


def test_a_spreadsheet(world: Callable[..., World], tmp_path: Path) -> None:
    world("yunchuan", at="2026-03-02T09:00+08:00")
    book = Workbook()
    book.active.append(["工单编号", "受理时间", "诉求内容", "支持数"])
    book.active.append([12.0, datetime(2024, 3, 5, 8, 30), "路灯坏了。", 3])  # noqa: DTZ001
    book.active.append([None, None, None, None])
    book.active.append([13, "2024-03-05", "井盖松了。", None])
    book.save(tmp_path / "old.xlsx")
    assert _counts(_file(Table(tmp_path / "old.xlsx", encoding=None))) == {"filed": 2}
    assert Case.objects.get(external_ids__number="12").likes == 3


def test_no_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(click.ClickException, match="XLSX"):
        Table(tmp_path / "old.xlsx", encoding=None)


def test_columns_by_name() -> None:
    assert importing.columns(["何时", "诉求内容", "标题"], {"time": "何时"}) == {"time": "何时", "title": "标题", "body": "诉求内容"}
    for headers, given in ((["甲", "乙"], {}), (["时间", "内容"], {"body": "正文"}), (["时间", "内容"], {"phone": "内容"})):
        with pytest.raises(BadInput):
            importing.columns(headers, given)


def test_export_is_harmless(world: Callable[..., World], tmp_path: Path) -> None:
    """Released words only, no person, no formula; 举报 is left out."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    _file(_csv(tmp_path / "old.csv", GOOD))
    city.file(body="某单位有人收钱才办事，请查。", kind="report", category="150202")
    wanted = exporting.Wanted()
    assert exporting.count(wanted) == (len(GOOD), 1)
    rows = [dict(zip(exporting.HEADERS, map(export_door.harmless, row), strict=True)) for row in exporting.rows(wanted)]
    assert len(rows) == len(GOOD)
    words = "\n".join(str(cell) for row in rows for cell in row.values())
    assert "13800000001" not in words and "甲一" not in words and "收钱" not in words
    assert not any(str(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert {row["标题"] for row in rows if row["标题"].startswith("'")} == {"'=1+1 表格里的算式"}
    assert {row["内容"] for row in rows if row["内容"]} <= set(HallRow.objects.values_list("body", flat=True)) | {"'" + GOOD[5][4]}

    day = datetime.fromisoformat("2024-03-05T00:00+08:00").date()
    assert [row[0] for row in exporting.rows(exporting.Wanted(first=day, last=day))] == [Case.objects.get(external_ids__number="9001").code]
    with pytest.raises(BadInput):
        exporting.count(exporting.Wanted(unit="nowhere"))


def test_export_to_a_spreadsheet(tmp_path: Path) -> None:
    export_door._xlsx(tmp_path / "out.xlsx", ("甲", "乙"), ((n, "'=1") for n in range(3)))
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [tuple(row) for row in sheet.iter_rows(values_only=True)] == [("甲", "乙"), (0, "'=1"), (1, "'=1"), (2, "'=1")]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "＝1", "\rx"])
def test_formulas(cell: str) -> None:
    assert export_door.harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["正常", "1-2", "", 5, -3, None])
def test_no_formulas(cell: object) -> None:
    assert export_door.harmless(cell) == cell


REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "taidi" / "messages_2019.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the real messages are no part of the project and are not here")
def test_the_real_messages_are_read(world: Callable[..., World]) -> None:
    """Every row of the real file is good or says why not (filing them all is `minsheng import`)."""
    world("yunchuan", at="2026-03-02T09:00+08:00")
    table = Table(REAL, encoding=None)
    found = list(importing.rehearse(table.rows(), importing.columns(table.headers, {}), system="import:real"))
    assert _counts(found) == {"filed": 4321, "bad": 5}
    assert all("最多 4,000 字" in outcome.zh for outcome in found if outcome.status == "bad")
