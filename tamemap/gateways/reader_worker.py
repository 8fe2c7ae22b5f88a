"""The reading child: ``python -m tamemap.gateways.reader_worker`` reads photographs from its standard input.

A process of its own, with its memory bounded by the kernel and without the server's secrets in its environment. It needs
no network and gets none: sockets cannot be made in it.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import time
from io import FileIO
from typing import Any, NoReturn

from tamemap.errors import TamemapError
from tamemap.gateways.imaging_wire import WireError, read_frame, write_frame
from tamemap.gateways.own_memory import own_memory
from tamemap.gateways.reader_pages import Desk

MOST_MEMORY = 880 << 20  # bytes of writable memory; with the libraries' code less than 900 MB stand in RAM
MOST_RESIDENT = 640 << 20  # a child that stays above this after a photograph makes room for a fresh one
IDLE = 300  # seconds without work after which the child ends and gives its memory back


def main() -> None:
    """Answers frame after frame until the caller closes the pipe, nothing comes for a while, or it is time to retire."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's business; the closed pipe ends us
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    offline()
    questions, answers = FileIO(os.dup(0), "r"), FileIO(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not end up between the frames
    desk = Desk()
    while select.select([questions], [], [], IDLE)[0] and serve(desk, questions, answers):
        pass


def offline() -> None:
    """Takes the means to reach the network from this process: what the libraries cannot do, they cannot do by mistake."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("the reader stays on this machine")

    socket.socket.connect = refuse  # type: ignore[method-assign, assignment]  # on purpose, and for good
    socket.create_connection = refuse  # type: ignore[assignment]
    socket.getaddrinfo = refuse  # type: ignore[assignment]


def serve(desk: Desk, questions: FileIO, answers: FileIO) -> bool:
    """One photograph; False when this child is done for."""
    try:
        request, (data,) = read_frame(questions)
    except (WireError, ValueError):
        return False
    began = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(began) + request["cpu"], resource.RLIM_INFINITY))
    try:
        answer: dict[str, Any] = {"pages": desk.pages(request["kind"], data, request["corners"], request["most"])}
    except TamemapError as error:
        answer = {"error": error.code}
    except MemoryError:
        answer = {"error": "photo_too_heavy"}
    resident, peak = own_memory()
    tired = resident > MOST_RESIDENT
    write_frame(answers, answer | {"cpu": round(time.process_time() - began, 3), "peak": peak, "retires": tired})
    return not tired


if __name__ == "__main__":
    main()
