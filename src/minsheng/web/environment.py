"""The Jinja2 environment of every page: words, times, icons, addresses, and the components as `ms.…`.

Named in settings as the `environment` option of Django's Jinja2 backend, which adds `request`, `csrf_input` and `csrf_token` to what a
view passes. Components are a global rather than an import at the top of a page, so that a block rendered alone (jinja2-fragments) has them.
An undefined name is an error: a page never hides that a view forgot something.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation.trans_real import translation
from jinja2 import Environment, StrictUndefined, Template
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
    return Pages(**options, trim_blocks=True, lstrip_blocks=True)


class Pages(Environment):
    """The pages in every language: compiled once for each, so that a word costs a look into a dict and not a question to the thread."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._options = options
        self._spoken: dict[str, Environment] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002
        """The page in the language that is active now."""
        return self.speaking(get_language() or settings.LANGUAGE_CODE).get_template(name, parent, globals)

    def speaking(self, language: str) -> Environment:
        """The pages of one language, with all that they may call."""
        if language not in self._spoken:
            self._spoken[language] = _in_language(language, self._options)
        return self._spoken[language]


def _in_language(language: str, options: dict[str, Any]) -> Environment:
    env = Environment(**options)
    env.filters.update({function.__name__: function for function in FILTERS})
    env.filters["recent"] = by_the_minute()
    env.globals.update(
        _=sayer(language),
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


def by_the_minute() -> Callable[[datetime, datetime], str]:
    """`recent`, worked out once a minute for each moment: a list shows the same ones to everybody."""
    kept = lru_cache(maxsize=10_000)(formats.recent)
    return lambda moment, now: kept(moment, now.replace(second=0, microsecond=0))


def sayer(language: str) -> Callable[..., Markup]:
    """`_` of the templates: the words in this language. A message may hold tags; values put into it are escaped."""
    catalogue = translation(language)

    @lru_cache(maxsize=5_000)
    def words_of(message: str) -> Markup:
        return Markup(catalogue.gettext(message))

    def said(message: str, **values: object) -> Markup:
        return words_of(message) % values if values else words_of(message)

    return said


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

    FILES = ("marks", "forms", "lists", "case", "messages")
    #: Drawn once for each argument: they stand on every row, and say the same for the same state or card.
    KEPT = frozenset({"tag", "card"})

    def __init__(self, env: Environment) -> None:
        self._env = env

    def __getattr__(self, name: str) -> Callable[..., str]:
        for file in self.FILES:
            macro = getattr(self._env.get_template(f"components/{file}.html").module, name, None)
            if isinstance(macro, Macro):
                if self._env.auto_reload:
                    return macro
                drawn: Callable[..., str] = lru_cache(macro) if name in self.KEPT else macro
                setattr(self, name, drawn)  # found once: from now on a plain attribute
                return drawn
        raise AttributeError(f"no component is called {name}: see templates/components/")
