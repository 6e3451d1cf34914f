from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from akika_forensics.errors import NetworkFailed, SignInFailed
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Limits, Tokens, open_reader

CUSTOMER = RecordKey("Invoice", "1")


class Disk:
    """A token store that can fail before or after the bytes are safe, as a crash would."""

    def __init__(self, tokens: Tokens) -> None:
        self.saved = [tokens]
        self.fail = ""
        self.lock = threading.Lock()

    def exclusive(self) -> threading.Lock:
        return self.lock

    def load(self) -> Tokens:
        return self.saved[-1]

    def save(self, tokens: Tokens) -> None:
        if self.fail == "before":
            raise OSError("disk full")
        self.saved.append(tokens)
        if self.fail == "after":
            raise OSError("power cut")


class Service:
    """A company with a token address that rotates: old refresh tokens stay good while they are in ``good``."""

    def __init__(self, fake: Any) -> None:
        self.fake = fake
        self.company = fake.FakeCompany()
        self.company.put("Invoice", "1")
        self.company.before = self.before
        self.good = {"refresh-0"}
        self.access = {"access-0"}
        self.refreshes = 0
        self.lose_answers = 0
        self.used: list[str] = []

    def before(self, request: httpx.Request) -> httpx.Response | None:
        if str(request.url) == self.fake.TOKEN_URL:
            return self.renew(request)
        bearer = request.headers["Authorization"].removeprefix("Bearer ")
        self.used.append(bearer)
        return None if bearer in self.access else self.fake.gateway_fault(401, "3200", f"Token expired: {bearer}")

    def renew(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        if self.fake.form(request)["refresh_token"] not in self.good:
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "Token invalid"})
        self.refreshes += 1
        access, refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        self.access.add(access)
        self.good.add(refresh)
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadError("connection reset", request=request)
        answer = {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": 3600,
            "x_refresh_token_expires_in": 8726400,
        }
        return httpx.Response(200, json=answer)

    def reader(self, disk: Disk) -> Any:
        limits = Limits(clock=self.company.clock, attempts=3)
        return open_reader(self.fake.connection(), disk, limits=limits, transport=self.company)


@pytest.fixture
def service(fake: Any) -> Service:
    return Service(fake)


def test_a_good_token_is_used_as_it_is(fake: Any, service: Service) -> None:
    with service.reader(Disk(fake.tokens(service.company.clock))) as reader:
        reader.read(CUSTOMER)
    assert (service.refreshes, service.used) == (0, ["access-0"])


def test_renewed_a_minute_early_and_saved_before_use(fake: Any, service: Service) -> None:
    disk = Disk(fake.tokens(service.company.clock, seconds=59))
    with service.reader(disk) as reader:
        reader.read(CUSTOMER)
        reader.read(CUSTOMER)
    assert service.used == ["access-1", "access-1"]
    assert [t.access_token.reveal() for t in disk.saved] == ["access-0", "access-1"]
    assert disk.saved[-1].refresh_token.reveal() == "refresh-1"


def test_renewed_once_on_401(fake: Any, service: Service) -> None:
    service.access.clear()
    with service.reader(Disk(fake.tokens(service.company.clock))) as reader:
        assert reader.read(CUSTOMER) is not None
    assert service.used == ["access-0", "access-1"]


def test_a_second_401_is_the_end(fake: Any, service: Service) -> None:
    service.company.before = lambda request: (
        service.renew(request)
        if str(request.url) == fake.TOKEN_URL
        else fake.gateway_fault(401, "3200", "Token expired: access-0")
    )
    with service.reader(Disk(fake.tokens(service.company.clock))) as reader, pytest.raises(SignInFailed) as caught:
        reader.read(CUSTOMER)
    assert service.refreshes == 1
    assert "access-" not in str(caught.value)


@pytest.mark.parametrize("fail", ["before", "after"])
def test_a_token_that_was_not_saved_is_not_used_and_the_next_start_goes_on(
    fake: Any, service: Service, fail: str
) -> None:
    disk = Disk(fake.tokens(service.company.clock, seconds=0))
    disk.fail = fail
    with service.reader(disk) as reader, pytest.raises(OSError, match=r"disk full|power cut"):
        reader.read(CUSTOMER)
    assert service.used == [], "nothing was asked with a token that might not survive"
    if fail == "before":
        with service.reader(disk) as reader:
            for _ in range(2):
                with pytest.raises(OSError, match="disk full"):
                    reader.read(CUSTOMER)
        assert service.used == [], "the same program does not use it either"
    disk.fail = ""
    with service.reader(disk) as reader:
        assert reader.read(CUSTOMER) is not None


def test_an_answer_that_was_lost_is_asked_for_again_with_the_old_token(fake: Any, service: Service) -> None:
    service.lose_answers = 2
    disk = Disk(fake.tokens(service.company.clock, seconds=0))
    with service.reader(disk) as reader:
        assert reader.read(CUSTOMER) is not None
    assert service.refreshes == 3
    assert len(disk.saved) == 2


def test_every_answer_lost_then_a_new_start(fake: Any, service: Service) -> None:
    service.lose_answers = 3
    disk = Disk(fake.tokens(service.company.clock, seconds=0))
    with service.reader(disk) as reader, pytest.raises(NetworkFailed):
        reader.read(CUSTOMER)
    assert len(disk.saved) == 1
    with service.reader(disk) as reader:
        assert reader.read(CUSTOMER) is not None


def test_a_dead_grant_is_said_plainly(fake: Any, service: Service) -> None:
    service.good.clear()
    with (
        service.reader(Disk(fake.tokens(service.company.clock, seconds=0))) as reader,
        pytest.raises(SignInFailed) as caught,
    ):
        reader.read(CUSTOMER)
    assert caught.value.what == "QuickBooks has ended this connection."
    assert "refresh-0" not in str(caught.value) + repr(caught.value)


def test_a_wrong_client_is_said_plainly(fake: Any, service: Service) -> None:
    service.company.before = lambda _: httpx.Response(401, json={"error": "invalid_client"})
    with (
        service.reader(Disk(fake.tokens(service.company.clock, seconds=0))) as reader,
        pytest.raises(SignInFailed, match="does not know this app"),
    ):
        reader.read(CUSTOMER)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"access_token":5}', b'{"expires_in":3600}'])
def test_an_answer_that_is_no_token_changes_nothing(fake: Any, service: Service, body: bytes) -> None:
    service.company.before = lambda _: httpx.Response(200, content=body)
    disk = Disk(fake.tokens(service.company.clock, seconds=0))
    with service.reader(disk) as reader, pytest.raises(NetworkFailed):
        reader.read(CUSTOMER)
    assert len(disk.saved) == 1


def test_another_process_was_faster(fake: Any, service: Service) -> None:
    """Its new tokens are in the store; ours are refused: they are taken over without a refresh of our own."""
    disk = Disk(fake.tokens(service.company.clock))
    with service.reader(disk) as reader:
        reader.read(CUSTOMER)
        service.access = {"access-9"}
        old = disk.load()
        disk.saved.append(
            Tokens(type(old.access_token)("access-9"), old.refresh_token, old.access_expires_at, old.refresh_expires_at)
        )
        assert reader.read(CUSTOMER) is not None
    assert service.refreshes == 0


def test_a_refresh_token_rotated_away_under_us_is_read_anew(fake: Any, service: Service) -> None:
    clock = service.company.clock
    disk = Disk(fake.tokens(clock, seconds=0))
    newer = fake.tokens(clock, seconds=0)
    newer = Tokens(
        newer.access_token, type(newer.refresh_token)("refresh-7"), newer.access_expires_at, newer.refresh_expires_at
    )
    service.good = {"refresh-7"}

    def before(request: httpx.Request) -> httpx.Response | None:
        if str(request.url) == fake.TOKEN_URL and len(disk.saved) == 1:
            disk.saved.append(newer)
        return service.before(request)

    service.company.before = before
    with service.reader(disk) as reader:
        assert reader.read(CUSTOMER) is not None


def test_threads_refresh_once(fake: Any, service: Service) -> None:
    service.access.clear()
    together = threading.Barrier(8)
    with service.reader(Disk(fake.tokens(service.company.clock))) as reader, ThreadPoolExecutor(8) as pool:

        def ask(_: int) -> bool:
            together.wait()
            return reader.read(CUSTOMER) is not None

        assert all(pool.map(ask, range(8)))
    assert service.refreshes == 1


def test_two_readers_of_one_company_refresh_once(fake: Any, service: Service) -> None:
    disk = Disk(fake.tokens(service.company.clock, seconds=0))
    with service.reader(disk) as one, service.reader(disk) as two, ThreadPoolExecutor(2) as pool:
        assert all(pool.map(lambda reader: reader.read(CUSTOMER) is not None, [one, two]))
    assert service.refreshes == 1


def test_tokens_do_not_show(fake: Any, service: Service) -> None:
    assert "access-0" not in repr(fake.tokens(service.company.clock))
    assert "client-secret" not in repr(fake.connection())
