"""验证码: to a mobile number or an address, six digits, so often and no oftener."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from minsheng import clock
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.commands import codes
from minsheng.commands.codes import Contact
from minsheng.domain.errors import BadInput, TooMany
from tests.world import World

Make = Callable[..., World]
HOME, PHONE = "203.0.113.7", Contact("phone", "13800000001")


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("138 0000 0001", "phone", "13800000001"),
        ("+86 138-0000-0001", "phone", "13800000001"),
        (" １３８００００００01 ", "phone", "13800000001"),
        ("Li.Ming@Example.com", "mail", "Li.Ming@Example.com"),
        ("li＠example.com", "mail", "li@example.com"),
    ],
)
def test_a_number_or_an_address_however_it_is_written(typed: str, kind: str, value: str) -> None:
    assert codes.contact(typed) == Contact(kind, value)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "填上手机号"),
        ("   ", "填上手机号"),
        ("1380000", "手机号要 11 位"),
        ("0555-2345678", "座机收不到验证码"),
        ("400-800-1234", "座机收不到验证码"),
        ("li@example", "邮箱地址写得不完整"),
        ("@example.com", "邮箱地址写得不完整"),
        (f"{'a' * 130}@example.com", "最多 120 字"),
        ("li\n@example.com", "邮箱地址写得不完整"),
        ("李女士", "电话只能写数字"),
    ],
)
def test_what_is_neither_says_what_to_do(typed: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        codes.contact(typed)
    assert refused.value.field == "contact"


def test_one_address_is_found_however_it_is_written() -> None:
    """Capital letters make no other account."""
    assert codes.contact("Li@Example.com").index == codes.contact("li@example.com").index
    assert codes.contact("13800000001").index != Contact("mail", "13800000001").index


def test_six_digits_that_nobody_can_foretell() -> None:
    made = {codes.make() for _ in range(200)}
    assert all(re.fullmatch(r"\d{6}", code) for code in made)
    assert len(made) > 190


def test_a_code_is_read_as_people_type_it() -> None:
    assert codes.read(" １２3 456\n") == "123456"


def allowed(contact: Contact = PHONE, *, address: str = HOME, device: str = "d") -> bool:
    try:
        codes.allow(contact, address=address, device=device)
    except TooMany:
        return False
    return True


def test_for_one_number_once_a_minute_five_an_hour_ten_a_day(world: Make) -> None:
    """Whoever asks, from wherever."""
    world("yunchuan")
    assert allowed(device="d1")
    assert not allowed(address="198.51.100.9", device="d2")
    passed = 1
    for n in range(1, 30):
        clock.advance(timedelta(minutes=1))
        passed += allowed(address=f"198.51.100.{n}", device=f"d{n}")
    assert passed == 5
    for hour in range(1, 12):
        clock.advance(timedelta(hours=1))
        passed += sum(allowed(address=f"192.0.2.{hour}", device=f"h{hour}") for _ in range(1))
    assert passed == 10
    clock.advance(timedelta(hours=13))
    assert allowed(device="d9")


def test_from_one_device_ten_and_from_one_address_twenty_an_hour(world: Make) -> None:
    """Whatever the numbers: nobody tries out whom a browser can reach."""
    world("yunchuan")
    numbers = [Contact("phone", f"1380000{n:04d}") for n in range(40)]
    assert [allowed(number, address=f"198.51.100.{n}") for n, number in enumerate(numbers[:12])].count(True) == 10
    assert [allowed(number, device=f"device-{n}") for n, number in enumerate(numbers[12:37])].count(True) == 20


def test_five_tries_at_a_code_and_thirty_from_an_address(world: Make) -> None:
    """However many sessions try at the same time: the count is the row's, not the session's."""
    world("yunchuan")
    for _ in range(codes.TRIES):
        codes.attempt("17:1", address=HOME)
    with pytest.raises(TooMany):
        codes.attempt("17:1", address=HOME)
    for n in range(25):
        codes.attempt(f"18:{n}", address=HOME)
    with pytest.raises(TooMany):
        codes.attempt("19:1", address=HOME)
    codes.attempt("19:1", address="198.51.100.9")


def test_it_goes_out_in_plain_words(world: Make) -> None:
    """The city's name, the code, how long it is good; by mail in English too."""
    world("yunchuan")
    sms, mail = ConsoleSms(), ConsoleMail()
    codes.send(PHONE, code="482700", sms=sms, mail=mail)
    codes.send(Contact("mail", "li@example.com"), code="482701", sms=sms, mail=mail)
    (text,), (letter,) = sms.sent, mail.sent
    assert text.phone == "13800000001"
    assert text.text == "云川市民声：验证码 482700，5 分钟内有效，只能用一次。不是您本人操作，不用理会，也不要告诉别人。"
    assert letter.to == "li@example.com"
    assert "482701" in letter.text and "good for 5 minutes" in letter.text
    assert "482701" not in letter.subject
