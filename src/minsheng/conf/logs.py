"""Logs: one JSON object a line on standard error, without personal data.

Callers log ids and codes, never a citizen's words. Two nets hang below that rule: values under a forbidden name are dropped, and anything
that looks like a mobile or identity number is blackened in the finished line, also inside an exception's text.
"""

import json
import logging
import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

FORBIDDEN = frozenset(
    {"phone", "name", "real_name", "address", "identity", "id_number", "text", "title", "body", "secret", "token", "password", "cookie", "request"}
)
NUMBERS = re.compile(r"(?<!\d)(?:(?:86)?1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def without_forbidden(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what was logged under a name that holds personal data."""
    return {name: value for name, value in event.items() if name not in FORBIDDEN}


def as_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """The finished line, long numbers blackened."""
    return NUMBERS.sub("█", json.dumps(event, ensure_ascii=False, default=str))


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
#: One list for good: a logger that has been used keeps it, so configuring anew must not make another.
PROCESSORS: list[Any] = [*SHARED, structlog.processors.format_exc_info, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def configure(*, level: str) -> None:
    """Send structlog and the standard library's logging through the same lines."""
    structlog.configure(
        processors=PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        without_forbidden,
                        as_line,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Each job says "started", "ended" and each poll its piece: at INFO that would be most of the log.
                "procrastinate": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                # At DEBUG they would write down what is sent to whom, and the addresses with WeChat's access token.
                "urllib3": {"level": "WARNING"},
                "tencentcloud_sdk_common": {"level": "WARNING"},
                "_granian": {"level": "WARNING"},
            },
        }
    )
