"""Files from temporary addresses: where they are fetched, what is sent there, and what never is."""

from __future__ import annotations

import http.server
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import NetworkFailed
from akika_forensics.quickbooks import Connection, Limits
from akika_forensics.quickbooks.downloads import (
    AddressEnded,
    AddressRefused,
    Downloads,
    FileGone,
    FileTooLarge,
    checked,
)
from akika_forensics.settings import Secret

GOOD = "https://intuit-qbo-prod-23.s3.amazonaws.com/193514791434899/attachments/6e82145d%20a.pdf?X-Amz-Expires=900&X-Amz-Signature=0a%2Fb%3D"


def _connection(base_url: str = "https://quickbooks.api.intuit.com") -> Connection:
    return Connection("c", "1", base_url, "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer", "i", Secret("s"))


LOCAL = _connection("http://127.0.0.1:5000")


class Storage:
    """Answers each request as it is told to, and keeps what was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer or (lambda _: httpx.Response(200, content=b"the file"))

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)

    def client(self, connection: Connection | None = None) -> Downloads:
        return Downloads(connection or _connection(), Limits(), transport=httpx.MockTransport(self.handle))


def test_nothing_but_a_bare_get_is_sent_and_the_address_stays_as_it_was_signed() -> None:
    storage = Storage()
    with storage.client() as client:
        assert b"".join(client.read(GOOD)) == b"the file"
    (request,) = storage.asked
    assert (request.method, str(request.url), request.content) == ("GET", GOOD, b"")
    assert request.url.raw_path.decode() == GOOD.removeprefix("https://intuit-qbo-prod-23.s3.amazonaws.com")
    assert {name.lower() for name in request.headers} == {"host", "accept", "accept-encoding", "user-agent"}


@pytest.mark.parametrize(
    "address",
    [
        "https://intuit-qbo-prod.s3.amazonaws.com/file?sig=abc",
        "https://intuit-qbo-preprod-17.s3.amazonaws.com/1136943200%2Fattachments%2Fmy_text.txt?Expires=1431625806",
        "https://intuit-qbo-prod-4.s3.us-west-2.amazonaws.com/1/attachments/a.txt",
        "https://intuit-qbo-prod-4.s3-us-west-2.amazonaws.com:443/1/attachments/a.txt",
        "https://storage.api.intuit.com/x",
    ],
)
def test_the_storage_of_intuit_is_asked(address: str) -> None:
    storage = Storage()
    assert b"".join(storage.client().read(address)) == b"the file"


HOSTILE = [
    "",
    "no address",
    "file:///etc/passwd",
    "ftp://intuit-qbo-prod-23.s3.amazonaws.com/a",
    "//intuit-qbo-prod-23.s3.amazonaws.com/a",
    "http://intuit-qbo-prod-23.s3.amazonaws.com/a",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://10.0.0.1/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://intuit-qbo-prod-23.s3.amazonaws.com:8443/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com@evil.example/a",
    "https://user:secret@intuit-qbo-prod-23.s3.amazonaws.com/a",
    "https://evil.example/intuit-qbo-prod-23.s3.amazonaws.com",
    "https://evil.example#intuit-qbo-prod-23.s3.amazonaws.com",
    "https://evil.example?intuit-qbo-prod-23.s3.amazonaws.com",
    "https://evil.example\\@intuit-qbo-prod-23.s3.amazonaws.com/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com.evil.example/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com./a",
    "https://evil-intuit-qbo-prod-23.s3.amazonaws.com/a",
    "https://s3.amazonaws.com/intuit-qbo-prod-23/a",
    "https://evil.s3.amazonaws.com/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com.cn/a",
    "https://intuit-qbo-prod-23.s3.evil.amazonaws.com/a",
    "https://intuit-qbo-prod-23.execute-api.amazonaws.com/a",
    "https://evilintuit.com/a",
    "https://intuit.com.evil.example/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com/a b",
    "https://intuit-qbo-prod-23.s3.amazonaws.com/a\r\nX-Evil: 1",
    "https://intuit-qbo-prod-23\u3002s3.amazonaws.com/a",
    "https://ıntuit-qbo-prod-23.s3.amazonaws.com/a",
    "https://intuit-qbo-prod-23.s3.amazonaws.com/" + "a" * 9000,
]


@pytest.mark.parametrize("address", HOSTILE)
@pytest.mark.parametrize("connection", [_connection(), LOCAL], ids=["real", "local"])
def test_a_hostile_address_is_refused_before_anything_is_sent(address: str, connection: Connection) -> None:
    if connection.local and "//127.0.0.1/" in address.replace("localhost", "127.0.0.1"):
        address = address.replace(
            "https:", "gopher:"
        )  # this machine is where the company lies, but not for all the world
    storage = Storage()
    with pytest.raises(AddressRefused, match="not followed") as refused:
        list(storage.client(connection).read(address))
    assert storage.asked == []
    assert not address.strip() or address.strip() not in str(refused.value)


@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", max_size=12),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-.@:", max_size=12),
)
def test_no_host_around_a_good_one_is_taken_for_it(before: str, after: str) -> None:
    good = "intuit-qbo-prod-23.s3.amazonaws.com"
    host = f"{before}{good}{after}"
    try:
        url = checked(f"https://{host}/a", local=False)
    except AddressRefused:
        return
    assert (url.host, url.port, url.userinfo) == (good, None, b"")
    assert host in {good, f"{good}:", f"{good}:443"}


def test_a_company_on_this_machine_has_its_files_there_and_nowhere_else() -> None:
    storage = Storage()
    for address in ("http://127.0.0.1:5000/1/attachments/a", "http://localhost:1/a", "http://[::1]:80/a"):
        assert b"".join(storage.client(LOCAL).read(address)) == b"the file"
    with pytest.raises(AddressRefused):
        list(storage.client(LOCAL).read(GOOD))


def test_a_redirect_is_not_followed() -> None:
    storage = Storage(lambda _: httpx.Response(302, headers={"Location": "http://169.254.169.254/"}))
    with pytest.raises(AddressRefused, match="another address"):
        list(storage.client().read(GOOD))
    assert len(storage.asked) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, AddressEnded),
        (401, AddressEnded),
        (403, AddressEnded),
        (404, FileGone),
        (410, FileGone),
        (418, NetworkFailed),
        (500, NetworkFailed),
        (503, NetworkFailed),
        (206, NetworkFailed),
    ],
)
def test_each_refusal_of_the_storage_has_its_meaning(status: int, error: type[Exception]) -> None:
    with pytest.raises(error) as told:
        list(Storage(lambda _: httpx.Response(status, content=b"Signature")).client().read(GOOD))
    assert "Signature" not in str(told.value)


def test_more_than_a_file_can_have_is_not_read() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65536

    client = Storage(lambda _: httpx.Response(200, content=endless())).client()
    with pytest.raises(FileTooLarge):
        list(client.read(GOOD, largest=10 * 65536))
    assert sent < 14
    for told in ("99999999999", "9" * 5000):
        answer = httpx.Response(200, headers={"Content-Length": told}, content=endless())
        announced = Storage(lambda _, answer=answer: answer)
        with pytest.raises(FileTooLarge):
            list(announced.client().read(GOOD))


def test_what_goes_wrong_on_the_line_tells_no_address() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"timed out reading {request.url}")

    with pytest.raises(NetworkFailed) as told:
        list(Storage(broken).client().read(GOOD))
    assert "Signature" not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


class _Handler(http.server.BaseHTTPRequestHandler):
    """Says more bytes than it sends, where the path wants it; sets a cookie each time."""

    def do_GET(self) -> None:
        cookies = self.headers.get("Cookie", "")
        self.server.cookies.append(cookies)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Set-Cookie", "session=1")
        self.send_header("Content-Length", "100" if "short" in self.path else "4")
        self.end_headers()
        self.wfile.write(b"data")

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Silent."""


@pytest.fixture
def served() -> Iterator[Any]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.cookies = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_a_real_line_no_cookie_is_kept_no_address_logged_and_a_cut_off_file_noticed(
    served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    base = f"http://127.0.0.1:{served.server_port}"
    with Downloads(_connection(base)) as client:
        for _ in range(2):
            assert b"".join(client.read(f"{base}/whole?X-Amz-Signature=tellnobody")) == b"data"
        with pytest.raises(NetworkFailed, match="broke off"):
            list(client.read(f"{base}/short?X-Amz-Signature=tellnobody"))
    assert served.cookies == ["", "", ""]
    assert "tellnobody" not in caplog.text


class Dripping(httpx.SyncByteStream):
    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(10_000):
            self._clock.sleep(100)
            yield b"x"


def test_a_storage_that_drips_is_left_after_an_hour(fake: Any) -> None:
    clock = fake.FakeClock()
    network = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping(clock)))
    with (
        Downloads(_connection(), Limits(clock=clock), transport=network) as client,
        pytest.raises(NetworkFailed, match="took too long"),
    ):
        list(client.read(GOOD))
    assert clock.seconds < 4000


def test_pieces_stay_small_however_they_come() -> None:
    storage = Storage(lambda _: httpx.Response(200, content=b"x" * 1_000_000))
    with storage.client() as client:
        pieces = list(client.read(GOOD))
    assert b"".join(pieces) == b"x" * 1_000_000
    assert max(map(len, pieces)) <= 65536
