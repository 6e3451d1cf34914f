"""The lock of an object store: one has it, the dead lose it, and of two that take it over one gets it."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from obstore.store import MemoryStore
from vault.storage import programs
from vault.storage.object_server import ObjectServer

from akika_forensics.errors import Refused, VaultLocked
from akika_forensics.vault.storage import lease as leases
from akika_forensics.vault.storage import locking, s3
from akika_forensics.vault.storage.lease import EXPIRES, Lease
from akika_forensics.vault.storage.object_store import ObjectStoreBackend

NEVER = 1e6


class Program:
    """A process of its own, as far as locks can tell: another thread with a backend of its own under another name."""

    def __init__(self, store: Any, number: int, every: float = NEVER) -> None:
        self.backend = Later(store, f"program {number}")
        self.lease = Lease(self.backend, "lock", renewed_every=every)

    @property
    def grip(self) -> Any:
        return locking._HELD[f"{self.backend.name}/lock"].grip


class Later(ObjectStoreBackend):
    """A store whose clock can be put forward, or has run on since one lease was renewed last."""

    later = 0.0
    dead = ""

    def now(self, path: str) -> float:
        lapsed = self.dead and self.read_tagged(path).tag == self.dead
        return super().now(path) + (EXPIRES + 1 if lapsed else self.later)


@pytest.fixture(params=["memory", "s3"])
def store(request: pytest.FixtureRequest) -> Any:
    return MemoryStore() if request.param == "memory" else s3.store(request.getfixturevalue("bucket"), "vault")


@pytest.fixture
def program(store: Any) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def make(**more: Any) -> Program:
        made.append(Program(store, len(made), **more))
        return made[-1]

    yield make
    for one in made:
        while f"{one.backend.name}/lock" in locking._HELD:
            one.lease.release()


def test_one_has_it_and_is_named(program: Any) -> None:
    first, second = program(), program()
    first.lease.acquire("capture")
    with pytest.raises(VaultLocked, match=r"in use by process \d+ on .* \(capture, since 20") as locked:
        second.lease.acquire("restore")
    assert "120 seconds" in locked.value.do
    first.lease.release()
    assert first.backend.read("lock") == b""
    second.lease.acquire("restore")
    assert json.loads(second.backend.read("lock"))["purpose"] == "restore"
    assert second.backend.list() == ("lock",)


def test_the_same_thread_may_nest_it_and_another_may_not(program: Any) -> None:
    one = program()
    heard: list[str] = []

    def other() -> None:
        try:
            one.lease.acquire("second")
        except VaultLocked as error:
            heard.append(str(error))

    with locking.held(one.lease, "first"):
        with locking.held(one.lease, "again"):
            pass
        assert one.backend.read("lock")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert "first" in heard[0]
    assert one.backend.read("lock") == b""


def test_the_dead_lose_it_after_the_stated_time(program: Any) -> None:
    dead, heir = program(), program()
    dead.lease.acquire("capture")
    for age in (0.0, EXPIRES - 30):
        heir.backend.later = age
        with pytest.raises(VaultLocked, match="capture"):
            heir.lease.acquire("restore")
    heir.backend.later = EXPIRES + 1
    heir.lease.acquire("restore")
    assert json.loads(heir.backend.read("lock"))["purpose"] == "restore"


def test_who_renews_keeps_it(program: Any) -> None:
    alive, other = program(every=0.001), program()
    alive.lease.acquire("capture")
    first = alive.backend.read_tagged("lock")
    changed = threading.Event()
    while not changed.is_set():
        if alive.backend.read_tagged("lock").tag != first.tag:
            changed.set()
    assert json.loads(alive.backend.read("lock"))["renewed"] >= 1
    with pytest.raises(VaultLocked):
        other.lease.acquire("restore")
    alive.lease.release()
    assert alive.backend.read("lock") == b""
    assert "lease" not in {thread.name for thread in threading.enumerate()}


def test_who_was_held_up_learns_that_it_is_gone(program: Any) -> None:
    slow, heir = program(), program()
    slow.lease.acquire("capture")
    heir.backend.later = EXPIRES + 1
    heir.lease.acquire("restore")
    slow.grip._renew()
    with pytest.raises(VaultLocked, match="lost its lock"):
        slow.lease.acquire("commit")
    slow.lease.release()
    assert json.loads(heir.backend.read("lock"))["purpose"] == "restore", "what is another's is not given back"


def test_an_owner_that_is_told_late_does_not_free_the_heirs_lease(program: Any) -> None:
    slow, heir = program(), program()
    slow.lease.acquire("capture")
    heir.backend.later = EXPIRES + 1
    heir.lease.acquire("restore")
    slow.lease.release()
    assert json.loads(heir.backend.read("lock"))["purpose"] == "restore"


@pytest.mark.parametrize("state", ["absent", "free", "expired"])
def test_of_many_that_take_it_one_gets_it(program: Any, state: str) -> None:
    if state != "absent":
        before = program()
        before.lease.acquire("capture")
        if state == "free":
            before.lease.release()
    takers = [program() for _ in range(6)]
    if state == "expired":
        for one in takers:
            one.backend.dead = before.backend.read_tagged("lock").tag
    start = threading.Barrier(len(takers))
    told: queue.Queue[tuple[bool, int]] = queue.Queue()
    done = threading.Event()

    def take(number: int) -> None:
        start.wait()
        try:
            takers[number].lease.acquire(f"taker {number}")
        except VaultLocked:
            told.put((False, number))
        else:
            told.put((True, number))
            done.wait()
            takers[number].lease.release()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(len(takers))]
    for thread in threads:
        thread.start()
    got = [number for taken, number in (told.get(timeout=240) for _ in takers) if taken]
    owner = json.loads(takers[0].backend.read("lock"))["purpose"]
    done.set()
    for thread in threads:
        thread.join()
    assert [f"taker {number}" for number in got] == [owner]


def test_trouble_on_the_way_does_not_lose_it_at_once(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from akika_forensics.vault.storage import StorageFailed

    one = program()
    one.lease.acquire("capture")

    def down(*_: object) -> None:
        raise StorageFailed("the store did not answer")

    with monkeypatch.context() as patched:
        patched.setattr(one.backend, "swap", down)
        one.grip._renew()
        one.lease.acquire("still mine")
        one.lease.release()
        patched.setattr(leases, "EXPIRES", -1.0)
        one.grip._renew()
        with pytest.raises(VaultLocked, match="lost its lock"):
            one.lease.acquire("commit")


def test_a_store_that_ignores_conditions_has_no_locks(server: ObjectServer, bucket: str) -> None:
    def deaf(method: str, path: str, environ: dict[str, Any]) -> None:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        environ.pop("HTTP_IF_MATCH", None)

    server.trouble = deaf
    backend = ObjectStoreBackend(s3.store(bucket, ""), f"s3://{bucket}")
    with pytest.raises(Refused):
        Lease(backend, "lock").acquire("capture")
    alone = ObjectStoreBackend(s3.store(bucket, ""), f"s3://{bucket}", single_writer=True)
    with locking.held(Lease(alone, "lock"), "capture"):
        assert json.loads(alone.read("lock"))["purpose"] == "capture"
    assert alone.read("lock") == b""


def test_another_process_that_is_killed(server: ObjectServer, bucket: str) -> None:
    ready = programs.FRESH.Event()
    with programs.running(programs.hold, [(bucket, ready)]) as [process]:
        programs.wait_for(ready, process)
        backend = Later(s3.store(bucket, ""), "s3")
        with pytest.raises(VaultLocked, match=f"process {process.pid} "):
            Lease(backend, "lock").acquire("restore")
        process.kill()
        process.join()
    with pytest.raises(VaultLocked, match=f"process {process.pid} "):
        Lease(backend, "lock").acquire("restore")
    backend.later = EXPIRES + 1
    with locking.held(Lease(backend, "lock"), "restore"):
        assert json.loads(backend.read("lock"))["purpose"] == "restore"
