"""The Jinja2 environment of every page: words, times, icons, addresses, and the components as `ms.…`.

Named in settings as the `environment` option of Django's Jinja2 backend, which adds `request`, `csrf_input` and `csrf_token` to what a
view passes. Components are a global rather than an import at the top of a page, so that a block rendered alone (jinja2-fragments) has them.
An undefined name is an error: a page never hides that a view forgot something.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup

from minsheng.web import formats, words

FILTERS = (
    formats.hm,
    formats.day,
    formats.stamp,
    formats.due_stamp,
    formats.due_short,
    formats.short,
    formats.day_only,
    formats.today,
    formats.recent,
    formats.span,
    formats.left,
    formats.figure,
    formats.badge,
)


def environment(**options: Any) -> Environment:
    """The environment, as Django's backend asks for it."""
    options["undefined"] = StrictUndefined
    env = Environment(**options, trim_blocks=True, lstrip_blocks=True)
    env.filters.update({function.__name__: function for function in FILTERS})
    env.globals.update(
        _=said,
        static=asset,
        url=url,
        icon=icon,
        ms=Components(env),
        TAGS=words.TAGS,
        CARDS=words.CARDS,
        clock_level=formats.level,
        clock_words=formats.clock_words,
        clock_share=formats.share,
        percent=formats.percent,
    )
    return env


def said(message: str, **values: object) -> Markup:
    """The words in the reader's language. The message may hold tags; values put into it are escaped."""
    words_now = Markup(gettext(message))
    return words_now % values if values else words_now


def url(name: str, *args: object) -> str:
    """The address of a named page: `url('case', code)`."""
    return _address(settings.ROOT_URLCONF, name, args)


@lru_cache(maxsize=10_000)
def _address(urlconf: str, name: str, args: tuple[object, ...]) -> str:
    """Kept, because finding an address costs as much as drawing a row, and the newest cases stand on every page."""
    return reverse(name, urlconf, args=args)


@lru_cache(maxsize=1_000)
def asset(path: str) -> str:
    """The address of one of our own files: it never changes while the program runs."""
    return static(path)


@lru_cache(maxsize=1_000)
def icon(name: str) -> Markup:
    """One picture of the sprite, for the eye only: the words beside it say what it means."""
    return Markup('<svg class="ms-i" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(asset("icons.svg"), name)


class Components:
    """The macros of templates/components/, by name: `ms.tag(case.state)`."""

    FILES = ("marks", "forms", "lists", "case")

    def __init__(self, env: Environment) -> None:
        self._env = env

    def __getattr__(self, name: str) -> Macro:
        for file in self.FILES:
            macro = getattr(self._env.get_template(f"components/{file}.html").module, name, None)
            if isinstance(macro, Macro):
                if not self._env.auto_reload:
                    setattr(self, name, macro)  # found once: from now on a plain attribute
                return macro
        raise AttributeError(f"no component is called {name}: see templates/components/")
