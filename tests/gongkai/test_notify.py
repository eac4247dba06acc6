"""Messages leave once, encrypted or signed, not in quiet hours; what does not leave is seen."""

import json
import ssl
from asyncio import Server
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from icalendar import Calendar

from gongkai.config import Email, Notify, Webhook
from gongkai.notify import mail
from gongkai.notify.dispatch import PAUSED, dispatch, quiet
from gongkai.notify.feed import feed
from gongkai.notify.gateway import signature
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import outbox, settings, tasks
from gongkai.store.engine import reading, writing
from gongkai.store.outbox import Channel, Message, Sent, Stored
from gongkai.store.tasks import TroubleKind
from gongkai.story import Story
from gongkai.today import ZONE

MORNING = datetime(2020, 10, 16, 9, 0, tzinfo=ZONE)


@dataclass
class Mailbox:
    """What the server took in; ``answer`` is what it says to the next message."""

    port: int = 0
    answer: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: ANN401, N802 - aiosmtpd's name
        del server
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.encrypted.append(session.ssl is not None)
        return self.answer


class AnyPort(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd has no types here


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the office's own, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def mailbox(certificate: Path) -> Iterator[Mailbox]:
    """A mail server on loopback that demands STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box = Mailbox()

    def check(*who: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's signature
        return AuthResult(success=who[-1].password == b"secret", handled=False)

    server = AnyPort(
        box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=check,
    )  # fmt: skip
    server.start()
    box.port = server.port
    yield box
    server.stop()


@pytest.fixture
def told(
    office: Office, mailbox: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """The office with a mail server."""
    monkeypatch.setenv("GONGKAI_SMTP_PASSWORD", "secret")
    email = Email(
        host="localhost", port=mailbox.port, user="gongkai", sender="gongkai@example.gov.cn",
        ca_file=str(certificate),
    )  # fmt: skip
    return replace(office, config=replace(office.config, notify=Notify(email=email)))


def message(about: str, *, urgent: bool = True, recipient: str = "a@example.gov.cn") -> Message:
    return Message(
        agency="fushun-county-office", case_number="1号", about=about, channel=Channel.EMAIL,
        recipient=recipient, urgent=urgent, text=f"【今日到期】1号：{about}",
        created_on=date(2020, 10, 16),
    )  # fmt: skip


def queue(office: Office, *messages: Message) -> None:
    with writing(office.store) as tx:
        outbox.put(tx, messages)


def kept(office: Office) -> list[Stored]:
    with reading(office.store) as tx:
        return list(outbox.of_case(tx, "fushun-county-office", "1号"))


def troubles(office: Office) -> list[str]:
    with reading(office.store) as tx:
        return [x.text for x in tasks.open_tasks(tx) if x.kind is TroubleKind.DELIVERY]


def test_an_urgent_message_leaves_at_once_encrypted_and_only_once(
    told: Office, mailbox: Mailbox
) -> None:
    queue(told, message("答复"), message("答复"))

    assert dispatch(told, MORNING).sent == 1
    assert dispatch(told, MORNING).sent == 0

    (letter,) = mailbox.letters
    assert mailbox.encrypted == [True]
    assert letter["To"] == "a@example.gov.cn"
    assert letter["Subject"] == "【依申请公开】【今日到期】1号：答复"
    assert letter.get_content().strip() == "【今日到期】1号：答复"
    assert [(m.state, m.sent_at) for m in kept(told)] == [(Sent.SENT, MORNING)]


def test_patient_messages_leave_together_in_the_digest_of_the_day(
    told: Office, mailbox: Mailbox
) -> None:
    queue(told, message("一", urgent=False), message("二", urgent=False))
    queue(told, message("三", urgent=False, recipient="b@example.gov.cn"))

    assert dispatch(told, MORNING.replace(hour=8, minute=10)).waiting == 3
    assert dispatch(told, MORNING.replace(hour=8, minute=30)).sent == 3

    assert sorted((x["To"], x["Subject"]) for x in mailbox.letters) == [
        ("a@example.gov.cn", "【依申请公开】2项"),
        ("b@example.gov.cn", "【依申请公开】【今日到期】1号：三"),
    ]


@pytest.mark.parametrize(
    ("at", "silent"),
    [("07:59", True), ("08:00", False), ("19:59", False), ("20:00", True), ("00:00", True)],
)
def test_nobody_is_disturbed_at_night(at: str, silent: bool, told: Office) -> None:  # noqa: FBT001 - a table
    hour, minute = map(int, at.split(":"))
    moment = MORNING.replace(hour=hour, minute=minute)
    queue(told, message("答复"))

    assert quiet(told.config.notify, moment.time()) is silent
    assert dispatch(told, moment).sent == (0 if silent else 1)


def test_what_the_server_refuses_is_tried_again_later_and_then_becomes_a_task(
    told: Office, mailbox: Mailbox
) -> None:
    mailbox.answer = "451 try later"
    queue(told, message("答复"))

    rounds = [dispatch(told, MORNING + timedelta(minutes=m)) for m in (0, 1, 5, 35, 155)]

    assert [(r.again, r.failed) for r in rounds] == [(1, 0), (0, 0), (1, 0), (1, 0), (0, 1)]
    assert [m.state for m in kept(told)] == [Sent.FAILED]
    (said,) = troubles(told)
    assert "a@example.gov.cn" in said
    assert "请电话告知" in said

    mailbox.answer = "250 OK"
    assert dispatch(told, MORNING + timedelta(days=1)).sent == 0


def test_a_sender_that_died_on_the_way_leaves_a_task_and_no_second_message(
    told: Office, mailbox: Mailbox
) -> None:
    queue(told, message("答复"))
    with writing(told.store) as tx:
        (own,) = outbox.waiting(tx, MORNING)
        assert outbox.mark(tx, own, Sent.SENDING, next_at=MORNING + timedelta(minutes=10))
        assert not outbox.mark(tx, own, Sent.SENDING)

    dispatch(told, MORNING + timedelta(minutes=9))
    assert troubles(told) == []
    dispatch(told, MORNING + timedelta(minutes=10))

    assert mailbox.letters == []
    assert "不知是否送出" in troubles(told)[0]


def test_two_senders_at_once_send_each_message_once(told: Office, mailbox: Mailbox) -> None:
    queue(told, *(message(str(n)) for n in range(6)))

    threads = [Thread(target=dispatch, args=(told, MORNING)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(x["Subject"][-1] for x in mailbox.letters) == list("012345")
    assert {m.state for m in kept(told)} == {Sent.SENT}


def test_a_server_with_a_foreign_certificate_gets_nothing(told: Office, mailbox: Mailbox) -> None:
    assert told.config.notify.email
    foreign = replace(told.config.notify.email, ca_file="")

    with pytest.raises(mail.Undelivered, match="certificate"):
        mail.send(foreign, "a@example.gov.cn", "x", "y")
    assert mailbox.letters == []


def test_a_wrong_password_is_told(
    told: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_SMTP_PASSWORD", "wrong")
    assert told.config.notify.email

    with pytest.raises(mail.Undelivered, match="535"):
        mail.send(told.config.notify.email, "a@example.gov.cn", "x", "y")
    assert mailbox.letters == []


def test_after_a_restore_nothing_leaves_until_it_is_let_go(told: Office, mailbox: Mailbox) -> None:
    queue(told, message("答复"))
    with writing(told.store) as tx:
        settings.write(tx, PAUSED, "true")

    assert dispatch(told, MORNING).paused
    with writing(told.store) as tx:
        settings.drop(tx, PAUSED)
    assert dispatch(told, MORNING).sent == 1
    assert len(mailbox.letters) == 1


@dataclass
class Gateway:
    """The office's own gateway; ``answer`` is the status of its next answers."""

    url: str = ""
    answer: int = 200
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.calls.append((dict(self.headers), body))
            self.send_response(gateway.answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/gongkai"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening() as found:
        yield found


def hooked(office: Office, url: str) -> Office:
    notify = Notify(webhook=Webhook(url=url))
    return replace(office, config=replace(office.config, notify=notify))


def test_a_call_of_the_gateway_is_signed(
    office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_WEBHOOK_SECRET", "shared")
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK, recipient="office-head"))

    assert dispatch(hooked(office, gateway.url), MORNING).sent == 1

    ((headers, body),) = gateway.calls
    stamp = headers["X-Gongkai-Timestamp"]
    assert stamp == str(int(MORNING.timestamp()))
    assert headers["X-Gongkai-Signature"] == f"sha256={signature('shared', stamp, body)}"
    said = json.loads(body)
    assert (said["to"], said["messages"][0]["case"]) == ("office-head", "1号")


@pytest.mark.parametrize("status", [400, 500])
def test_a_gateway_that_refuses_is_called_again_later(
    status: int, office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_WEBHOOK_SECRET", "shared")
    gateway.answer = status
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK))

    assert dispatch(hooked(office, gateway.url), MORNING).again == 1
    assert str(status) in kept(office)[0].error


def test_without_a_secret_nothing_is_called(office: Office, gateway: Gateway) -> None:
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK))

    assert dispatch(hooked(office, gateway.url), MORNING).again == 1
    assert gateway.calls == []
    assert "GONGKAI_WEBHOOK_SECRET" in kept(office)[0].error


def test_the_calendar_feed_has_a_day_for_each_period(
    office: Office, tell: Callable[[str], Story], request_text: str
) -> None:
    run(office, tell(request_text))

    with reading(office.store) as tx:
        made = feed(tx, office, "fushun-county-office", MORNING)
    events = Calendar.from_ical(made).walk("VEVENT")

    days = {str(e["summary"]): e.decoded("dtstart") for e in events}
    assert days["答复到期　抚县政公申〔2020〕1号"] == date(2020, 10, 16)
    assert len({str(e["uid"]) for e in events}) == len(events) == 4
    assert "喆堃𠀀" not in made.decode()
