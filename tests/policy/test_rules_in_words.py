"""规则的话: every list of every city is said, in both languages; two versions differ in what they say."""

import pytest

from minsheng.policy.rules_in_words import differences, sections
from tests.policy.golden_tables import CITIES, city_files, city_rules


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("city", CITIES)
def test_every_rule_is_said(city: str, lang: str) -> None:
    profile = city_rules(city).profile
    found = sections(profile, lang, directory=city_files(city))
    assert [section.path for section in found] == [path for path, rules in profile.lists() if rules]
    for section, (_, rules) in zip(found, [one for one in profile.lists() if one[1]], strict=True):
        assert section.title and len(section.lines) == len(rules)
        assert all(line.when and line.because for line in section.lines)


def test_the_words_of_one_rule() -> None:
    """紧急的路灯 says its facts by name."""
    profile = city_rules("yunchuan").profile
    said = "\n".join(f"{line.when} {' '.join(line.says)}" for section in sections(profile, "zh") for line in section.lines)
    assert "紧急程度是" in said and "多久以内：" in said and "其他情况" in said
    assert "None" not in said and "working day" not in said


def test_in_what_two_versions_differ() -> None:
    old = city_rules("yunchuan").profile.model_dump(mode="json")
    new = {**old, "hotline": "12346", "urging": [{**old["urging"][0], "every": "3 days"}]}
    assert set(differences(old, new)) == {("hotline", "12345", "12346"), ("urging[1].every", old["urging"][0]["every"], "3 days")}
    assert differences(old, old) == []
