"""回访: when tries are over, and what the answers bring. One table."""

from itertools import product

import pytest

from minsheng.domain.judged import RESULTS, TRIES, follows, unreached


@pytest.mark.parametrize(
    ("tries", "result", "over"),
    [(0, "no_answer", False), (1, "busy", False), (2, "no_answer", True), (2, "busy", True), (0, "wrong_number", True), (0, "refused", True),
     (0, "later", False), (2, "later", False), (5, "later", False)],
)  # fmt: skip
def test_the_third_try_in_vain_ends_it(tries: int, result: str, over: bool) -> None:
    assert result in RESULTS and TRIES == 3
    assert unreached(tries, result) is over


@pytest.mark.parametrize(
    ("solved", "satisfied", "on_bad", "may_reopen", "expected"),
    [
        (True, True, "reopen", True, "close"),
        (None, True, "reopen", True, "close"),
        (True, None, "reopen", True, "none"),
        (None, None, "reopen", True, "none"),
        (False, True, "reopen", True, "reopen"),
        (True, False, "reopen", True, "reopen"),
        (False, False, "ask", True, "ask"),
        (False, False, "reopen", False, "ask"),
    ],
)
def test_what_follows(solved: bool | None, satisfied: bool | None, on_bad: str, may_reopen: bool, expected: str) -> None:
    assert follows(solved=solved, satisfied=satisfied, on_bad=on_bad, on_good="close", may_reopen=may_reopen, may_close=True) == expected


def test_it_closes_only_where_the_profile_and_the_others_let_it() -> None:
    for on_good, may_close in product(("close", "wait"), (True, False)):
        found = follows(solved=True, satisfied=True, on_bad="ask", on_good=on_good, may_reopen=True, may_close=may_close)
        assert found == ("close" if on_good == "close" and may_close else "none")
