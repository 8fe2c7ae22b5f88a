"""A telephone line between a browser and the town, which can be cut, or go silent without breaking."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Line:
    """Bytes both ways while it is up. ``address`` is where the browser finds the town."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._speaks = threading.Event()
        self._cut = False
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.mend()

    def mend(self) -> None:
        """As it should be."""
        self._cut = False
        self._speaks.set()

    def silence(self) -> None:
        """Connections stay, and nothing comes any more: two bars on the display, and no signal."""
        self._speaks.clear()

    def cut(self) -> None:
        """No connection, the running ones break."""
        self._cut = True
        self._speaks.set()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open = []

    def lead_to(self, port: int) -> None:
        """Another server answers from now on, as after a restart; running connections break."""
        self.cut()
        self._port = port
        self.mend()

    def serve(self) -> None:
        """Take calls until the line is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                if self._cut:
                    caller.close()
                    continue
                try:
                    town = socket.create_connection(("127.0.0.1", self._port))
                except OSError:  # nobody is there
                    caller.close()
                    continue
                self._open += [caller, town]
                for ends in ((caller, town), (town, caller)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._speaks.wait()
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """The end."""
        self.cut()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """A line to the town at this address."""
    line = Line(int(address.rsplit(":", maxsplit=1)[1]))
    thread = threading.Thread(target=line.serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join()
