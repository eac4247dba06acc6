"""The office's own gateway: signed calls, each at most once; what does not get through is seen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from gongkai.config import Notify, Webhook, load
from gongkai.config_file import ConfigError
from gongkai.notify.gateway import signature
from gongkai.office import Office
from gongkai.store.outbox import Channel
from tests.gongkai.letters import MORNING, dispatch, kept, message, queue, troubles


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
            self.send_header("Location", "/login")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
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


@pytest.mark.parametrize("status", [302, 400])
def test_a_gateway_that_refuses_is_called_again_later(
    status: int, office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect leads to the page of a login, which answers 200 and delivers nothing."""
    monkeypatch.setenv("GONGKAI_WEBHOOK_SECRET", "shared")
    gateway.answer = status
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK))

    assert dispatch(hooked(office, gateway.url), MORNING).again == 1
    assert str(status) in kept(office)[0].error
    assert len(gateway.calls) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_breaks_is_not_called_again_and_a_person_is_asked(
    status: int, office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that says so may have passed the call on."""
    monkeypatch.setenv("GONGKAI_WEBHOOK_SECRET", "shared")
    gateway.answer = status
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK))

    assert dispatch(hooked(office, gateway.url), MORNING).failed == 1
    assert dispatch(hooked(office, gateway.url), MORNING + timedelta(days=1)).failed == 0
    assert len(gateway.calls) == 1
    (said,) = troubles(office)
    assert "不知是否送出" in said


@pytest.mark.parametrize(
    "url",
    [
        "gateway.example/x",
        "ftp://gateway/x",
        "https:///x",
        "http://[x/",
        "http://a:b/",
        "http://a b/",
    ],
)
def test_an_address_of_the_gateway_that_is_none_is_refused_in_the_configuration(
    url: str, tmp_path: Path
) -> None:
    text = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    file = tmp_path / "config.toml"
    file.write_text(f'{text}\n[notify.webhook]\nurl = "{url}"\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="不是网址"):
        load(file)
    file.write_text(f'{text}\n[notify.webhook]\nurl = "https://oa.example/x"\n', encoding="utf-8")
    assert load(file).notify.webhook


def test_without_a_secret_nothing_is_called(office: Office, gateway: Gateway) -> None:
    queue(office, replace(message("答复"), channel=Channel.WEBHOOK))

    assert dispatch(hooked(office, gateway.url), MORNING).again == 1
    assert gateway.calls == []
    assert "GONGKAI_WEBHOOK_SECRET" in kept(office)[0].error
