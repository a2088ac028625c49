"""What a city can say: the schema of a profile (城市规则). Strict and frozen; a misspelt key is an error.

Every list of rules is read from the top, the first whose `when` fits wins, the last has no `when`. `because` says why in the
city's own words; `assumed` marks a value on which the published account is silent and we chose what the other cities do.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from minsheng.domain.calendar import Calendar, Period, parse_hours
from minsheng.domain.deadlines import CLOCKS, Duration, offset
from minsheng.domain.moves import MOVES
from minsheng.domain.scoring import FULL, INDICATORS
from minsheng.domain.states import OPENED_BY_RULE, Channel, Kind, MeasureKind, Origin, Outcome, Urgency

SCHEMA_VERSION = 1


class Strict(BaseModel):
    """No unknown keys, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _duration(text: str) -> str:
    Duration.parse(text)
    return text


def _duration_or_none(text: str) -> str:
    return text if text == "none" else _duration(text)


def _offset(text: str) -> str:
    some = datetime(2026, 1, 1, tzinfo=UTC)
    offset(text, start=some, due=some + timedelta(days=1), calendar=Calendar(published=frozenset()))
    return text


_DURATIONS = "30 minutes, 72 hours, 7 days, 1 week, 5 working days, 4 duty hours, same day"
DurationText = Annotated[str, AfterValidator(_duration), Field(description=_DURATIONS)]
DurationOrNone = Annotated[str, AfterValidator(_duration_or_none), Field(description=f"{_DURATIONS}, or none: this clock does not run")]
OffsetText = Annotated[str, AfterValidator(_offset), Field(description="a moment of a clock: 80%, -4 hours, +0, +24 hours, +1 working day")]


def _wrong(message: str, *at: str | int) -> PydanticCustomError:
    """A mistake that only shows when several keys are seen together; `at`: where in the file it stands."""
    return PydanticCustomError("profile", "{message}", {"message": message, "at": at})


class When(Strict):
    """条件: the closed list of facts a rule may look at. Several keys must all hold; a list means any of them."""

    urgency: tuple[Urgency, ...] | None = None
    kind: tuple[Kind, ...] | None = None
    category: tuple[str, ...] | None = Field(None, description="codes; a shorter code means its whole branch")
    channel: tuple[Channel, ...] | None = None
    origin: tuple[Origin, ...] | None = None
    requester: tuple[Literal["citizen", "enterprise", "anonymous"], ...] | None = None
    outcome: tuple[Outcome, ...] | None = None
    level: tuple[Literal["city", "county", "street", "community"], ...] | None = Field(None, description="level of the unit that holds the case")
    sensitive: bool | None = None
    risk: bool | None = Field(None, description="the category is a risk matter type")
    simple: bool | None = Field(None, description="the desk says that it is quickly settled")
    sure: bool | None = Field(None, description="the classifier is sure of category and unit")
    place_known: bool | None = Field(None, description="the place is one of the directory, such as a scanned code")
    satisfied: bool | None = Field(None, description="what the person said when called back or rating")
    solved: bool | None = Field(None, description="what the person said when called back")
    rated_bad: bool | None = Field(None, description="one of the two lowest levels")
    round_min: int | None = Field(None, description="the round that runs is this or a later one")
    send_backs_min: int | None = Field(None, description="sent back at least so often")
    quality_failures_min: int | None = Field(None, description="answers that came back at least so often")

    @cached_property
    def tests(self) -> tuple[tuple[str, Any], ...]:
        """The conditions that are set."""
        return tuple((name, value) for name in type(self).model_fields if (value := getattr(self, name)) is not None)

    @field_validator("urgency", "kind", "category", "channel", "origin", "requester", "outcome", "level", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Rule(Strict):
    """One line of a list of rules."""

    when: When = When()
    because: str = Field(min_length=2, description="why, in words; shown to clerks and citizens")
    assumed: bool = Field(False, description="the account is silent; our choice")


class IntakeRule(Rule):
    """收件: may this be filed, and how."""

    accepted: bool = Field(True, description="may be filed at all")
    anonymous: bool = Field(False, description="may be filed without a name and a number")


class RegistrationRule(Rule):
    """受理: who looks at it first."""

    mode: Literal["automatic", "desk"] = Field(description="by the system at once, or by a person at the desk")
    receiver: str = Field(description="who receives first, in Chinese, for explain and for citizens")


class DispatchRule(Rule):
    """派单: who decides, and to whom."""

    mode: Literal["automatic", "desk"] = Field(description="by the system where it is sure, or by a dispatcher")
    to: Literal["responsible", "community"] = Field("responsible", description="by category and place, or to the community of the place")


class DeadlineRule(Rule):
    """时限: within which time, from which event, with warnings at which moments."""

    within: DurationOrNone
    starts: Literal["receive", "dispatch"] = Field("receive", description="the event with which a clock of the case starts")
    warn: tuple[OffsetText, ...] = Field((), description="moments of a clock: 80%, -4 hours, -1 day")


class LadderStep(Rule):
    """监督阶梯: at this point this measure, to this receiver.

    at: offset from the due time ("80%", "-4 hours", "+0", "+24 hours", "+1 working day"); count: for ladders over counted facts.
    to: lead, centre, next_level, post:N (the N-th responsibility post of the place) or @function (a department).
    """

    at: OffsetText | None = None
    count: int | None = Field(None, ge=1)
    measure: MeasureKind = Field(description="reminder, supervision and yellow_card are opened by rule; the others are proposed, and a named person opens them")
    to: str = Field(pattern=r"^(lead|centre|next_level|post:[1-9]|@[a-z_]+)$")
    level: str = Field(description="name of the step in Chinese")
    points: int = Field(0, description="points that a card takes")
    answer_within: DurationText | None = None

    @model_validator(mode="after")
    def _one_trigger(self) -> "LadderStep":
        if (self.at is None) == (self.count is None):
            raise ValueError("a ladder step has either `at` or `count`")
        return self

    @property
    def proposed_only(self) -> bool:
        """Stricter measures are only proposed by rule; a named person opens them."""
        return self.measure not in OPENED_BY_RULE


def _ascends(kind: str, steps: tuple[LadderStep, ...], number: int) -> None:
    """A ladder climbs: among the steps of one `when`, each stands above the one before it, and nothing is said twice."""
    step = steps[number]
    before = [one for one in steps[:number] if one.when == step.when]
    if not before:
        return
    last = before[-1]
    if step.count is not None and last.count is not None and step.count <= last.count:
        raise _wrong(
            f"the ladder does not climb: count {step.count} after count {last.count}; write the steps from few to many, each once", "ladder", kind, number
        )
    if step.at is not None and last.at is not None:
        if _moment(step.at) < _moment(last.at):
            raise _wrong(f"the ladder does not climb: {step.at} after {last.at}; write the steps from early to late", "ladder", kind, number)
        if any((one.at, one.measure, one.to) == (step.at, step.measure, step.to) for one in before):
            raise _wrong(f"the ladder says twice what happens at {step.at}: the same measure to the same receiver", "ladder", kind, number)


def _moment(text: str) -> datetime:
    """When an offset falls in an ordinary week, to compare it with another: a clock of ten days that ends on a Monday."""
    due = datetime(2026, 1, 5, 16, tzinfo=UTC)
    return offset(text, start=due - timedelta(days=10), due=due, calendar=Calendar(published=frozenset()))


class ApprovalRule(Rule):
    """审批: who must consent. `none`: nobody."""

    approver: Literal["none", "centre", "next_level", "supervisor"] = Field(description="next_level: the unit above the one that asks")


class PublicityRule(Rule):
    """公开: who may see it, and who releases the masked text."""

    visibility: Literal["public", "private", "secret"] = Field(description="secret: only those who work on it; never the accused")
    release: Literal["rule", "person"] = Field("person", description="the masked text is released at once, or when a person has read it")
    comments: bool = Field(False, description="everybody may comment")


class CallbackRule(Rule):
    """回访: which share is called, by whom, and what a bad result brings."""

    share: float = Field(ge=0, le=1, description="which part of the answers is called back")
    by: Literal["centre", "county", "message"] = Field("centre", description="who calls")
    on_bad: Literal["reopen", "ask"] = Field("ask", description="not solved or not satisfied: a new round at once, or a person decides")
    on_good: Literal["close", "wait"] = Field("close", description="satisfied: closed at once, or later")
    everyone: bool = Field(False, description="where several people are concerned each is asked, and it closes early only once all have spoken")
    link_within: DurationText = Field("15 days", description="how long the link opens with which people judge without signing in")


class QualityRule(Rule):
    """质检: which share of answers is checked, and whether the phrase rules may return one by themselves."""

    share: float = Field(ge=0, le=1, description="which part of the answers is checked")
    phrases: Literal["return", "mark"] = Field("mark", description="an answer of mere phrases comes back by itself, or is marked for the checker")


class RatingRule(Rule):
    """评价: which reasons people may tick beside their level."""

    reasons: tuple[str, ...] = Field(max_length=8, description="short sentences, in the person's words")


class ReopeningRule(Rule):
    """重办: how long and how often."""

    within: DurationText
    rounds: int = Field(ge=1, description="how many rounds a case may have in all")


class ExtensionRule(Rule):
    """延期: how often and how long."""

    times: int = Field(ge=0, description="how often in the life of a case")
    longest: DurationText


class ParkingRule(Rule):
    """挂账: how far away the review may lie."""

    review_within: DurationText


class SendBackRule(Rule):
    """退单: how many refusals start a ruling, and how long an interim owner may be named for."""

    allowed: bool = Field(True, description="whether units may send back at all")
    ruling_after: int = Field(2, ge=1, description="after so many refusals a ruling is due")
    interim_within: DurationText = "90 days"


class EscalationRule(Rule):
    """上交: to whom."""

    to: str = Field("parent", pattern=r"^(parent|centre|@[a-z_]+)$")


class UrgingRule(Rule):
    """催办: how often a citizen may urge."""

    every: DurationText


class CalendarRules(Strict):
    """工作日历."""

    duty: tuple[str, ...] = ("08:30-12:00", "14:00-17:30")

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Opening hours of a working day."""
        return parse_hours(",".join(self.duty))

    @field_validator("duty")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parse_hours(",".join(value))
        return value


class RankingRules(Strict):
    """晒榜: how the public table of units is made."""

    published_on: int = Field(5, ge=1, le=28, description="day of the month on which the month before is published")
    minimum: int = Field(10, ge=1, description="who was judged or had to answer fewer times is listed without a rank")
    units: int = Field(5, ge=1, description="how many of the best and of the last units of the city are shown first")
    areas: int = Field(3, ge=1, description="how many of the best and of the last counties are shown first")


class ScoringRules(Strict):
    """考核评分: what a unit's score is made of."""

    weights: dict[str, int] = Field(description="indicator → weight; together 100. One without a denominator shares its weight among the others")
    minimum: int = Field(10, ge=1, description="who was counted fewer times is marked, not ranked")
    periods: tuple[Literal["week", "month", "quarter"], ...] = Field(("week", "month", "quarter"), min_length=1, description="what is scored")

    @field_validator("weights")
    @classmethod
    def _add_up(cls, value: dict[str, int]) -> dict[str, int]:
        for key, weight in value.items():
            if key not in INDICATORS:
                raise _wrong(f"“{key}” is no indicator; known: {', '.join(INDICATORS)}", "scoring", "weights", key)
            if weight < 1:
                raise _wrong(f"the weight of {key} is {weight}; leave out what shall not count", "scoring", "weights", key)
        if sum(value.values()) != FULL:
            raise _wrong(f"the weights add up to {sum(value.values())}, not to {FULL}", "scoring", "weights")
        return value


#: Facts a ladder may count besides the clocks.
COUNTED = frozenset({"quality_failures", "send_backs", "rounds", "bad_ratings"})


class Profile(Strict):
    """城市规则: everything in which cities differ."""

    schema_version: Literal[1] = 1
    code: str = Field(pattern=r"^[a-z]+$")
    version: str = Field(pattern=r"^\d{4}-\d+$", description="a published version never changes")
    city: str
    name: str = Field(description="what the city calls its platform")
    code_prefix: str = Field(pattern=r"^[A-Z]{2}$", description="case codes begin with it")
    hotline: str = Field("12345", description="the number that citizens call")
    centre_name: str = Field(description="what citizens and clerks call the desk that receives and dispatches")
    sources: tuple[str, ...] = Field((), description="the accounts that the rules are drawn from")
    calendar: CalendarRules = Field(CalendarRules(), description="opening hours of a working day, several periods")
    disabled_moves: tuple[str, ...] = Field((), description="rows of the table of moves that this city does not use")
    county_label: str = Field("县（市、区）", description="what the level below the city is called")
    browser_voice: bool = Field(False, description="speech may be turned into text by the browser's own recogniser, which may send it abroad")
    ranking: RankingRules = Field(RankingRules(), description="the public table of units")
    scoring: ScoringRules = Field(description="what a unit's score is made of")
    suggestion_within: DurationText = Field("10 working days", description="how long a unit has to answer a suggestion of a deputy or an observer")
    liaison_least: int = Field(3, ge=1, description="with how many citizens each leader keeps in touch at least")
    intake: tuple[IntakeRule, ...] = Field(min_length=1)
    registration: tuple[RegistrationRule, ...] = Field(min_length=1)
    dispatch: tuple[DispatchRule, ...] = Field(min_length=1)
    deadlines: dict[str, tuple[DeadlineRule, ...]]
    ladder: dict[str, tuple[LadderStep, ...]]
    approvals: dict[str, tuple[ApprovalRule, ...]]
    publicity: tuple[PublicityRule, ...] = Field(min_length=1)
    callback: tuple[CallbackRule, ...] = Field(min_length=1)
    quality: tuple[QualityRule, ...] = Field(min_length=1)
    rating: tuple[RatingRule, ...] = Field(min_length=1)
    reopening: tuple[ReopeningRule, ...] = Field(min_length=1)
    extension: tuple[ExtensionRule, ...] = Field(min_length=1)
    parking: tuple[ParkingRule, ...] = Field(min_length=1)
    send_back: tuple[SendBackRule, ...] = Field(min_length=1)
    escalation: tuple[EscalationRule, ...] = Field(min_length=1)
    urging: tuple[UrgingRule, ...] = Field(min_length=1)

    @cached_property
    def disabled(self) -> frozenset[str]:
        """Rows of the table of moves that this city does not use."""
        return frozenset(self.disabled_moves)

    @field_validator("disabled_moves")
    @classmethod
    def _known_moves(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for action in value:
            if action not in MOVES:
                raise ValueError(f"“{action}” is no move; known: {', '.join(MOVES)}")
        return value

    @field_validator("deadlines")
    @classmethod
    def _known_clocks(cls, value: dict[str, tuple[DeadlineRule, ...]]) -> dict[str, tuple[DeadlineRule, ...]]:
        for kind in value:
            if kind not in CLOCKS:
                raise _wrong(f"“{kind}” is no clock; known: {', '.join(CLOCKS)}", "deadlines", kind)
        return value

    @field_validator("ladder")
    @classmethod
    def _known_ladders(cls, value: dict[str, tuple[LadderStep, ...]]) -> dict[str, tuple[LadderStep, ...]]:
        for kind, steps in value.items():
            if kind not in CLOCKS and kind not in COUNTED:
                raise _wrong(f"“{kind}” is neither a clock nor a counted fact ({', '.join(sorted(COUNTED))})", "ladder", kind)
            for number, step in enumerate(steps):
                if (step.count is None) == (kind in COUNTED):
                    raise _wrong("steps of a clock say `at`, steps of a counted fact say `count`", "ladder", kind, number)
                _ascends(kind, steps, number)
        return value

    @field_validator("approvals")
    @classmethod
    def _known_approvals(cls, value: dict[str, tuple[ApprovalRule, ...]]) -> dict[str, tuple[ApprovalRule, ...]]:
        for action in value:
            if action not in MOVES:
                raise _wrong(f"“{action}” is no move; known: {', '.join(MOVES)}", "approvals", action)
        return value

    @model_validator(mode="after")
    def _last_rule_is_open(self) -> "Profile":
        for path, rules in self.lists():
            if rules and path.split(".")[0] != "ladder" and rules[-1].when.tests:
                raise _wrong("the last rule must have no `when`, so that every case finds an answer", *path.split("."), len(rules) - 1)
        return self

    def lists(self) -> list[tuple[str, tuple[Rule, ...]]]:
        """Every list of rules with its path in the file."""
        found: list[tuple[str, tuple[Rule, ...]]] = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, dict):
                found += [(f"{name}.{key}", rules) for key, rules in value.items()]
            elif isinstance(value, tuple) and value and isinstance(value[0], Rule):
                found.append((name, value))
        return found
