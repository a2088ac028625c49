"""辖区: which cases somebody's desk is about, as a condition for lists. domain.access says where; this says it in SQL."""

from typing import Any

from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.queries import directory as directories


def cases_of(actor: Actor, deed: str) -> tuple[str, dict[str, Any]]:
    """A condition on the case `c` with its parameters: cases of the areas where the actor may do `deed`; never one in which their unit is accused.

    What is secret only the desk of the centre reads. Whoever lists must open a case by `queries.cases`, which asks again.
    """
    tree = directories.current()
    roots = access.areas(actor, deed, tree)
    above = sorted({code for unit in actor.units() for code in tree.ancestors(unit)})
    hidden = "NOT (c.facts->'accused' ?| %(above)s)"
    if not roots:
        return "FALSE", {}
    if tree.root in roots:
        return hidden, {"above": above}
    units = sorted({code for root in roots for code in tree.subtree(root)})
    places = [place.code for place in tree.places.values() if place.kind == "district" and place.unit in units]
    where = f"{hidden} AND c.visibility <> 'secret' AND (c.unit = ANY(%(units)s) OR c.district = ANY(%(places)s))"
    return where, {"above": above, "units": units, "places": places}
