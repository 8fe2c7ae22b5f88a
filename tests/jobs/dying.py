"""A worker that is killed (kill -9) right after something has become so: a commit, a file put or deleted, a message sent."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tamemap import clock, db
from tamemap.gateways import mail, push, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    import pytest

# by class and method; and each commit
DEEDS = (
    (storage.FolderStorage, "put"),
    (storage.FolderStorage, "delete"),
    (mail.FolderMail, "send"),
    (mail.FolderMail, "forget"),
    (push.WebPush, "send"),
)


class Killed(BaseException):
    """As a process ends: nothing that is written for errors runs, and what is not committed is rolled back."""


def dying_again_and_again(work: Callable[[], object], patch: pytest.MonkeyPatch, *, lease: timedelta, stride: int = 1) -> int:
    """Let workers do this, the first killed after its first deed, the next (``lease`` later) ``stride`` deeds later, until one
    survives; how many died. The last of them is followed by one more, for whom nothing may be left to do twice.
    """
    for number in itertools.count():
        with clock.frozen_at(clock.now() + number * lease), patch.context() as dying:
            _until(dying, 1 + number * stride)
            try:
                work()
            except Killed:
                continue
        with clock.frozen_at(clock.now() + (number + 1) * lease):
            work()
        return number
    raise AssertionError


def _until(patch: pytest.MonkeyPatch, deeds: int) -> None:
    left = [deeds]

    def done() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    begin = db.transaction

    @contextmanager
    def transaction(*, write: bool) -> Iterator[Any]:
        with begin(write=write) as session:
            yield session
        if write:
            done()

    patch.setattr(db, "transaction", transaction)
    for of, name in DEEDS:
        patch.setattr(of, name, _counted(getattr(of, name), done))


def _counted(deed: Callable[..., Any], done: Callable[[], None]) -> Callable[..., Any]:
    def both(*args: Any, **more: Any) -> Any:
        result = deed(*args, **more)
        done()
        return result

    return both
