"""谁来办: who answers for a category at a place, by 谁主管谁负责 (category) and 属地管理 (place).

The order is fixed and told in every answer: the most specific rule in force, else the nearest department in charge, else the
area around the place, else the fallback unit (兜底). A unit that does not exist on the day is never named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minsheng.policy.directory import Directory, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """责任单位: the lead unit, those that co-handle, and why. `sure` is False when only the fallback was left."""

    lead: str
    co: tuple[str, ...]
    basis: str
    sure: bool


def responsible(directory: Directory, *, category: str | None, place: str | None, on: date) -> Answer:
    """定责: name the lead and co-handling units for a category at a place on a day.

    Unknown codes raise KeyError: doors check codes before they ask.
    """
    department = None if category is None else directory.categories[category].department
    areas = tuple(code for code in _areas(directory, place) if directory.units[code].valid(on))
    found = _by_rule(directory, category=category, place=place, areas=areas, on=on)
    if found is not None:
        return found
    if category is not None and department is not None:
        # Without a place the matter can only go to the department of the whole city.
        for area in areas or (directory.root,):
            unit = _valid_department(directory, area=area, function=department, on=on)
            if unit is not None:
                subject = directory.categories[category].name
                return Answer(lead=unit, co=(), basis=f"谁主管谁负责：“{subject}”由{directory.units[unit].name}主管", sure=True)
    if areas:
        return Answer(lead=areas[0], co=(), basis=f"属地管理、首接负责：地点在{directory.units[areas[0]].name}辖区", sure=True)
    name = directory.units[directory.fallback].name
    return Answer(lead=directory.fallback, co=(), basis=f"兜底、首接负责：事项和地点都不明确，先由{name}接下", sure=False)


def area_chain(directory: Directory, *, place: str, on: date | None = None) -> tuple[str, ...]:
    """属地链: the area units from the place's own (community) up to the city; with `on`, only those that exist on that day."""
    areas = _areas(directory, place)
    return areas if on is None else tuple(code for code in areas if directory.units[code].valid(on))


def community_of(directory: Directory, *, place: str) -> str | None:
    """社区: the community unit of a place, or None where the place is wider than a community."""
    return next((code for code in _areas(directory, place) if directory.units[code].level == "community"), None)


def parent_for_escalation(directory: Directory, *, unit: str, on: date | None = None) -> str | None:
    """上交: the unit one level up that takes over; None at the top.

    An area goes to the area above it, a department to the area it hangs under; where that area has a centre, the centre takes it.
    A centre acts for its area, so it goes to the area above.
    """
    areas = directory.areas_of(unit)
    acts_for_area = directory.units[unit].kind in ("area", "centre")
    for area in areas[1:] if acts_for_area else areas:
        for code in (*directory.centre_of(area), area):
            if on is None or directory.units[code].valid(on):
                return code
    return None


def _areas(directory: Directory, place: str | None) -> tuple[str, ...]:
    return () if place is None else directory.areas_of(directory.places[place].unit)


def _valid_department(directory: Directory, *, area: str, function: str, on: date) -> str | None:
    return next((code for code in directory.department(area, function) if directory.units[code].valid(on)), None)


def _by_rule(directory: Directory, *, category: str | None, place: str | None, areas: tuple[str, ...], on: date) -> Answer | None:
    """The most specific rule in force whose lead exists at this place."""
    for rule in directory.rules_for(category=category, place=place):
        lead = _unit_of(directory, rule.lead, areas=areas, on=on) if rule.valid(on) else None
        if lead is not None:
            return Answer(lead=lead, co=_co(directory, rule, lead=lead, areas=areas, on=on), basis=f"责任规则：{rule.basis}", sure=True)
    return None


def _co(directory: Directory, rule: Rule, *, lead: str, areas: tuple[str, ...], on: date) -> tuple[str, ...]:
    """Co-handlers that exist at this place on this day, each once and never the lead."""
    units = (_unit_of(directory, text, areas=areas, on=on) for text in rule.co)
    return tuple(dict.fromkeys(unit for unit in units if unit is not None and unit != lead))


def _unit_of(directory: Directory, text: str, *, areas: tuple[str, ...], on: date) -> str | None:
    """Read the notation of a rule; None when nothing of that kind exists here and now."""
    if text.startswith("@area:"):
        level = text.removeprefix("@area:")
        return next((code for code in areas if directory.units[code].level == level), None)
    if text.startswith("@"):
        function = text.removeprefix("@")
        found = (_valid_department(directory, area=area, function=function, on=on) for area in areas or (directory.root,))
        return next((unit for unit in found if unit is not None), None)
    return text if directory.units[text].valid(on) else None
