"""What every backend promises, the same for all."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akika_forensics.vault.storage import Backend, sweep

MEGABYTE = 1 << 20
WRITES = ("create", "create_stream")
_examples = itertools.count()


def write(backend: Backend, how: str, path: str, data: bytes) -> None:
    if how == "create":
        backend.create(path, data)
    else:
        backend.create_stream(path, (data[start : start + 999] for start in range(0, len(data), 999)))


@pytest.mark.parametrize("how", WRITES)
def test_what_is_created_is_read(backend: Backend, how: str) -> None:
    data = bytes(range(256)) * 20_000
    write(backend, how, "a/b/c.bin", data)
    assert backend.read("a/b/c.bin") == data
    assert b"".join(backend.chunks("a/b/c.bin")) == data


@pytest.mark.parametrize("how", WRITES)
def test_an_empty_file_is_a_file(backend: Backend, how: str) -> None:
    write(backend, how, "x", b"")
    assert (backend.read("x"), list(backend.chunks("x")), backend.list()) == (b"", [], ("x",))
    with pytest.raises(FileExistsError):
        write(backend, how, "x", b"more")


def test_a_long_stream_comes_back_in_pieces_of_bounded_size(backend: Backend) -> None:
    backend.create_stream("blobs/x", (bytes([number]) * MEGABYTE for number in range(20)))
    pieces = list(backend.chunks("blobs/x"))
    assert b"".join(pieces) == b"".join(bytes([number]) * MEGABYTE for number in range(20))
    assert max(map(len, pieces)) <= MEGABYTE
    assert backend.list() == ("blobs/x",)
    with pytest.raises(FileExistsError):
        backend.create_stream("blobs/x", (b"other" * MEGABYTE for _ in range(3)))
    assert backend.read("blobs/x")[:1] == b"\0"
    assert backend.list() == ("blobs/x",)


@pytest.mark.parametrize("megabytes", [0, 1, 20])
def test_a_stream_that_breaks_off_leaves_nothing(backend: Backend, megabytes: int) -> None:
    def broken() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield bytes(MEGABYTE)
        raise ValueError("the source is gone")

    with pytest.raises(ValueError, match="the source is gone"):
        backend.create_stream("blobs/x", broken())
    assert backend.list() == ()
    backend.create_stream("blobs/x", iter((b"whole",)))
    assert backend.read("blobs/x") == b"whole"


@pytest.mark.parametrize("how", WRITES)
def test_a_taken_path_keeps_its_first_bytes(backend: Backend, how: str) -> None:
    write(backend, how, "a/x", b"first")
    for data in (b"second", b"first"):
        with pytest.raises(FileExistsError):
            write(backend, how, "a/x", data)
    assert backend.read("a/x") == b"first"
    assert backend.list() == ("a/x",)


def test_what_is_replaced_is_new_and_alone(backend: Backend) -> None:
    backend.create("VAULT.json", b"version 1")
    backend.replace("VAULT.json", b"version 2, longer")
    assert backend.read("VAULT.json") == b"version 2, longer"
    backend.replace("VAULT.json", b"3")
    assert backend.read("VAULT.json") == b"3"
    assert backend.list() == ("VAULT.json",)


def test_listing_is_sorted_and_by_folder(backend: Backend) -> None:
    for path in ("b/2", "a/1", "ab/3", "a/c/4", "a-b/5"):
        backend.create(path, b"x")
    assert backend.list() == tuple(sorted(("a-b/5", "a/1", "a/c/4", "ab/3", "b/2")))
    assert backend.list("a") == ("a/1", "a/c/4")
    assert backend.list("a/c") == ("a/c/4",)
    assert backend.list("nowhere") == ()
    assert [backend.odd(path) for path in backend.list()] == [None] * 5


def test_absent_files(backend: Backend) -> None:
    for action in (backend.read, lambda path: list(backend.chunks(path)), backend.age):
        with pytest.raises(FileNotFoundError):
            action("none")
    backend.delete("none")
    backend.create("x", b"")
    backend.delete("x")
    backend.delete("x")
    backend.make_durable("")
    backend.make_durable("nowhere")
    assert backend.list() == ()
    assert backend.odd("none") is None, "it may have gone after it was listed"


def test_a_file_is_young_and_only_old_temporaries_are_swept(backend: Backend) -> None:
    backend.create("x.tmp-1", b"still being written")
    backend.create("x", b"")
    assert abs(backend.age("x")) < 600
    sweep(backend)
    assert backend.list() == ("x", "x.tmp-1")


@pytest.mark.parametrize("size", [20, 9 * MEGABYTE], ids=["short", "long"])
def test_one_of_many_writers_wins(backend: Backend, size: int) -> None:
    """Each round is a race of eight for one path; who lost is told so, and what lies there is the winner's, whole."""
    for turn in range(4 if size < MEGABYTE else 1):
        won: list[int] = []
        lost: list[int] = []
        start = threading.Barrier(8)

        def race(
            number: int, path: str, won: list[int] = won, lost: list[int] = lost, start: threading.Barrier = start
        ) -> None:
            start.wait()
            try:
                if size < MEGABYTE:
                    backend.create(path, bytes([number]) * size)
                else:
                    backend.create_stream(path, (bytes([number]) * MEGABYTE for _ in range(size // MEGABYTE)))
            except FileExistsError:
                lost.append(number)
            else:
                won.append(number)

        threads = [threading.Thread(target=race, args=(number, f"entry/{turn}")) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(won), len(lost)) == (1, 7)
        assert backend.read(f"entry/{turn}") == bytes(won) * size


PATHS = st.sampled_from(("a", "b", "c/d", "c/e", "c/f/g"))
ACTS = st.lists(
    st.tuples(st.sampled_from((*WRITES, "delete", "replace", "list")), PATHS, st.binary(max_size=40)), max_size=15
)


@given(acts=ACTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_acts_do_what_a_dictionary_would(backend: Backend, acts: list[tuple[str, str, bytes]]) -> None:
    folder = f"example-{next(_examples)}"
    model: dict[str, bytes] = {}
    for act, name, data in acts:
        path = f"{folder}/{name}"
        if act in WRITES:
            expected = FileExistsError if path in model else None
            assert outcome(lambda: write(backend, act, path, data)) is expected  # noqa: B023
            model.setdefault(path, data)
        elif act == "delete":
            backend.delete(path)
            model.pop(path, None)
        elif act == "replace":
            backend.replace(path, data)
            model[path] = data
        assert backend.list(folder) == tuple(sorted(model))
    assert {path: backend.read(path) for path in backend.list(folder)} == model
    for path in backend.list(folder):
        backend.delete(path)


def outcome(action: Callable[[], object]) -> type[Exception] | None:
    try:
        action()
    except FileExistsError as error:
        return type(error)
    return None
