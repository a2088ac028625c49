"""读规则: every city's file resolves, and whatever is misspelt is named by file, line and key."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from minsheng.domain.errors import ProfileProblem
from minsheng.policy.load import Days, Rules, line_of, load, load_days, of
from minsheng.policy.schema import Profile

FILES = {path.stem: path.read_text("utf-8") for path in (Path(__file__).resolve().parents[2] / "profiles").glob("*.toml")}
CITIES = ("baiyin", "fuyang", "linyi", "maanshan", "qufu", "yunchuan")
DAYS = load_days(FILES["calendar"])


def rules(city: str, files: dict[str, str] | None = None) -> Rules:
    """The resolved rules of a city: as they are in the repository, or from changed files."""
    return _kept(city) if files is None else load(files, name=city, days=DAYS)


@cache
def _kept(city: str) -> Rules:
    return load(FILES, name=city, days=DAYS)


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The files with one mistake in one of them."""
    assert FILES[file].count(old) >= 1, f"{file}.toml no longer holds {old!r}"
    return {**FILES, file: FILES[file].replace(old, new, 1)}


def problem(files: dict[str, str], city: str = "linyi") -> ProfileProblem:
    with pytest.raises(ProfileProblem) as caught:
        rules(city, files)
    return caught.value


def where(file: str, text: str, *, nth: int = 1) -> int:
    """The line on which `text` stands for the n-th time."""
    found = [number for number, line in enumerate(FILES[file].splitlines(), start=1) if line == text]
    return found[nth - 1]


# --- the six cities ---------------------------------------------------------------------------------------------------------------


def test_there_is_a_file_for_each_city() -> None:
    assert set(FILES) == {*CITIES, "base", "calendar"}


@pytest.mark.parametrize("city", CITIES)
def test_every_profile_loads(city: str) -> None:
    found = rules(city)
    assert found.profile.code == city
    assert found.label == f"{city}@{found.profile.version}#{found.hash[:8]}"
    assert found.profile.sources or city == "yunchuan", "a real city names the account that it is drawn from"
    assert found.calendar.duty == found.profile.calendar.periods


def test_codes_and_prefixes_are_unique() -> None:
    profiles = [rules(city).profile for city in CITIES]
    assert len({p.code_prefix for p in profiles}) == len({p.name for p in profiles}) == len(CITIES)


def test_base_alone_is_no_city() -> None:
    assert problem(FILES, "base").key in {"code", "version", "city", "name", "code_prefix"}


# --- inheriting -------------------------------------------------------------------------------------------------------------------


def test_a_city_overrides_one_clock_and_inherits_the_others() -> None:
    base, city = rules("linyi").profile, rules("maanshan").profile
    assert city.deadlines["answer"] != base.deadlines["answer"]
    assert city.deadlines["callback"] == base.deadlines["callback"]
    assert city.approvals == base.approvals


def test_a_list_is_replaced_whole() -> None:
    assert [step.level for step in rules("qufu").profile.ladder["answer"]] == ["跟踪督办", "全市通报批评", "媒体曝光", "追究单位主要负责人"]


def test_only_one_level_is_inherited() -> None:
    found = problem(changed("base", "schema_version = 1", 'extends = "qufu"\nschema_version = 1'))
    assert (found.file, found.line, found.key) == ("base.toml", 3, "extends")


def test_inheriting_from_nothing_names_the_line() -> None:
    found = problem(changed("linyi", 'extends = "base"', 'extends = "bse"'))
    assert (found.file, found.line, found.key) == ("linyi.toml", 2, "extends")
    assert "bse" in found.zh and "base" in found.zh


def test_a_city_that_is_not_there() -> None:
    assert problem(FILES, "atlantis").file == "atlantis.toml"


# --- mistakes: file, line and key ---------------------------------------------------------------------------------------------------

ANSWER = where("linyi", "[[deadlines.answer]]")
QUALITY = where("linyi", "[[quality]]")
LADDER = where("linyi", "[[ladder.answer]]")
COUNTED = where("linyi", "[[ladder.quality_failures]]")

MISTAKES = [
    # file, what is written, what is written wrongly instead, the line it stands on, the key that is named
    ("linyi", 'code_prefix = "LY"', 'code_prefx = "LY"', where("linyi", 'code_prefix = "LY"'), "code_prefx"),
    ("linyi", 'code_prefix = "LY"', 'code_prefix = "ly"', where("linyi", 'code_prefix = "LY"'), "code_prefix"),
    ("linyi", 'version = "2026-1"', 'version = "2026"', where("linyi", 'version = "2026-1"'), "version"),
    ("linyi", 'disabled_moves = ["claim"]', 'disabled_moves = ["clain"]', where("linyi", 'disabled_moves = ["claim"]'), "disabled_moves"),
    ("linyi", "[[deadlines.answer]]", "[[deadlines.anwser]]", ANSWER, "deadlines.anwser"),
    ("linyi", 'urgency = "urgent"', 'urgnecy = "urgent"', ANSWER + 1, "deadlines.answer.0.when.urgnecy"),
    ("linyi", 'urgency = "urgent"', 'urgency = "very"', ANSWER + 1, "deadlines.answer.0.when.urgency.0"),
    ("linyi", 'within = "3 minutes"', 'within = "3 minuts"', where("linyi", 'within = "3 minutes"'), "deadlines.dispatch.0.within"),
    ("linyi", 'within = "3 minutes"', 'wihtin = "3 minutes"', where("linyi", 'within = "3 minutes"'), "deadlines.dispatch.0.wihtin"),
    ("linyi", 'within = "3 minutes"\n', "", where("linyi", "[[deadlines.dispatch]]"), "deadlines.dispatch.0.within"),
    ("linyi", 'warn = ["60%"]', 'warn = ["60 percent"]', where("linyi", 'warn = ["60%"]'), "deadlines.dispatch.0.warn.0"),
    ("linyi", 'at = "+0"', 'at = "later"', LADDER + 1, "ladder.answer.0.at"),
    ("linyi", 'at = "+0"', 'at = "+0"\ncount = 2', LADDER, "ladder.answer.0"),
    ("linyi", 'at = "+0"\n', "", LADDER, "ladder.answer.0"),
    ("linyi", 'at = "+0"', "count = 1", LADDER, "ladder.answer.0"),
    ("linyi", "count = 1", 'at = "+0"', COUNTED, "ladder.quality_failures.0"),
    ("linyi", "count = 1", "count = 0", COUNTED + 1, "ladder.quality_failures.0.count"),
    ("linyi", "[[ladder.quality_failures]]", "[[ladder.quality_faults]]", COUNTED, "ladder.quality_faults"),
    ("linyi", 'to = "@discipline"', 'to = "discipline"', where("linyi", 'to = "@discipline"'), "ladder.quality_failures.4.to"),
    ("linyi", 'measure = "referral"', 'measure = "prison"', where("linyi", 'measure = "referral"'), "ladder.quality_failures.4.measure"),
    ("linyi", 'answer_within = "1 working day"', 'answer_within = "soon"', where("linyi", 'answer_within = "1 working day"'), "ladder.answer.1.answer_within"),
    ("linyi", "share = 1.0\nphrases", "share = 1.5\nphrases", QUALITY + 1, "quality.0.share"),
    ("linyi", 'phrases = "return"', 'phrases = "burn"', QUALITY + 2, "quality.0.phrases"),
    ("linyi", 'because = "100% 回访"', "", where("linyi", "[[callback]]"), "callback.0.because"),
    ("linyi", 'because = "100% 回访"', "because = true", where("linyi", 'because = "100% 回访"'), "callback.0.because"),
    ("linyi", 'because = "100% 回访"', 'because = "100% 回访"\nwhen = { round_min = 2 }', where("linyi", "[[callback]]"), "callback.0"),
    # mistakes in what is inherited are named where they stand
    ("base", 'within = "30 days"\nrounds', 'within = "30 dayz"\nrounds', where("base", "[[reopening]]") + 1, "reopening.0.within"),
    ("base", 'longest = "10 working days"', 'longest = "ten days"', where("base", 'longest = "10 working days"'), "extension.0.longest"),
    ("base", 'every = "1 day"', 'every = "daily"', where("base", 'every = "1 day"'), "urging.0.every"),
    ("base", 'review_within = "180 days"', "review_within = 180", where("base", 'review_within = "180 days"'), "parking.0.review_within"),
    ("base", "times = 1", 'times = "once"', where("base", "times = 1"), "extension.0.times"),
    ("base", "[[approvals.send_back]]", "[[approvals.sendback]]", where("base", "[[approvals.send_back]]"), "approvals.sendback"),
    ("base", 'approver = "centre"', 'approver = "center"', where("base", 'approver = "centre"'), "approvals.send_back.0.approver"),
    ("base", "anonymous = true", "anonimous = true", where("base", "anonymous = true"), "intake.0.anonimous"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "key"), MISTAKES, ids=[f"{row[0]}: {row[4]}" for row in MISTAKES])
def test_a_mistake_is_named_by_file_line_and_key(file: str, old: str, new: str, line: int, key: str) -> None:
    found = problem(changed(file, old, new))
    assert (found.file, found.line, found.key) == (f"{file}.toml", line, key)
    assert found.zh.startswith(f"{file}.toml:{line} {key}: ")
    assert found.en.startswith(f"{file}.toml:{line} {key}: ")
    assert "Value error" not in found.zh + found.en


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('code = "linyi"', 'code = "linyi', 3),
        ('city = "临沂市"', "city = 临沂市", 5),
        ("[[deadlines.answer]]", "[[deadlines.answer]", ANSWER),
        ('extends = "base"', 'extends = "base"\nextends = "base"', 3),
    ],
)
def test_what_is_no_toml_is_named_by_line(old: str, new: str, line: int) -> None:
    found = problem(changed("linyi", old, new))
    assert (found.file, found.line) == ("linyi.toml", line)
    assert "TOML" in found.zh


def test_a_file_that_breaks_off_is_named_by_its_last_line() -> None:
    files = {**FILES, "linyi": FILES["linyi"] + '\nhotline = "123'}
    assert problem(files).line == files["linyi"].count("\n") + 1


def test_the_first_lines_of_a_missing_top_key_have_no_line_but_a_key() -> None:
    found = problem(changed("linyi", 'city = "临沂市"\n', ""))
    assert (found.file, found.line, found.key) == ("linyi.toml", None, "city")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("code",), 2),
        (("quality", 0, "share"), 5),
        (("quality", 1, "share"), 8),
        (("quality", 1, "when", "kind", 0), 9),
        (("quality", 1, "phrases"), 7),  # not there: the nearest table above it
        (("deadlines", "claim"), 11),
        (("nothing",), None),
    ],
)
def test_line_of(path: tuple[str | int, ...], line: int | None) -> None:
    text = '# a city\ncode = "x"\n\n[[quality]]\nshare = 1.0\n\n[[quality]]\nshare = 0.5\nwhen = { kind = "praise" }\n\n[[deadlines.claim]]\nwithin = "none"\n'
    assert line_of(text, path) == line


# --- versions ---------------------------------------------------------------------------------------------------------------------


def test_the_hash_covers_what_is_inherited() -> None:
    assert rules("linyi", changed("base", "rounds = 3", "rounds = 4")).hash != rules("linyi").hash
    assert rules("linyi", changed("linyi", 'within = "3 minutes"', 'within = "4 minutes"')).hash != rules("linyi").hash


def test_the_hash_does_not_cover_what_means_nothing() -> None:
    assert rules("linyi", changed("linyi", "extends", "# another comment\n\nextends")).hash == rules("linyi").hash
    assert rules("linyi", changed("fuyang", 'within = "same day"', 'within = "1 day"')).hash == rules("linyi").hash


def test_a_base_rule_that_the_city_overrides_does_not_matter() -> None:
    assert rules("linyi", changed("base", 'because = "抽样质检"', 'because = "抽查"')).hash == rules("linyi").hash


@pytest.mark.parametrize("city", CITIES)
def test_a_stored_profile_reads_back_with_the_same_hash(city: str) -> None:
    """Cases pin a row of the database, which holds the resolved profile as JSON."""
    found = rules(city)
    again = of(Profile.model_validate_json(found.profile.model_dump_json()), DAYS)
    assert (again.profile, again.hash) == (found.profile, found.hash)


# --- calendar.toml ------------------------------------------------------------------------------------------------------------------


def test_days() -> None:
    found = load_days('published = [2026, 2027]\n[[override]]\nday = 2027-01-02\nworks = false\nbecause = "市政府通知"\n')
    assert found == Days(frozenset({2026, 2027}), {date(2027, 1, 2): (False, "市政府通知")})


def test_the_kept_calendar_knows_2026_and_not_2027() -> None:
    assert 2026 in DAYS.published
    assert 2027 not in DAYS.published, "when the State Council announces it, this line and the calendar change together"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("published = [2026", 1, ""),
        ("# nothing", None, "published"),
        ('published = [2026]\n[[override]]\nday = 2027-01-02\nbecause = "…"\n', None, "works"),
    ],
)
def test_mistakes_in_the_calendar(text: str, line: int | None, key: str) -> None:
    with pytest.raises(ProfileProblem) as caught:
        load_days(text)
    assert (caught.value.file, caught.value.line, caught.value.key) == ("calendar.toml", line, key)
