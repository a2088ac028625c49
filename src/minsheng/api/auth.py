"""Who calls: staff by session (with CSRF token) or bearer token, systems by bearer token, everybody else as themselves."""

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from minsheng import clock
from minsheng.api.errors import Unauthorized
from minsheng.commands import sessions, tokens, two_factor
from minsheng.domain.access import HOLDER, Actor
from minsheng.models.people import User
from minsheng.queries import directory as directories


class Bearer(HttpBearer):
    """令牌."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        user = tokens.find(token)
        return actor(user) if user else None


class Session(APIKeyCookie):
    """A browser that has signed in. Changes need the CSRF token (header X-CSRFToken); without our cookie nobody is asked for one."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        if self.param_name not in request.COOKIES:
            return None
        found: Actor | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        user = request.user
        citizen = request.session.get("account") is not None  # signed in at the citizens' door: no staff, also not staff without a post
        if not isinstance(user, User) or citizen or user.must_change or not two_factor.satisfied(request.session):
            return None
        found = actor(user)
        there = sessions.alive(
            key or "", user=user.pk, by=found, address=address(request), agent=request.headers.get("User-Agent", ""), deed=request.method not in ("GET", "HEAD")
        )
        return found if there else None


STAFF = [Bearer(), Session()]
_BEARER = STAFF[0]


def actor(user: User) -> Actor:
    """The person or system behind an account, with today's roles."""
    return directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())


def caller(request: HttpRequest) -> Actor:
    """Who files: the account of the bearer token, else somebody unknown. A token that is sent but not valid is refused, not ignored."""
    if "Authorization" not in request.headers:
        return HOLDER
    found = _BEARER(request)
    if found is None:
        raise Unauthorized("令牌无效或已过期。", "The token is not valid or has expired.")
    assert isinstance(found, Actor)
    return found


def staff(request: HttpRequest) -> Actor:
    """The staff member that the address has let in."""
    found = request.auth  # type: ignore[attr-defined]  # set by django-ninja from STAFF
    assert isinstance(found, Actor)
    return found


def reader(request: HttpRequest) -> Actor | None:
    """Staff where somebody has signed in or sent a token, else None: for what everybody may ask, and staff sees more of."""
    for way in STAFF:
        found = way(request)
        if isinstance(found, Actor):
            return found
    return None


def address(request: HttpRequest) -> str:
    """The caller's address, as the limits of sign-in see it."""
    return get_client_ip_address(request) or ""
