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


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", LOGGERS)
def test_what_was_sent_is_not_logged(caplog, monkeypatch, name, line):
    be_discreet()
    be_discreet()
    logger = logging.getLogger(name)
    # whatever a server started in this process has set up before
    for what, value in (("propagate", False), ("disabled", False), ("handlers", [caplog.handler])):
        monkeypatch.setattr(logger, what, value)
    with caplog.at_level(logging.WARNING, logger=name):
        try:
            raise KeyError(SECRET)
        except KeyError:
            logger.exception(line)
    assert SECRET not in caplog.text
    assert [one.message.split()[-1] for one in caplog.records] == ["KeyError"]


def test_a_failed_handler_is_logged_by_its_place(caplog):
    try:
        raise TypeError(SECRET)
    except TypeError as error:
        assert on_backend_error(error) is None
    assert ("TypeError" in caplog.text, "test_discreet.py" in caplog.text, SECRET in caplog.text) == (True, True, False)


def test_a_browsers_report_is_one_short_line(caplog):
    on_frontend_error(Exception("TypeError: x is null\nat " + "y" * 100_000))
    on_frontend_error(Exception(""))
    assert [len(one.message) < 250 for one in caplog.records] == [True, True]
