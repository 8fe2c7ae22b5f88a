"""The log: one line for each thing that happened, with the number of the request that it belongs to; as text or as JSON.

What people wrote is never in it: an error is told by its kind and its place, without its message.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from tamemap.config import Settings

# the number under which all that a request led to can be found; empty outside of any
request_id: ContextVar[str] = ContextVar("request_id", default="")
# what a proxy in front may call a request: nothing that could break a line or tell of a person
GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
# what a record always has; all else was given by ``extra``
_USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}


def placed(error: BaseException) -> str:
    """An error's kind and where it happened, without its message."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


class Text(logging.Formatter):
    """For the eyes of whoever stands before the machine."""

    def formatException(self, ei: Any) -> str:
        """Kind and place."""
        return placed(ei[1]) if ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        """Level, logger, message; the request's number where there is one."""
        number = request_id.get()
        return super().format(record) + (f" [{number}]" if number and not record.exc_info else "")


class Json(logging.Formatter):
    """For programs: a JSON object a line: ``time, level, logger, message, request_id`` and what was given besides."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := request_id.get():
            said["request_id"] = number
        said |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info and record.exc_info[1]:
            said["error"] = placed(record.exc_info[1])
        return orjson.dumps(said, default=str).decode()


def configure(settings: Settings) -> None:
    """Send the log of this process and its children to standard error, as the settings wish it."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.log_format == "json"
    handler.setFormatter(Json() if as_json else Text("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    # Huey tells of every beat, HTTP clients of every address
    for name in ("huey", "httpx", "httpx2", "httpcore2", "urllib3", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # each request has a line of its own in a log for programs; a person would see nothing else
    logging.getLogger("tamemap.request").setLevel(logging.NOTSET if as_json else logging.WARNING)


def of_server(settings: Settings) -> dict[str, Any]:
    """How the HTTP server shall write its own lines (as ``logging.config`` takes it); empty: as it likes."""
    if settings.log_format != "json":
        return {}
    return {"formatters": {name: {"()": "tamemap.logs.Json"} for name in ("generic", "access")}}
