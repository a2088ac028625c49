"""我的资料: seen, corrected, taken along, deleted; and nobody else's."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from PIL import Image

from minsheng import clock, wiring
from minsheng.adapters.storage import LocalBlobs
from minsheng.commands import accounts, people
from minsheng.commands.accounts import Said
from minsheng.models.case import Attachment, Party
from minsheng.models.people import Account
from minsheng.queries import accounts as held
from tests.commands import scenes
from tests.web.entering import PHONE, last_code, sign_in
from tests.web.test_citizen import REPORT, filed
from tests.world import World


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def me(client: Client) -> held.Me:
    found = held.me(client.session["account"])
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["/mine/data", "/mine/data/openings", "/mine/data/delete", "/mine/data/contact", "/mine/data/code"])
def test_only_for_who_is_signed_in_and_back_to_where_one_was(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer["Location"] == f"/account/signin?why=gone&next={path.replace('/', '%2F')}"
    for form in ("correct", "channels", "download", "delete", "unlink", "contact"):
        assert client.post(f"/mine/data/{form}")["Location"].startswith("/account/signin")


def test_masked_until_it_is_asked_for(client: Client) -> None:
    """Never kept by a cache."""
    sign_in(client)
    answer = client.get("/mine/data")
    page = answer.content.decode()
    assert "138 **** 0031" in page and "13800000031" not in page
    assert "no-store" in answer["Cache-Control"]
    assert "13800000031" in client.get("/mine/data?show=1").content.decode()


def test_name_kind_and_ways_of_being_told(client: Client) -> None:
    sign_in(client)
    assert client.post("/mine/data/correct", {"name": "李女士", "kind": "enterprise"})["Location"] == "/mine/data"
    assert (me(client).name, me(client).kind) == ("李女士", "enterprise")
    assert "改好了" in client.get("/mine/data").content.decode()
    wrong = client.post("/mine/data/correct", {"name": "李" * 41, "kind": "citizen"})
    assert wrong.status_code == 422
    assert "最多 40 字" in wrong.content.decode() and "李" * 41 in wrong.content.decode()
    assert client.post("/mine/data/channels", {})["Location"] == "/mine/data"
    assert me(client).channels == ()
    assert "还没有开通" in client.post("/mine/data/channels", {"channels": ["mail"]}).content.decode()


def test_a_new_number_needs_its_code(client: Client) -> None:
    """Wrong ones are counted down; in the session the number lies sealed and the code hashed; five minutes and it is over."""
    sign_in(client)
    assert client.post("/mine/data/contact", {"kind": "phone", "contact": "138"}).status_code == 422
    assert client.post("/mine/data/contact", {"kind": "phone", "contact": "138 0000 0041"})["Location"] == "/mine/data/code"
    code = last_code("13800000041")
    assert "138 **** 0041" in client.get("/mine/data/code").content.decode()
    assert not [secret for secret in ("13800000041", code) if secret in str(dict(client.session))]
    wrong = client.post("/mine/data/code", {"code": "no"})
    assert (wrong.status_code, "还可以试 4 次" in wrong.content.decode()) == (422, True)
    assert "填上收到的 6 位数字" in client.post("/mine/data/code", {"code": ""}).content.decode()
    assert me(client).phone == "13800000031"
    assert client.post("/mine/data/code", {"code": code})["Location"] == "/mine/data"
    assert me(client).phone == "13800000041"
    assert client.post("/mine/data/code", {"code": code})["Location"] == "/mine/data/contact?again=1&kind=phone"

    client.post("/mine/data/contact", {"kind": "mail", "contact": "li@example.com"})
    clock.advance(timedelta(minutes=6))
    assert client.post("/mine/data/code", {"code": last_code("li@example.com")})["Location"] == "/mine/data/contact?again=1&kind=mail"
    client.post("/mine/data/contact", {"kind": "mail", "contact": "li@example.com"})
    for _ in range(5):
        answer = client.post("/mine/data/code", {"code": "no"})
    assert answer["Location"] == "/mine/data/contact?again=1&kind=mail"
    assert "请重新要一个" in client.get(answer["Location"]).content.decode()
    assert me(client).mail == ""


def test_a_number_of_another_account_stays_there(client: Client) -> None:
    """Known only to who has its code: until then nothing is said."""
    sign_in(Client(), "138 0000 0041")
    clock.advance(timedelta(minutes=2))
    sign_in(client)
    assert client.post("/mine/data/contact", {"kind": "phone", "contact": "138 0000 0041"})["Location"] == "/mine/data/code"
    answer = client.post("/mine/data/code", {"code": last_code("13800000041")})
    assert (answer.status_code, "已经有自己的账号" in answer.content.decode()) == (422, True)


def test_mail_taken_away(client: Client) -> None:
    sign_in(client)
    client.post("/mine/data/contact", {"kind": "mail", "contact": "li@example.com"})
    client.post("/mine/data/code", {"code": last_code("li@example.com")})
    assert me(client).mail_proven
    assert client.post("/mine/data/contact", {"kind": "mail", "drop": "1"})["Location"] == "/mine/data"
    assert me(client).mail == ""
    only_mail = Client()
    sign_in(only_mail, "wang@example.com")
    refused = only_mail.post("/mine/data/contact", {"kind": "mail", "drop": "1"})
    assert (refused.status_code, "唯一办法" in refused.content.decode()) == (409, True)


def test_who_looked_when_and_why(client: Client, city: World) -> None:
    """With the case it was about; all of them on a page of their own."""
    account = sign_in(client)
    codes = [scenes.handled(city, account=account) for _ in range(6)]
    for code in codes:
        city.do(people.open_parties, code, by=scenes.CLERK, reason=f"核对 {code}")
    page = client.get("/mine/data").content.decode()
    assert "青禾区松涛街道城管所" in page and f"核对 {codes[5]}" in page and f"核对 {codes[0]}" not in page
    assert "姓名、电话" in page
    whole = client.get("/mine/data/openings").content.decode()
    assert all(f"核对 {code}" in whole for code in codes)
    other = Client()
    sign_in(other, "138 0000 0032")
    assert "还没有人看过" in other.get("/mine/data").content.decode()


def test_everything_in_one_file(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """data.json with account, cases, words and openings; the photos beside it; three times a day."""
    blobs = LocalBlobs(tmp_path)
    monkeypatch.setattr(wiring, "blobs", lambda: blobs)
    account = sign_in(client)
    photo = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(photo, "JPEG")
    photo.seek(0)
    photo.name = "lamp.jpg"
    client.post("/new", {**REPORT, "phone": PHONE, "photos": photo})
    code = Party.objects.get(account=account).case.code
    lost = Attachment.objects.create(case=Party.objects.get(account=account).case, digest="f" * 64, media_type="image/jpeg", size=1, at=clock.now())
    answer = client.post("/mine/data/download")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="minsheng-20260302.zip"'
    packed = zipfile.ZipFile(io.BytesIO(b"".join(cast(Iterable[bytes], cast(StreamingHttpResponse, answer).streaming_content))))
    told = json.loads(packed.read("data.json"))
    assert told["account"]["phone"] == "13800000031"
    (case,) = told["cases"]
    assert (case["code"], case["words"]) == (code, REPORT["text"])
    assert case["about_you"]["name"] == "李女士"
    assert case["files"] == [f"files/{code}/1.jpg"], "what the store has lost is not promised"
    assert Image.open(io.BytesIO(packed.read(case["files"][0]))).size == (320, 240)
    assert sorted(packed.namelist()) == ["data.json", f"files/{code}/1.jpg"]
    lost.delete()
    for _ in range(2):
        b"".join(cast(Iterable[bytes], cast(StreamingHttpResponse, client.post("/mine/data/download")).streaming_content))
    refused = client.post("/mine/data/download")
    assert (refused.status_code, "请过 24 小时再试" in refused.content.decode()) == (429, True)


def test_unlinking_a_provider(client: Client, settings: object) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {"APPS": [{"name": "微信", "client_id": "wx1", "secret": "s", "settings": {}}]}}  # type: ignore[attr-defined]
    account = sign_in(client)
    assert "连上" in client.get("/mine/data").content.decode()
    accounts.link_provider(account, provider="weixin", uid="o1", said=Said())
    assert "断开" in client.get("/mine/data").content.decode()
    assert client.post("/mine/data/unlink", {"provider": "weixin"})["Location"] == "/mine/data"
    assert me(client).providers == ()
    Account.objects.filter(pk=account).update(phone_verified_at=None)
    accounts.link_provider(account, provider="weixin", uid="o1", said=Said())
    refused = client.post("/mine/data/unlink", {"provider": "weixin"})
    assert (refused.status_code, "唯一办法" in refused.content.decode()) == (409, True)


def test_deleting_the_account_says_what_stays_and_does_it(client: Client, city: World) -> None:
    """Asked once; then signed out here and everywhere, and the case is still opened by code and secret."""
    sign_in(client)
    case = filed(client, phone=PHONE)
    code, secret = client.session["filed"]
    elsewhere = Client()
    clock.advance(timedelta(minutes=2))
    sign_in(elsewhere)
    page = client.get("/mine/data/delete").content.decode()
    assert "您还有诉求在办" in page and "会留下" in page and "连我写的话一起抹掉" in page
    assert client.post("/mine/data/delete")["Location"] == "/mine"
    assert "账号删除了" in client.get("/mine").content.decode()
    assert "登录，看全部诉求" in elsewhere.get("/mine").content.decode()
    assert elsewhere.get("/mine/data")["Location"].startswith("/account/signin")
    stranger = Client()
    assert stranger.post("/find", {"code": code, "secret": secret})["Location"] == f"/cases/{case.code}"
    assert "路灯全都不亮" in stranger.get(f"/cases/{case.code}").content.decode()
    assert not Account.objects.filter(erased_at=None).exists()
    city.holds()


def test_deleting_the_words_as_well(client: Client, city: World) -> None:
    sign_in(client)
    case = filed(client, phone=PHONE)
    code, secret = client.session["filed"]
    assert client.post("/mine/data/delete", {"words": "1"})["Location"] == "/mine"
    stranger = Client()
    stranger.post("/find", {"code": code, "secret": secret})
    page = stranger.get(f"/cases/{case.code}").content.decode()
    assert "路灯全都不亮" not in page and "（已抹除）" in page
    city.holds()
