"""二维码牌: the number's check finds every slip of the pen, the address is as small as it can be, and what people type is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import plates
from minsheng.domain.errors import BadInput
from minsheng.domain.plates import ALPHABET, CHECKS, SIZES, Read

codes = st.text(alphabet=ALPHABET, min_size=1, max_size=plates.LONGEST)


@given(codes)
def test_the_number_of_a_code_reads_back(code: str) -> None:
    assert plates.read(plates.number(code)) == Read(code, True)
    assert plates.read(plates.number(code).upper()) == Read(code, True)


def test_the_check_is_that_of_the_standard() -> None:
    """The example that ISO/IEC 7064 gives for MOD 37-2."""
    assert plates.check("g123489654321") == "y"


@given(codes, st.data())
def test_every_single_wrong_character_is_found(code: str, data: st.DataObject) -> None:
    """In the code, and in the check itself."""
    place = data.draw(st.integers(0, len(code)))
    if place == len(code):
        wrong = data.draw(st.sampled_from([mark for mark in CHECKS if mark != plates.check(code)]))
        assert plates.read(f"{code}.{wrong}").right is False
        return
    wrong = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != code[place]]))
    slip = code[:place] + wrong + code[place + 1 :]
    assert plates.check(slip) != plates.check(code)


@given(codes.filter(lambda code: len(set(code)) > 1), st.data())
def test_every_two_neighbours_that_changed_places_are_found(code: str, data: st.DataObject) -> None:
    places = [n for n in range(len(code) - 1) if code[n] != code[n + 1]]
    n = data.draw(st.sampled_from(places))
    slip = code[:n] + code[n + 1] + code[n] + code[n + 2 :]
    assert plates.check(slip) != plates.check(code)


@pytest.mark.parametrize(
    ("typed", "code", "right"),
    [
        ("yinxing-b1", "yinxing-b1", None),
        ("YINXING-B1.Q", "yinxing-b1", True),
        (" yinxing - b1 。 q", "yinxing-b1", True),
        ("ＹＩＮＸＩＮＧ－Ｂ１．Ｑ", "yinxing-b1", True),
        ("yinxing_b1·q", "yinxing-b1", True),
        ("yinxing-bl.q", "yinxing-bl", False),
        ("yinxing-b1.", "yinxing-b1", False),
        ("yinxing-b1.qq", "yinxing-b1", False),
        ("银杏.1", "银杏", False),
        ("", "", None),
        (".", "", False),
    ],
)
def test_what_people_and_keyboards_put_in_is_understood(typed: str, code: str, right: bool | None) -> None:
    assert plates.read(typed) == Read(code, right)


@given(st.text(max_size=400))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    read = plates.read(typed)
    assert read.right is not True or plates.number(read.code)


@pytest.mark.parametrize("code", ["", "Yinxing", "yin xing", "银杏", "a" * 61, "a.b", "a/b"])
def test_a_code_that_cannot_stand_on_a_plate_is_named(code: str) -> None:
    assert not plates.fit(code)
    with pytest.raises(BadInput, match="印不成牌子"):
        plates.number(code)


def test_the_address_is_in_capitals_where_the_host_is_ours_alone() -> None:
    assert plates.address("https://12345.example.gov.cn", "yinxing-b1") == "HTTPS://12345.EXAMPLE.GOV.CN/P/YINXING-B1.Q"
    assert plates.address("https://example.gov.cn/minsheng", "yinxing-b1") == "https://example.gov.cn/minsheng/p/yinxing-b1.q"
    assert plates.typed_address("https://12345.example.gov.cn", "yinxing-b1") == "12345.example.gov.cn/p/yinxing-b1.q"
    assert plates.typed_address("http://127.0.0.1:8000", "yinxing-b1") == "http://127.0.0.1:8000/p/yinxing-b1.q"


@pytest.mark.parametrize(
    "text", ["12345.example.gov.cn", "ftp://example.cn", "https://", "https://a.cn/?x=1", "https://a.cn/#x", "https://u:p@a.cn", "http://[", "https://a b.cn"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="不是网址"):
        plates.site(text)


def test_an_address_loses_its_slash() -> None:
    assert plates.site(" https://12345.example.gov.cn/ ") == "https://12345.example.gov.cn"
    assert plates.site("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize("size", SIZES.values(), ids=str)
def test_plates_fill_their_sheet(size: plates.Size) -> None:
    width, height = size.plate
    assert width * size.across == pytest.approx(size.page[0])
    assert height * size.down == pytest.approx(size.page[1])
    assert [size.sheets(n) for n in (1, size.each, size.each + 1)] == [1, 1, 2]


def test_an_unknown_size_lists_what_there_is() -> None:
    with pytest.raises(BadInput, match="a4x24"):
        plates.size("a3")


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        (["青禾区", "青禾区松涛街道", "松涛街道银杏社区"], "青禾区松涛街道银杏社区"),
        (["青禾区", "松涛街道"], "青禾区松涛街道"),
        (["青禾区"], "青禾区"),
        ([], ""),
    ],
)
def test_names_of_areas_are_joined_without_saying_anything_twice(names: list[str], whole: str) -> None:
    assert plates.joined(names) == whole
