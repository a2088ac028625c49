"""A session that ends while somebody is writing, a page that was open too long: nothing typed is lost, and nothing foreign gets in."""

import io
import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from PIL import Image

from minsheng.models.case import Attachment, Case, CaseText
from tests.web.entering import sign_in
from tests.web.test_citizen import REPORT, filed
from tests.world import World


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def strict() -> Client:
    """A browser whose forms need their token."""
    return Client(enforce_csrf_checks=True)


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def photo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 90, 60)).save(file, "JPEG")
    file.seek(0)
    file.name = "a.jpg"
    return file


@pytest.mark.parametrize("stale", ["", "x" * 64, "short"])
def test_the_form_comes_back_whole_with_a_token_that_is_good(stale: str) -> None:
    """Words, choices and photos; sent again it is filed, with the photo that was sent the first time."""
    browser = strict()
    browser.get("/new")
    answer = browser.post("/new", {**REPORT, "requester": "enterprise", "photos": photo(), "csrfmiddlewaretoken": stale})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "您写的都在" in page
    for value in (REPORT["text"], REPORT["title"], REPORT["place"], REPORT["name"], REPORT["phone"]):
        assert value in page
    assert re.search(r'value="enterprise"\s+checked', page)
    kept = re.search(r'name="kept"\s+id="kept-1"\s+value="([^"]+)"', page)
    assert kept and not Case.objects.exists()
    again = browser.post("/new", {**REPORT, "requester": "enterprise", "kept": kept[1], "csrfmiddlewaretoken": token(page)})
    assert again["Location"] == "/filed"
    assert Attachment.objects.get().case == Case.objects.get()


def test_without_any_cookie_it_comes_back_too() -> None:
    """Cookies were cleared, or are switched off: the words are there."""
    page = strict().post("/new", REPORT)
    assert (page.status_code, REPORT["text"] in page.content.decode()) == (422, True)


def test_what_another_site_sends_never_comes_back_as_a_form_of_ours() -> None:
    """The words of a stranger, one press away from being filed: refused as before."""
    browser = strict()
    browser.get("/new")
    answer = browser.post("/new", REPORT, headers={"origin": "https://elsewhere.example"})
    assert (answer.status_code, REPORT["text"] in answer.content.decode()) == (403, False)
    secure = browser.post("/new", REPORT, secure=True)
    assert (secure.status_code, REPORT["text"] in secure.content.decode()) == (403, False)


def test_a_session_that_ends_while_writing_the_form() -> None:
    """Name and number came from the account: they are asked for, everything else is kept, and the case belongs to nobody."""
    browser = Client()
    sign_in(browser)
    browser.get("/new")
    Session.objects.all().delete()
    answer = browser.post("/new", {**REPORT, "name": "", "phone": "", "requester": "citizen"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert REPORT["text"] in page and "写一写怎么称呼您" in page and "写上手机号" in page
    case = filed(browser)
    assert not case.parties.filter(account__isnull=False).exists()


@pytest.mark.parametrize(
    ("form", "field", "label"), [("supplement", "text", "想补充什么"), ("withdraw", "reason", "为什么撤回"), ("rate", "comment", "再说两句")]
)
def test_what_was_written_about_a_case_comes_back_after_the_session_is_gone(form: str, field: str, label: str) -> None:
    """With the way back in, in another window; what else was chosen goes along. After that the same page sends it."""
    browser = Client()
    case = filed(browser)
    code, secret = browser.session["filed"]
    Session.objects.all().delete()
    answer = browser.post(f"/cases/{case.code}/{form}", {field: "门口又停电了", "level": "2"})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "您写的还在" in page and "门口又停电了" in page and label in page
    assert '<input type="hidden" name="level" value="2">' in page and f'action="/cases/{case.code}/{form}"' in page
    assert f"/account/signin?next=/cases/{case.code}" in page and f"/find?code={case.code}" in page
    browser.post("/find", {"code": code, "secret": secret})
    assert browser.post(f"/cases/{case.code}/supplement", {"text": "门口又停电了"}).status_code == 302
    assert CaseText.objects.filter(body="门口又停电了").exists()


def test_a_token_that_is_too_old_brings_the_words_back_as_well() -> None:
    browser = strict()
    filed_by = token(browser.get("/new").content.decode())
    browser.post("/new", {**REPORT, "csrfmiddlewaretoken": filed_by})
    case = Case.objects.get()
    answer = browser.post(f"/cases/{case.code}/supplement", {"text": "门口又停电了"})
    page = answer.content.decode()
    assert (answer.status_code, "门口又停电了" in page, "再提交一次" in page) == (422, True, True)
    assert browser.post(f"/cases/{case.code}/supplement", {"text": "门口又停电了", "csrfmiddlewaretoken": token(page)}).status_code == 302
    foreign = browser.post(f"/cases/{case.code}/supplement", {"text": "假的"}, headers={"origin": "https://elsewhere.example"})
    assert (foreign.status_code, "假的" in foreign.content.decode()) == (403, False)


def test_where_nothing_was_written_the_old_words_stand() -> None:
    """A button pressed on an old page; an unknown address."""
    browser = strict()
    assert browser.post("/cases/YC260000001/urge").status_code == 403
    assert browser.post("/desk/signout").status_code == 403
    assert Client().post("/cases/YC260000001/supplement", {"text": " "}).status_code == 404
