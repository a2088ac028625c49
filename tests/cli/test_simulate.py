"""`minsheng simulate`: loads the city where there is none, says what it made, and is refused in words."""

from minsheng.cli.simulate import simulate
from minsheng.models.case import Case
from minsheng.queries.installation import simulated
from tests.cli.conftest import Cli


def test_a_simulated_city(cli: Cli) -> None:
    done = cli(simulate, "--days", 2, "--per-day", 8, "--until", "2026-10-20", "--lang", "en", city="yunchuan")
    assert done.exit_code == 0, done.output
    assert f"2 days simulated: {Case.objects.count()} cases" in done.stdout and simulated()
    assert "2026-10-20" in done.stderr
    again = cli(simulate, "--days", 1, "--lang", "en", city="yunchuan")
    assert again.exit_code == 1 and "a simulation only goes into an empty database" in again.stderr


def test_the_days_must_be_over(cli: Cli) -> None:
    done = cli(simulate, "--days", 1, "--until", "2099-01-01", "--lang", "zh", city="yunchuan")
    assert done.exit_code == 2 and "过去" in done.stderr and not simulated()
