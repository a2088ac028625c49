"""What is skipped, and where nothing may be.

Tests marked `browser` need chromium, which an ordinary user may be unable to install: they are skipped and the summary says why.
CI sets MINSHENG_SKIP_NOTHING: there, a skipped test fails the run. Only what is measured with data that may not enter the project
(`FOREIGN` in the reason) is left out where that data does not lie beside it: no installation step could bring it.
"""

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

FOREIGN = "no part of the project"

_skipped: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without chromium there is nothing to drive."""
    if CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="needs chromium, which is not installed (as root: apt-get install chromium fonts-noto-cjk)"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped; an expected failure is reported as skipped too, and is none."""
    if report.skipped and not hasattr(report, "wasxfail") and FOREIGN not in str(report.longrepr):
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, say so with the exit code."""
    if _skipped and os.environ.get("MINSHENG_SKIP_NOTHING") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what failed the run."""
    if _skipped and os.environ.get("MINSHENG_SKIP_NOTHING"):
        terminalreporter.section("skipped where nothing may be skipped (MINSHENG_SKIP_NOTHING)")
        for name in _skipped:
            terminalreporter.write_line(name)
