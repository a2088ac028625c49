"""Logs hold no personal data, whoever wrote the line."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from minsheng.conf import logs

Line = Callable[[], dict[str, str]]


@pytest.fixture
def line() -> Iterator[Line]:
    """The last line that was written."""
    root = logging.getLogger()
    before = root.handlers[:]
    logs.configure(level="INFO")
    written = io.StringIO()
    (ours,) = [handler for handler in root.handlers if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)]
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(written)
    yield lambda: json.loads(written.getvalue().splitlines()[-1])
    root.handlers[:] = before


def test_forbidden_names_are_dropped(line: Line) -> None:
    structlog.get_logger("t").info("opened", case="A1", phone="13800000001", text="路灯坏了")
    said = line()
    assert said["case"] == "A1"
    assert "phone" not in said
    assert "text" not in said


def test_numbers_are_blackened_in_any_line(line: Line) -> None:
    logging.getLogger("library").warning("call %s, 34050019900101001X, case 2026112200000001", "13800000001")
    assert line()["event"] == "call █, █, case 2026112200000001"


def test_a_number_with_its_country_is_blackened_too(line: Line) -> None:
    """As providers write it."""
    logging.getLogger("library").warning("to %s", "+8613800000001")
    assert line()["event"] == "to +█"


def test_libraries_that_write_down_what_they_send_are_quiet(line: Line) -> None:
    """Also where somebody looks for a mistake at DEBUG."""
    logs.configure(level="DEBUG")
    assert not any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in ("urllib3.connectionpool", "tencentcloud_sdk_common"))
    logs.configure(level="INFO")


def test_also_in_an_exception(line: Line) -> None:
    try:
        raise ValueError("Key (phone)=(13800000001) already exists")
    except ValueError:
        logging.getLogger("library").exception("failed")
    said = line()
    assert "ValueError" in said["exception"]
    assert "13800000001" not in said["exception"]
