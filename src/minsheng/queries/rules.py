"""The profile versions of this city, resolved and kept. A version never changes, so it is kept for ever."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from minsheng.models.places import CalendarDay
from minsheng.models.rules import RulesVersion
from minsheng.policy.load import Days, Rules, load_days
from minsheng.policy.schema import Profile
from minsheng.queries import directory


def profile_files() -> dict[str, str]:
    """The TOML texts under profiles/, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(settings.MINSHENG_HOME, "profiles").glob("*.toml"))}


@lru_cache(maxsize=1)
def days() -> Days:
    """The calendar of this installation as its file says."""
    return load_days(Path(settings.MINSHENG_HOME, "profiles", "calendar.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def days_now(version: int) -> Days:
    """… with the days that administrators have set, as of this version of the directory."""
    return with_days(days(), {row.day: (row.works, row.because) for row in CalendarDay.objects.all()})


def with_days(known: Days, more: Mapping[date, tuple[bool, str]]) -> Days:
    """These days, too; they win over what was known."""
    return Days(known.published, {**known.overrides, **more})


@lru_cache(maxsize=64)
def _profile(version: str) -> Profile:
    return Profile.model_validate(RulesVersion.objects.get(hash=version).body)


@lru_cache(maxsize=64)
def _pinned(version: str, directory_version: int) -> Rules:
    return Rules(_profile(version), version, days_now(directory_version))


def pinned(version: str) -> Rules:
    """The rules that a case was registered under, with today's calendar."""
    return _pinned(version, directory.version())


def today() -> Rules:
    """The rules in force for new cases."""
    return pinned(directory.city().rules)


def on(moment: datetime) -> Rules:
    """The rules that were in force at a moment; before the first version, today's."""
    city = directory.city()
    row = RulesVersion.objects.filter(code=city.code, published_at__lte=moment).order_by("-published_at").values_list("hash", flat=True).first()
    return pinned(row or city.rules)


def forget() -> None:
    """Drop what is kept (tests, a new calendar)."""
    _pinned.cache_clear()
    _profile.cache_clear()
    days_now.cache_clear()
    days.cache_clear()
