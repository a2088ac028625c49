"""抽样: the same seed draws the same answers; every unit is drawn from while there is room, the larger more often."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.sampling import draw

ANSWERS = [(f"A{n:03}", "parks") for n in range(60)] + [(f"B{n:03}", "roads") for n in range(30)] + [("C000", "archive")]


def test_by_share_and_nobody_is_left_out() -> None:
    units = Counter(dict(ANSWERS)[code] for code in draw(ANSWERS, size=10, seed="3f"))
    assert units == {"parks": 6, "roads": 3, "archive": 1}


def test_fewer_than_units() -> None:
    assert len({dict(ANSWERS)[code] for code in draw(ANSWERS, size=2, seed="3f")}) == 2


def test_another_seed_draws_others() -> None:
    assert draw(ANSWERS, size=10, seed="3f") != draw(ANSWERS, size=10, seed="40")


POPULATION = st.lists(st.tuples(st.from_regex(r"[A-Z]\d{3}", fullmatch=True), st.sampled_from(["u", "v", "w", "x"])), max_size=60, unique_by=lambda a: a[0])


@given(POPULATION, st.integers(0, 80), st.text(max_size=8), st.randoms())
def test_any_draw(answers: list[tuple[str, str]], size: int, seed: str, random: object) -> None:
    drawn = draw(answers, size=size, seed=seed)
    assert len(drawn) == len(set(drawn)) == min(size, len(answers))
    assert set(drawn) <= {code for code, _ in answers}
    shuffled = list(answers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(shuffled, size=size, seed=seed) == drawn, "the order of the list is no matter"
    if size >= len({unit for _, unit in answers}):
        assert {dict(answers)[code] for code in drawn} == {unit for _, unit in answers}
