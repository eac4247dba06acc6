"""Messages leave once, encrypted or signed, not in quiet hours; what does not leave is seen."""

import ssl
from asyncio import Server
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
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

from gongkai.config import Email, Notify
from gongkai.errors import BadUse
from gongkai.notify import mail
from gongkai.notify.dispatch import dispatch as dispatched
from gongkai.notify.dispatch import quiet
from gongkai.notify.feed import feed
from gongkai.notify.resuming import RESUMED, resume
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import outbox, settings
from gongkai.store.engine import Store, reading, writing
from gongkai.store.journal import INSTALLATION, acts
from gongkai.store.outbox import Sent
from gongkai.story import Story
from tests.gongkai.letters import MORNING, dispatch, kept, message, queue, troubles


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
        settings.write(tx, outbox.PAUSED, "true")

    assert dispatch(told, MORNING).paused
    assert resume(told, "head:丁", MORNING.date()) == 1
    assert dispatch(told, MORNING).sent == 1
    assert len(mailbox.letters) == 1
    with reading(told.store) as tx:
        (act,) = acts(tx, kind=RESUMED)
    assert (act.agency, act.said["by"]["name"]) == (INSTALLATION, "丁")
    assert (act.said["waiting"], act.said["discarded"]) == (1, 0)
    with pytest.raises(BadUse, match="没有暂停"):
        resume(told, "head:丁", MORNING.date())


def test_what_waited_since_a_restore_can_be_given_up(told: Office, mailbox: Mailbox) -> None:
    """The backup does not know what was sent after it was made."""
    queue(told, message("答复"))
    with writing(told.store) as tx:
        settings.write(tx, outbox.PAUSED, "true")

    assert resume(told, "head:丁", MORNING.date(), discard=True) == 0
    queue(told, message("归档"))

    assert dispatch(told, MORNING).sent == 1
    assert [letter["Subject"][-2:] for letter in mailbox.letters] == ["归档"]
    assert {m.text[-2:]: m.state for m in kept(told)} == {"答复": Sent.FAILED, "归档": Sent.SENT}
    assert troubles(told) == []


def test_the_command_line_shows_what_waits_and_lets_it_leave(
    call: Callable[..., Any], opened: Callable[[], Store]
) -> None:
    call("init")
    with writing(opened()) as tx:
        settings.write(tx, outbox.PAUSED, "true")
        outbox.put(tx, [message("答复")])

    assert "gongkai outbox resume" in call("sweep").err
    assert call("sweep", "--json").json["outbox"]["paused"] is True
    seen = call("outbox", "list")
    assert "等待发出" in seen.out
    assert "已暂停" in seen.out
    assert call("outbox", "list", "--json").json["messages"][0]["state"] == "queued"
    assert call("outbox", "resume", "--by", "anybody").code == 2
    assert call("outbox", "resume", "--by", "head:丁").code == 0
    assert call("outbox", "list", "--json").json["paused"] is False
    assert call("outbox", "resume", "--by", "head:丁").code == 2


def test_a_message_that_breaks_the_program_stops_no_other(told: Office, mailbox: Mailbox) -> None:
    """No header holds a line break; the address was typed into the configuration."""
    queue(told, message("一", recipient="a@example.gov.cn\nX: y"), message("二"))

    done = dispatch(told, MORNING)

    assert (done.sent, done.failed) == (1, 1)
    assert len(mailbox.letters) == 1
    assert "程序出错" in troubles(told)[0]


def test_the_clock_is_read_for_each_letter(told: Office, mailbox: Mailbox) -> None:
    """Each letter takes a quarter of an hour here: longer than a message may be on its way."""
    queue(told, *(message(str(n)) for n in range(3)))
    passed = iter(range(0, 1000, 5))
    moments: list[datetime] = []

    def clock() -> datetime:
        moments.append(MORNING + timedelta(minutes=next(passed)))
        return moments[-1]

    assert dispatched(told, clock).sent == 3

    assert len(mailbox.letters) == 3
    times = sorted(m.sent_at for m in kept(told) if m.sent_at)
    assert len(set(times)) == 3
    assert times[-1] == moments[-1] > MORNING + timedelta(minutes=30)


def test_what_another_sender_gave_up_meanwhile_is_not_counted_as_sent(
    told: Office, mailbox: Mailbox
) -> None:
    queue(told, message("答复"))
    moments = [MORNING] * 3

    def clock() -> datetime:
        if not moments:  # the letter has left; a second sender thinks that its sender died
            dispatch(told, MORNING + timedelta(minutes=10))
            return MORNING
        return moments.pop()

    assert dispatched(told, clock).sent == 0
    assert len(mailbox.letters) == 1
    assert len(troubles(told)) == 1


def test_two_agencies_messages_to_one_supervisor_are_two() -> None:
    here = replace(message("annual_report/2021"), case_number="")

    assert replace(here, agency="xiahe-township").id != here.id


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
