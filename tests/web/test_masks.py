"""遮住: enough to know it again, too little to learn it."""

import pytest

from minsheng.web.citizen import masks


@pytest.mark.parametrize(
    ("plain", "shown"), [("13800000046", "138 **** 0046"), ("0555-2345678", "055 **** 5678"), ("400-800-1234", "**** 1234"), ("", "**** ")]
)
def test_numbers(plain: str, shown: str) -> None:
    assert masks.phone(plain) == shown


@pytest.mark.parametrize(("plain", "shown"), [("liming@example.com", "li***@example.com"), ("li@example.com", "l***@example.com"), ("a@b.cn", "a***@b.cn")])
def test_addresses(plain: str, shown: str) -> None:
    assert masks.mail(plain) == shown


@pytest.mark.parametrize(("plain", "shown"), [("李女士", "李**"), ("云川某某公司", "云**"), ("", "")])
def test_names(plain: str, shown: str) -> None:
    assert masks.name(plain) == shown
