"""Logs hold codes and places, never what somebody sent: Reflex's own lines about events are cut short."""

from __future__ import annotations

import logging

import pytest

from tamemap.ui.discreet import LOGGERS, be_discreet
from tamemap.ui.pages import on_backend_error, on_frontend_error

SECRET = "tamemap_session=secret"
LINES = [
    f"Error processing event queue entry for Event(name='x', router_data={{'headers': {{'cookie': '{SECRET}'}}}}) [txid=1]:",
    f"Error transforming event payload for handler A.b: Error transforming event argument 'sent' with value '{SECRET}'",
    f"Received event from session 1 with no associated token. This may indicate a bug. Event data: {SECRET}",
    f"Something else\n{SECRET}",
]


@pytest.fixture
def heard(caplog, monkeypatch):
    """Hears one logger, whatever a server or a command in this process has set up before."""
    before = logging.root.manager.disable
    logging.disable(logging.NOTSET)

    def listen(name):
        logger = logging.getLogger(name)
        for what, value in (("propagate", False), ("disabled", False), ("handlers", [caplog.handler])):
            monkeypatch.setattr(logger, what, value)
        caplog.set_level(logging.WARNING, logger=name)
        return logger

    yield listen
    logging.disable(before)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", LOGGERS)
def test_what_was_sent_is_not_logged(caplog, heard, name, line):
    be_discreet()
    be_discreet()
    logger = heard(name)
    try:
        raise KeyError(SECRET)
    except KeyError:
        logger.exception(line)
    assert SECRET not in caplog.text
    assert [one.message.split()[-1] for one in caplog.records] == ["KeyError"]


def test_a_failed_handler_is_logged_by_its_place(caplog, heard):
    heard("tamemap.ui")
    try:
        raise TypeError(SECRET)
    except TypeError as error:
        assert on_backend_error(error) is None
    assert ("TypeError" in caplog.text, "test_discreet.py" in caplog.text, SECRET in caplog.text) == (True, True, False)


def test_a_browsers_report_is_one_short_line(caplog, heard):
    heard("tamemap.ui")
    on_frontend_error(Exception("TypeError: x is null\nat " + "y" * 100_000))
    on_frontend_error(Exception(""))
    assert [len(one.message) < 250 for one in caplog.records] == [True, True]
