"""The profile versions of this city, resolved and kept. A version never changes, so it is kept for ever."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from minsheng.models.rules import RulesVersion
from minsheng.policy.load import Days, Rules, load_days
from minsheng.policy.schema import Profile
from minsheng.queries import directory


def profile_files() -> dict[str, str]:
    """The TOML texts under profiles/, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(settings.MINSHENG_HOME, "profiles").glob("*.toml"))}


@lru_cache(maxsize=1)
def days() -> Days:
    """The kept calendar of this installation."""
    return load_days(Path(settings.MINSHENG_HOME, "profiles", "calendar.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def pinned(version: str) -> Rules:
    """The rules that a case was registered under."""
    row = RulesVersion.objects.get(hash=version)
    return Rules(Profile.model_validate(row.body), version, days())


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
    pinned.cache_clear()
    days.cache_clear()
