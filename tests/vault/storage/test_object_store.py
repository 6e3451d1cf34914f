"""An object store as it is: conditions that are ignored, answers that are lost, rights that are missing."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from vault.storage import programs
from vault.storage.object_server import Environ, ObjectServer

from akika_forensics.errors import AkikaError, Refused, WrongUse
from akika_forensics.vault.storage import StorageFailed, object_store, s3
from akika_forensics.vault.storage.ahead import ahead
from akika_forensics.vault.storage.object_store import ObjectStoreBackend

MEGABYTE = 1 << 20


def names(server: ObjectServer, bucket: str) -> list[str]:
    """What lies in the bucket, told by another client."""
    pages = server.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [one["Key"] for page in pages for one in page.get("Contents", ())]


def deaf(method: str, path: str, environ: Environ) -> None:
    """A store that has never heard of conditions."""
    environ.pop("HTTP_IF_NONE_MATCH", None)
    environ.pop("HTTP_IF_MATCH", None)


def once(outcome: str, method: str, ending: str) -> Callable[[str, str, Environ], str | None]:
    """One piece of trouble, at the first request of the kind."""
    left = [outcome]

    def trouble(seen: str, path: str, environ: Environ) -> str | None:
        return left.pop() if left and seen == method and path.endswith(ending) else None

    return trouble


def stream(count: int) -> Iterator[bytes]:
    return (bytes([number]) * MEGABYTE for number in range(count))


# -- conditions -------------------------------------------------------------------------------------------------------


def test_a_store_that_honours_conditions_is_tried_once_and_left_clean(
    in_bucket: Any, server: ObjectServer, bucket: str
) -> None:
    backend = in_bucket()
    assert backend.list() == ()
    assert not any("/a/vault/" in request for request in server.seen), "reading tries nothing out"
    backend.create("commits/0", b"0")
    backend.create("commits/1", b"1")
    assert len([request for request in server.seen if ".tmp-" in request and request.startswith("PUT")]) == 2
    assert names(server, bucket) == ["a/vault/commits/0", "a/vault/commits/1"]


def test_a_store_that_ignores_conditions_is_refused(in_bucket: Any, server: ObjectServer, bucket: str) -> None:
    in_bucket().create("kept", b"kept")
    server.trouble = deaf
    writes: list[Callable[[Any], object]] = [
        lambda backend: backend.create("commits/0", b"0"),
        lambda backend: backend.create_stream("blobs/0", stream(10)),
        lambda backend: backend.replace("kept", b"0"),
        lambda backend: backend.swap("kept", b"0", "tag"),
    ]
    for write in writes:
        with pytest.raises(Refused, match="overwrites what it was told only to create") as refused:
            write(in_bucket())
        assert "AKIKA_SINGLE_WRITER=1" in refused.value.do
    assert in_bucket().read("kept") == b"kept"
    assert names(server, bucket) == ["a/vault/kept"]


@pytest.mark.parametrize("trouble", [deaf, lambda method, path, environ: _not_implemented(environ)])
def test_one_writer_may_use_it_knowingly(in_bucket: Any, server: ObjectServer, bucket: str, trouble: Any) -> None:
    server.trouble = trouble
    backend = in_bucket(single_writer=True)
    backend.create("commits/0", b"first")
    with pytest.raises(FileExistsError):
        backend.create("commits/0", b"second")
    backend.create_stream("blobs/0", stream(10))
    with pytest.raises(FileExistsError):
        backend.create_stream("blobs/0", stream(11))
    assert backend.read("commits/0") == b"first"
    assert len(backend.read("blobs/0")) == 10 * MEGABYTE
    assert names(server, bucket) == ["a/vault/blobs/0", "a/vault/commits/0"]


def _not_implemented(environ: Environ) -> str | None:
    return "501 NotImplemented" if "HTTP_IF_NONE_MATCH" in environ else None


def test_where_only_copies_know_no_condition_streams_look_first(
    in_bucket: Any, server: ObjectServer, bucket: str
) -> None:
    server.trouble = lambda method, path, environ: deaf(method, path, environ) if method == "POST" else None
    backend = in_bucket()
    backend.create_stream("blobs/0", stream(10))
    with pytest.raises(FileExistsError):
        backend.create_stream("blobs/0", stream(11))
    assert len(backend.read("blobs/0")) == 10 * MEGABYTE
    assert names(server, bucket) == ["a/vault/blobs/0"]


# -- answers that are lost ---------------------------------------------------------------------------------------------


def test_a_lost_answer_is_not_another_writers_success(in_bucket: Any, server: ObjectServer) -> None:
    """What was written is there, and a repeated request finds it taken: by ourselves."""
    backend = in_bucket()
    for number, outcome in enumerate(("lose answer", "lose request", "500 InternalError", "503 SlowDown")):
        server.trouble = once(outcome, "PUT", f"/{number}")
        backend.create(f"commits/{number}", b"mine")
        assert backend.read(f"commits/{number}") == b"mine"
        server.trouble = once(outcome, "PUT", f"/{number}")
        with pytest.raises((FileExistsError, StorageFailed)):
            backend.create(f"commits/{number}", b"other")
        assert backend.read(f"commits/{number}") == b"mine"


def test_a_conflict_over_nothing_is_tried_again(in_bucket: Any, server: ObjectServer) -> None:
    """S3 answers 409 while another write or delete of the key is under way; nothing may have come of that."""
    backend = in_bucket()
    server.trouble = once("409 ConditionalRequestConflict", "PUT", "/0")
    backend.create("commits/0", b"0")
    assert backend.read("commits/0") == b"0"
    server.trouble = lambda method, path, environ: (
        "409 ConditionalRequestConflict" if (method, path[-2:]) == ("PUT", "/1") else None
    )
    with pytest.raises(StorageFailed, match="again and again, though nothing is there"):
        backend.create("commits/1", b"1")


@pytest.mark.parametrize("outcome", ["lose answer", "500 InternalError", "409 ConditionalRequestConflict"])
def test_a_lost_answer_to_a_copy(in_bucket: Any, server: ObjectServer, bucket: str, outcome: str) -> None:
    backend = in_bucket()
    backend.create_stream("blobs/first", stream(9))
    server.trouble = once(outcome, "POST", "/second")
    backend.create_stream("blobs/second", stream(10))
    assert len(backend.read("blobs/second")) == 10 * MEGABYTE
    assert names(server, bucket) == ["a/vault/blobs/first", "a/vault/blobs/second"]


@pytest.mark.parametrize("outcome", ["lose answer", "lose request"])
def test_a_swap_whose_answer_is_lost(in_bucket: Any, server: ObjectServer, outcome: str) -> None:
    backend = in_bucket()
    backend.create("lock", b"0")
    tag = backend.read_tagged("lock").tag
    server.trouble = once(outcome, "PUT", "/lock")
    new = backend.swap("lock", b"1", tag)
    assert new == backend.read_tagged("lock").tag != tag
    assert backend.swap("lock", b"2", tag) is None
    assert backend.swap("nowhere", b"2", tag) is None
    assert backend.read("lock") == b"1"


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said", "do"),
    [
        ("403 AccessDenied", "does not allow it", "reading, writing and deleting"),
        ("403 InvalidAccessKeyId", "does not accept the credentials", "AWS_ACCESS_KEY_ID"),
        ("403 SignatureDoesNotMatch", "does not accept the credentials", "AWS_SECRET_ACCESS_KEY"),
        ("400 ExpiredToken", "does not accept the credentials", "AWS_SESSION_TOKEN"),
        ("403 RequestTimeTooSkewed", "the clocks of this machine and of .* differ", "Set this clock"),
        ("400 AuthorizationHeaderMalformed", "lies in another region", "AWS_REGION"),
        ("404 NoSuchBucket", "there is no bucket for s3://", "Make the bucket"),
        ("403 QuotaExceeded", "is full", "Make room"),
        ("400 SomethingElse", "answered SomethingElse", "Look at the store"),
    ],
)
def test_what_the_store_refuses_is_said_plainly(
    in_bucket: Any, server: ObjectServer, answer: str, said: str, do: str
) -> None:
    backend = in_bucket()
    backend.create("x", b"x")
    server.trouble = lambda method, path, environ: answer
    acts: list[Callable[[], object]] = [
        lambda: backend.create("y", b"y"),
        lambda: backend.create_stream("y", stream(9)),
        lambda: backend.replace("x", b"y"),
        lambda: backend.read("x"),
        lambda: list(backend.chunks("x")),
        lambda: backend.list("x"),
        lambda: backend.delete("x"),
    ]
    for act in acts:
        with pytest.raises(StorageFailed, match=said) as failed:
            act()
        assert do in failed.value.do
        shown = "".join(traceback.format_exception(failed.value)) + repr(failed.value.__context__)
        assert "hush" not in shown
        assert "AKIA" not in shown
        assert "<Error>" not in shown, "the store's own words may quote what was signed"


def test_nobody_answers(in_bucket: Any, server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageFailed, match="did not answer") as failed:
        in_bucket().read("x")
    assert "AWS_ENDPOINT_URL" in failed.value.do


def test_a_bucket_that_is_not_there(server: ObjectServer) -> None:
    backend = ObjectStoreBackend(s3.store("nowhere", ""), "s3://nowhere")
    for act in (backend.list, lambda: backend.read("x"), lambda: backend.create("x", b"x")):
        with pytest.raises(StorageFailed, match="no bucket for s3://nowhere"):
            act()


def test_credentials_come_from_the_environment_alone(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(WrongUse, match="no credentials"):
        s3.store("vaults", "")


def test_a_way_without_tls_is_refused_beyond_this_machine(
    server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.example:9000")
    with pytest.raises(WrongUse, match="without TLS"):
        s3.store("vaults", "")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    s3.store("vaults", "")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://me:hush@store.example")
    with pytest.raises(WrongUse, match="name and a password") as refused:
        s3.store("vaults", "")
    assert "hush" not in str(refused.value)


def test_what_cannot_be_copied_on_condition_is_refused_before_it_is_there(
    in_bucket: Any, server: ObjectServer, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "_LARGEST_COPY", 10 * MEGABYTE)
    backend = in_bucket()
    backend.create_stream("blobs/0", stream(10))
    with pytest.raises(StorageFailed, match="no file of more than 5 GiB"):
        backend.create_stream("blobs/1", stream(11))
    assert names(server, bucket) == ["a/vault/blobs/0"]
    assert not server.client().list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_an_upload_that_was_taken_for_a_left_over_is_said(in_bucket: Any, server: ObjectServer, bucket: str) -> None:
    backend = in_bucket()
    backend.create_stream("blobs/first", stream(9))

    def swept(method: str, path: str, environ: Environ) -> None:
        if method == "POST" and path.endswith("/second") and environ["QUERY_STRING"].startswith("uploads"):
            for name in names(server, bucket):
                if ".tmp-" in name:
                    server.client().delete_object(Bucket=bucket, Key=name)

    server.trouble = swept
    with pytest.raises(StorageFailed, match="what was uploaded for it is gone"):
        backend.create_stream("blobs/second", stream(9))
    assert backend.list() == ("blobs/first",)


def test_what_is_fetched_ahead_is_read_once(in_bucket: Any, server: ObjectServer) -> None:
    backend = in_bucket()
    paths = [f"commits/{number}" for number in range(40)]
    for path in paths:
        backend.create(path, path.encode())
    server.trouble = lambda method, path, environ: "403 AccessDenied" if path.endswith("/7") else None
    ahead(backend, [*paths, "commits/none"])
    server.seen.clear()
    assert [backend.read(path) for path in paths if path != paths[7]] == [p.encode() for p in paths if p != paths[7]]
    assert server.seen == [], "all of them lay ready"
    with pytest.raises(StorageFailed, match="does not allow it"):
        backend.read(paths[7])
    with pytest.raises(FileNotFoundError):
        backend.read("commits/none")
    ahead(backend, paths)
    backend.delete(paths[0])
    assert paths[0] not in backend.list()
    with pytest.raises(FileNotFoundError):
        backend.read(paths[0])


# -- size and company --------------------------------------------------------------------------------------------------


def test_a_listing_of_several_pages(in_bucket: Any, server: ObjectServer, bucket: str) -> None:
    def short_pages(method: str, path: str, environ: Environ) -> None:
        environ["QUERY_STRING"] += "&max-keys=3" if "list-type" in environ["QUERY_STRING"] else ""

    client = server.client()
    for number in range(10):
        client.put_object(Bucket=bucket, Key=f"a/vault/data/{number:04d}", Body=b"")
    client.put_object(Bucket=bucket, Key="a/vault-of-another/data/0", Body=b"")
    server.seen.clear()
    server.trouble = short_pages
    assert in_bucket().list() == tuple(f"data/{number:04d}" for number in range(10))
    assert len(server.seen) == 4


def test_a_stream_is_never_far_ahead_of_what_was_sent(in_bucket: Any, server: ObjectServer) -> None:
    """Of a file of any length a few parts are in memory: two on their way, and one that is being filled."""
    backend = in_bucket()
    backend.create("x", b"")
    sent, ahead_of_it = [0], [0]

    def count(method: str, path: str, environ: Environ) -> None:
        sent[0] += 8 if method == "PUT" and "partNumber" in environ["QUERY_STRING"] else 0

    def pieces() -> Iterator[bytes]:
        for number in range(1, 101):
            ahead_of_it.append(number - sent[0])
            yield bytes(MEGABYTE)

    server.trouble = count
    backend.create_stream("blobs/x", pieces())
    assert sent[0] >= 100
    assert max(ahead_of_it) <= 4 * 8


def test_other_clients_read_what_was_written(in_bucket: Any, server: ObjectServer, bucket: str) -> None:
    backend = in_bucket()
    backend.create("a", b"one put")
    backend.create_stream("b", stream(10))
    for name in "ab":
        found = server.client().get_object(Bucket=bucket, Key=f"a/vault/{name}")["Body"].read()
        assert found == backend.read(name)


def test_processes_race_for_entries(in_bucket: Any, bucket: str) -> None:
    start, results = programs.FRESH.Barrier(2), programs.FRESH.Queue()
    with programs.running(programs.race, [(bucket, number, start, results) for number in range(2)]) as racing:
        won = dict(programs.told(results, racing))
    assert sorted(won[0] + won[1]) == list(range(10))
    for number, entries in won.items():
        assert [in_bucket().read(f"commits/{entry}") for entry in entries] == [b"%d" % number] * len(entries)


def test_a_failed_probe_leaves_nothing(in_bucket: Any, server: ObjectServer, bucket: str) -> None:
    server.trouble = once("403 AccessDenied", "GET", "")
    with pytest.raises(AkikaError):
        in_bucket().create("x", b"x")
    assert names(server, bucket) == []
