"""Parts of the invented pages that views hand over as finished HTML, drawn with the templates of the product."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from jinja2 import Environment, FileSystemLoader

from minsheng.web.environment import environment


@lru_cache(maxsize=1)
def _pages() -> Any:
    return environment(loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "src/minsheng/templates"), autoescape=True)


def _speaking() -> Environment:
    return _pages().speaking(get_language() or "zh-hans")


def components() -> Any:
    """The macros, in the language that is active."""
    return _speaking().globals["ms"]


def page(template: str, context: dict[str, Any]) -> str:
    """A template by itself."""
    return _speaking().get_template(template).render(context)
