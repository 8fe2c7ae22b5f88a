"""Mail: files, a real SMTP server on loopback with and without TLS, and nothing at all."""

from __future__ import annotations

import email
import smtplib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import policy
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tamemap import clock
from tamemap.config import Settings
from tamemap.gateways.mail import FolderMail, NullMail, SmtpMail, mail_from_settings, message

SENDER = "Tamemap <tamemap@example.jp>"
SUBJECT, TEXT = "【Tamemap】番号は 123456 です", "番号です。\n\n123456\n\nhttps://example.jp/auth/mail?token=" + "x" * 60 + "\n"
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class Postbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.arrived.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def only_ben(server, session, envelope, mechanism, said):
    good = isinstance(said, LoginPassword) and (said.login, said.password) == (b"ben", b"p@ss word")
    return AuthResult(success=good, handled=good)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only its own context trusts; yields (server context, client context)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def serve():
    """Starts SMTP servers on free ports of loopback and stops them again; yields ``start(**how) -> (postbox, port)``."""
    running: list[Controller] = []

    def start(**how):
        postbox = Postbox()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **how)
        controller.start()
        running.append(controller)
        return postbox, port

    yield start
    for controller in running:
        controller.stop()


def read(content: bytes):
    return email.message_from_bytes(content, policy=policy.default)


def test_a_plain_server_gets_the_mail(serve):
    postbox, port = serve()
    SmtpMail("127.0.0.1", port, SENDER).send("gina@example.jp", SUBJECT, TEXT)
    ((sender, recipients, content),) = postbox.arrived
    assert (sender, recipients) == ("tamemap@example.jp", ["gina@example.jp"])
    mail = read(content)
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "gina@example.jp", SUBJECT)
    assert mail.get_content().replace("\r\n", "\n") == TEXT
    assert content.isascii()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_starttls_is_used_where_it_is_offered_and_the_password_said_then(serve, certificate):
    server, client = certificate
    postbox, port = serve(tls_context=server, require_starttls=True, authenticator=only_ben, auth_required=True)
    SmtpMail("127.0.0.1", port, SENDER, user="ben", password="p@ss word", context=client).send("gina@example.jp", SUBJECT, TEXT)
    assert len(postbox.arrived) == 1


def test_a_server_that_cannot_show_who_it_is_gets_nothing(serve, certificate):
    postbox, port = serve(tls_context=certificate[0])
    with pytest.raises(ssl.SSLError):
        SmtpMail("127.0.0.1", port, SENDER).send("gina@example.jp", SUBJECT, TEXT)
    assert postbox.arrived == []


def test_smtps_speaks_tls_from_the_start(serve, certificate):
    server, client = certificate
    postbox, port = serve(ssl_context=server)
    SmtpMail("127.0.0.1", port, SENDER, tls=True, context=client).send("gina@example.jp", SUBJECT, TEXT)
    assert len(postbox.arrived) == 1


def test_a_wrong_password_is_an_error(serve, certificate):
    server, client = certificate
    postbox, port = serve(tls_context=server, authenticator=only_ben, auth_required=True)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        SmtpMail("127.0.0.1", port, SENDER, user="ben", password="guess", context=client).send("gina@example.jp", SUBJECT, TEXT)
    assert postbox.arrived == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_password_is_never_said_openly_to_another_machine(serve, monkeypatch):
    postbox, port = serve(authenticator=only_ben, auth_required=True, auth_require_tls=False)
    mail = SmtpMail("127.0.0.1", port, SENDER, user="ben", password="p@ss word")
    mail.send("gina@example.jp", SUBJECT, TEXT)  # this very machine
    monkeypatch.setattr("tamemap.gateways.mail._is_this_machine", lambda host: False)
    with pytest.raises(smtplib.SMTPNotSupportedError):
        mail.send("gina@example.jp", SUBJECT, TEXT)
    assert len(postbox.arrived) == 1
    assert "p@ss" not in repr(mail)


def test_an_unknown_mailbox_and_a_silent_port_are_errors(serve):
    _, port = serve()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        SmtpMail("127.0.0.1", port, SENDER).send("nobody@example.jp", SUBJECT, TEXT)
    with pytest.raises(OSError):
        SmtpMail("127.0.0.1", 1, SENDER).send("gina@example.jp", SUBJECT, TEXT)


def test_each_mail_becomes_a_file_that_can_be_read_by_eye(tmp_path):
    folder = FolderMail(tmp_path / "mail", SENDER)
    with clock.frozen_at(NOON):
        folder.send("gina@example.jp", SUBJECT, TEXT)
        folder.send("hana@example.jp", SUBJECT, TEXT)
    assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == ["20261122-120000-1.eml", "20261122-120000-2.eml"]
    content = (tmp_path / "mail" / "20261122-120000-2.eml").read_bytes()
    assert "番号です。\r\n\r\n123456\r\n" in content.decode()
    mail = read(content)
    assert (mail["To"], mail["Subject"], mail["Date"]) == ("hana@example.jp", SUBJECT, "Sun, 22 Nov 2026 12:00:00 +0900")
    assert mail.get_content().replace("\r\n", "\n") == TEXT


def test_a_mail_that_is_still_being_written_is_no_mail_yet_and_keeps_its_name(tmp_path):
    folder = FolderMail(tmp_path, SENDER)
    with clock.frozen_at(NOON):
        (tmp_path / "20261122-120000-1.part").write_bytes(b"Subj")  # by another worker, in the same second
        folder.send("gina@example.jp", SUBJECT, TEXT)
        folder.forget("gina@example.jp", before=NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["20261122-120000-1.part"]


def test_a_header_takes_no_second_line():
    for to, subject in (("a@example.jp\r\nBcc: b@example.jp", "x"), ("a@example.jp", "x\r\nBcc: b@example.jp")):
        with pytest.raises(ValueError):
            message(SENDER, to, subject, "x")


def given(tmp_path, url: str) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, mail_url=url, mail_from=SENDER)


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("smtp://mail.example.jp", SmtpMail("mail.example.jp", 25, SENDER)),
        ("smtp://ben:p%40ss%20word@mail.example.jp", SmtpMail("mail.example.jp", 587, SENDER, "ben", "p@ss word")),
        ("smtp://mail.example.jp:2525", SmtpMail("mail.example.jp", 2525, SENDER)),
        ("smtps://ben:x@mail.example.jp", SmtpMail("mail.example.jp", 465, SENDER, "ben", "x", tls=True)),
        ("null:", NullMail()),
    ],
)
def test_the_setting_names_the_server(tmp_path, url, made):
    assert mail_from_settings(given(tmp_path, url)) == made


def test_without_a_setting_mails_are_files(tmp_path):
    assert mail_from_settings(given(tmp_path, "")) == FolderMail(tmp_path / "mail", SENDER)
    NullMail().send("gina@example.jp", SUBJECT, TEXT)


@pytest.mark.parametrize("url", ["https://mail.example.jp", "smtp:", "mail.example.jp"])
def test_another_setting_is_refused(tmp_path, url):
    with pytest.raises(ValueError):
        mail_from_settings(given(tmp_path, url))
