"""Reflex's log lines about events, without what browsers sent: else an unknown event is logged whole, cookies and words too."""

from __future__ import annotations

import logging

# the modules of Reflex 0.10.1 that put an event, its payload or its sender's headers into a line; and what it fails in,
# whose trace ends with the event
LOGGERS = (
    "engineio.server",
    "socketio.server",
    "reflex.app",
    "reflex.state",
    "reflex_base.event",
    "reflex_base.event.processor.event_processor",
    "reflex_base.event.processor.base_state_processor",
)
# what comes before is Reflex's, what comes after is the browser's
MARKS = (" for Event(", ": Error transforming", "Event data:", " with value ", "[txid=", "\n")
LONGEST = 200


class Discreet(logging.Filter):
    """Keeps the beginning of a line and the kind of its error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; it is always logged."""
        said = record.getMessage()
        for mark in MARKS:
            said = said.partition(mark)[0]
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg, record.args = f"{said[:LONGEST]} {kind}".strip(), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def be_discreet() -> None:
    """Set the filter on Reflex's loggers; a second time changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Discreet) for one in logger.filters):
            logger.addFilter(Discreet())
