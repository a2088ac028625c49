"""规则版本: every version of this city's rules that was ever published."""

from minsheng.models.rules import RulesVersion
from minsheng.queries import directory


def versions() -> list[RulesVersion]:
    """The latest first."""
    return list(RulesVersion.objects.filter(code=directory.city().code).order_by("-published_at", "-version")[:50])
