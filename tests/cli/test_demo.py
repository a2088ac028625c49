"""`minsheng demo`: a city that lives, in every state, with a journal that adds up; made once."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Count

from minsheng import clock
from minsheng.cli.demo import demo
from minsheng.cli.story import story
from minsheng.commands import checkpoints
from minsheng.domain.states import State
from minsheng.models.campaign import Campaign, Spot
from minsheng.models.case import Attachment, Case, Party
from minsheng.models.content import Article
from minsheng.models.deadline import Pulse
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.models.read import HallRow, Notice
from minsheng.queries import directory as directories
from minsheng.queries import knowledge, rules
from minsheng.sealing import keyring
from tests.cli.conftest import Cli


@pytest.fixture
def _a_friday() -> Iterator[None]:
    """An ordinary working day: what the demo shows does not hang on the day on which the tests run."""
    with clock.moved(datetime.fromisoformat("2026-11-20T15:00+08:00")):
        yield


@pytest.mark.usefixtures("_a_friday")
@pytest.mark.parametrize("city", ["baiyin", "fuyang", "linyi", "maanshan", "yunchuan"])
def test_a_city_to_look_around_in(cli: Cli, city: str, tmp_path: Path) -> None:
    """Sixty cases in all states, measures, a campaign, photos, accounts that open, and nothing left to be told by SMS."""
    done = cli(demo, "--if-empty", city=city)
    assert done.exit_code == 0, done.output
    assert "演示诉求" in done.stdout
    states = dict(Case.objects.values_list("state").annotate(n=Count("id")))
    assert sum(states.values()) >= 60
    assert set(states) == set(State) - ({State.DISPATCHED} if "claim" in rules.today().profile.disabled else set())
    assert Case.objects.filter(round=2).exists() and Case.objects.filter(visibility="secret").exists()
    assert {"reminder", "supervision", "instruction"} <= set(Measure.objects.values_list("kind", flat=True))
    assert Campaign.objects.count() == 1 and 0 < Spot.objects.filter(done_at=None).count() < Spot.objects.count()
    assert {1, 2, 3, 4, 5} & set(Case.objects.values_list("facts__rating", flat=True)) >= {2, 3, 4, 5}
    assert HallRow.objects.count() > 30
    assert Attachment.objects.exclude(case=None).count() == Attachment.objects.count() > 10
    assert Notice.objects.exists() and not Notice.objects.filter(channel="sms", sent_at=None, problem="").exists()
    _knowledge()
    assert Pulse.objects.get(name="sweep").at >= Case.objects.latest("received_at").received_at
    checkpoints.verify(rebuild=1000)
    _accounts(tmp_path / "var" / city / "accounts.txt")


def _knowledge() -> None:
    """Articles with owners, some of which end; one that waits for its review; words that were not found. Nothing that a city lacks is named."""
    owners = set(Article.objects.filter(owner__isnull=False).values_list("owner", flat=True))
    assert owners and owners <= set(directories.current().units)
    soon = knowledge.waiting(reader=knowledge.Reader(units=(), everything=True))
    assert (soon.ending, soon.over, soon.review) == (1, 0, 1) and soon.missing >= 3


@pytest.mark.parametrize("now", ["2026-02-19T00:05+08:00", "2027-01-01T23:55+08:00"])
def test_on_any_day(cli: Cli, now: str) -> None:
    """In the middle of the Spring Festival, and on the first day of a year whose calendar is not published."""
    with clock.moved(datetime.fromisoformat(now)):
        done = cli(demo, city="baiyin")
        assert done.exit_code == 0, done.output
        checkpoints.verify(rebuild=1000)
        assert Case.objects.latest("received_at").received_at <= clock.now()


def _accounts(path: Path) -> None:
    """Readable by its owner alone; the password opens every account that it names."""
    assert path.stat().st_mode & 0o777 == 0o600
    lines = path.read_text(encoding="utf-8").splitlines()
    password = lines[0].rpartition(" ")[2]
    named = [line.split()[0] for line in lines[2:] if line and line[0].isascii()]
    assert {"desk1", "dispatch1", "supervisor1", "leader1"} <= set(named)
    assert all(check_password(password, hashed) for hashed in User.objects.filter(username__in=named).values_list("password", flat=True).distinct())
    assert User.objects.filter(username__in=named).count() == len(named)


def test_made_once(cli: Cli) -> None:
    """A city that is loaded is left alone; a second demo is refused; numbers are plainly invented; stories can be told."""
    assert cli(demo, city="qufu").exit_code == 0
    cases, passwords = Case.objects.count(), set(User.objects.values_list("password", flat=True))
    quiet = cli(demo, "--if-empty", city="qufu")
    assert (quiet.exit_code, quiet.output) == (0, "")
    refused = cli(demo, city="qufu")
    assert refused.exit_code == 1 and "空的城市" in refused.stderr
    assert (Case.objects.count(), set(User.objects.values_list("password", flat=True))) == (cases, passwords)
    phones = [keyring().open(p.phone, context=f"party:{p.case_id}:phone".encode()) for p in Party.objects.exclude(phone=None)]
    assert phones and all(phone.startswith("138000") for phone in phones)
    _told(cli)


def _told(cli: Cli) -> None:
    listed = cli(story, city="qufu").stdout
    assert "两家推诿，裁定" in listed and "挂账，一点一方案" in listed
    for code in Case.objects.values_list("code", flat=True):
        for lang in ("zh", "en"):
            told = cli(story, code, "--lang", lang, city="qufu")
            assert told.exit_code == 0, told.output
            assert told.stdout.startswith(code) and "{" not in told.stdout
    assert directories.current().city == "qufu"
