"""The Jinja2 environment of every page: words, times, icons, addresses, and the components as `ms.…`.

Named in settings as the `environment` option of Django's Jinja2 backend, which adds `request`, `csrf_input` and `csrf_token` to what a
view passes. Components are a global rather than an import at the top of a page, so that a block rendered alone (jinja2-fragments) has them.
An undefined name is an error: a page never hides that a view forgot something.
"""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
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
    env = Environment(**options, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update({function.__name__: function for function in FILTERS})
    env.globals.update(
        static=static,
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


def url(name: str, *args: object) -> str:
    """The address of a named page: `url('case', code)`."""
    return reverse(name, args=args)


def icon(name: str) -> Markup:
    """One picture of the sprite, for the eye only: the words beside it say what it means."""
    return Markup('<svg class="ms-i" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(static("icons.svg"), name)


class Components:
    """The macros of templates/components/, by name: `ms.tag(case.state)`."""

    FILES = ("marks", "forms", "lists", "case")

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._found: dict[str, Macro] = {}

    def __getattr__(self, name: str) -> Macro:
        if name not in self._found or self._env.auto_reload:
            for file in self.FILES:
                macro = getattr(self._env.get_template(f"components/{file}.html").module, name, None)
                if isinstance(macro, Macro):
                    self._found[name] = macro
                    break
            else:
                raise AttributeError(f"no component is called {name}: see templates/components/")
        return self._found[name]
