"""The listening socket that systemd keeps open over a restart and hands to whoever serves (sd_listen_fds(3))."""

from __future__ import annotations

import os
import socket
from functools import lru_cache

# the first that is handed over; there is only one in docs/deploy/tamemap.socket
FIRST = 3


@lru_cache(maxsize=1)
def inherited() -> socket.socket | None:
    """The socket that this process was started with; None where it was started without.

    Raises OSError where the one that was promised is not there, ValueError where nobody can connect to it (a datagram, a pipe).
    """
    # the variables stay in the environment of children, which have no such socket
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or int(os.environ.get("LISTEN_FDS") or 0) < 1:
        return None
    handed = socket.socket(fileno=FIRST)
    handed.set_inheritable(False)
    if handed.type != socket.SOCK_STREAM or not handed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise ValueError("the socket of LISTEN_FDS does not listen")
    return handed


def port_of(handed: socket.socket) -> int:
    """Which port it listens on."""
    port: int = handed.getsockname()[1]
    return port
