"""表格单元格: what a spreadsheet would calculate stays text."""

import pytest

from minsheng.domain.cells import FORMULA, harmless


@pytest.mark.parametrize("sign", FORMULA)
def test_a_formula_is_text(sign: str) -> None:
    assert harmless(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["正常", "1-2", "a=b", "", 5, -3, 2.5, None])
def test_what_is_none_stays(cell: object) -> None:
    assert harmless(cell) == cell


def test_signs_that_no_file_can_hold_are_left_out() -> None:
    assert harmless("甲\x00\x0b乙\n丙") == "甲乙\n丙"
    assert harmless("\x01=1") == "'=1", "what hides a formula is gone before it is looked at"
