"""Mail to people: through an SMTP server, into files (the default, so that a first run needs none), or nowhere."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from tamemap import clock

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tamemap.config import Settings

TIMEOUT = 30  # seconds


class Mail(Protocol):
    """Sends one plain text mail to one address; raises OSError or smtplib.SMTPException when it could not be handed over."""

    def send(self, to: str, subject: str, text: str, *, stop: str = "", once: str = "") -> None:
        """Send it; ``stop`` is an address whose POST ends mails of this kind (RFC 8058). Of two with the same ``once`` mailboxes
        drop one: a worker that died between sending and writing that down leaves it to the next one to send again."""

    def forget(self, to: str, *, before: datetime) -> None:
        """Destroy what we ourselves still hold of mails to this address until then. What was handed over is the receiver's."""


def message(
    sender: str, to: str, subject: str, text: str, *, stop: str = "", once: str = "", cte: str | None = None
) -> EmailMessage:
    """An RFC 5322 message in UTF-8, marked as automatic (RFC 3834), and with one tap to end its kind where ``stop`` says where
    (RFC 2369, RFC 8058); its Message-ID is made of ``once``. Raises ValueError for line ends in a header."""
    name, address = parseaddr(sender)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(name, addr_spec=address)
    made["To"] = Address(addr_spec=to)
    made["Subject"] = subject
    made["Date"] = format_datetime(clock.tokyo(clock.now()))
    made["Message-ID"] = f"<{once or uuid4().hex}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if stop:
        made["List-Unsubscribe"] = f"<{stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(text, cte=cte)
    return made


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """Through a mail server: ``smtp://`` with STARTTLS wherever the server offers it, ``smtps://`` with TLS from the start.

    A password is only ever said over TLS, or to this very machine.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def send(self, to: str, subject: str, text: str, *, stop: str = "", once: str = "") -> None:
        """Hand it over to the server."""
        made = message(self.sender, to, subject, text, stop=stop, once=once)
        context = self.context or ssl.create_default_context()
        if self.tls:
            with smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context) as server:
                self._hand_over(server, made, safe=True)
            return
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
            server.ehlo()
            offered = server.has_extn("starttls")
            if offered:
                server.starttls(context=context)
                server.ehlo()
            self._hand_over(server, made, safe=offered or _is_this_machine(self.host))

    def forget(self, to: str, *, before: datetime) -> None:
        """There is nothing here: it was all handed over."""

    def _hand_over(self, server: smtplib.SMTP, made: EmailMessage, *, safe: bool) -> None:
        if self.user:
            if not safe:
                raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS: the password was not sent")
            server.login(self.user, self.password)
        server.send_message(made)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class FolderMail:
    """Each mail becomes a file ``<time in Tokyo>-<n>.eml`` that any mail program opens, and any editor too (8bit body)."""

    folder: Path
    sender: str

    def send(self, to: str, subject: str, text: str, *, stop: str = "", once: str = "") -> None:
        """Write the file; never over another."""
        content = message(self.sender, to, subject, text, stop=stop, once=once, cte="8bit").as_bytes()
        self.folder.mkdir(parents=True, exist_ok=True)
        stem = f"{clock.tokyo(clock.now()):%Y%m%d-%H%M%S}"
        number = 1
        while not self._is_written(f"{stem}-{number}", content):
            number += 1

    def _is_written(self, name: str, content: bytes) -> bool:
        """Whether the mail stands under that name now: never over another, and seen by nobody before it is whole."""
        part, whole = self.folder / f"{name}.part", self.folder / f"{name}.eml"
        try:
            with part.open("xb") as file:
                file.write(content)
        except FileExistsError:
            return False
        if whole.exists():
            part.unlink()
            return False
        part.rename(whole)
        return True

    def forget(self, to: str, *, before: datetime) -> None:
        """Delete the files of the mails to this address until then."""
        for path in self.folder.glob("*.eml"):
            with suppress(FileNotFoundError):  # somebody has just taken it away
                content = message_from_bytes(path.read_bytes(), policy=SMTP)
                mine = to.lower() in {address.addr_spec.lower() for address in content["To"].addresses}
                # the header knows whole seconds only
                if mine and content["Date"].datetime <= before:
                    path.unlink()


@dataclass(frozen=True, slots=True)
class NullMail:
    """Sends nothing: for tests and for installations that must stay silent (``null:``)."""

    def send(self, to: str, subject: str, text: str, *, stop: str = "", once: str = "") -> None:
        """Forget it."""

    def forget(self, to: str, *, before: datetime) -> None:
        """There is nothing here."""


def mail_from_settings(settings: Settings) -> Mail:
    """The mail gateway that ``mail_url`` names: empty (files in ``mail`` of the data directory), smtp, smtps or null.

    Raises ValueError for any other address.
    """
    if not settings.mail_url:
        return FolderMail(settings.data_dir / "mail", settings.mail_from)
    url = urlsplit(settings.mail_url)
    if url.scheme == "null":
        return NullMail()
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("mail_url must be smtp://host, smtps://host or null:")
    tls = url.scheme == "smtps"
    # 587 is for those who say who they are (RFC 6409), 465 for TLS from the start (RFC 8314), 25 for a relay next door
    port = url.port or (465 if tls else 587 if url.username else 25)
    return SmtpMail(
        host=url.hostname,
        port=port,
        sender=settings.mail_from,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
    )
