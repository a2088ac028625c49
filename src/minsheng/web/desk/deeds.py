"""谁能进来: a page of the desk asks domain.access once, and says kindly whose it is."""

from minsheng.domain import access
from minsheng.domain.access import DEEDS, Actor
from minsheng.domain.errors import NotAllowed
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.queries import directory as directories


def allowed(actor: Actor, deed: str) -> bool:
    """May this person do what is about no single case?"""
    return access.may(actor, deed, directories.current())


def demand(actor: Actor, deed: str) -> None:
    """Only for those who may."""
    if not allowed(actor, deed):
        roles = [role for role in Role if role in DEEDS[deed].roles]
        zh = "、".join(ROLE_ZH[role] for role in roles)
        raise NotAllowed(f"「{DEEDS[deed].zh}」由{zh}来做。", f"This is for: {', '.join(roles)}.")
