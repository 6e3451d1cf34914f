"""Backends of every kind; an object store of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.adversary import Recorder
from vault.storage.object_server import ObjectServer

from akika_forensics.vault.storage import Backend, LocalBackend

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIATHISTEST", "AWS_SECRET_ACCESS_KEY": "hush-hush-0123456789"}


@pytest.fixture(scope="session")
def _object_server() -> Iterator[ObjectServer]:
    server = ObjectServer()
    yield server
    server.stop()


@pytest.fixture
def server(_object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectServer]:
    """The object store, as the environment tells of it; without trouble until a test makes some."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": _object_server.address}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ALLOW_HTTP"):
        monkeypatch.delenv(name, raising=False)
    _object_server.seen.clear()
    yield _object_server
    _object_server.trouble = lambda method, path, environ: None


@pytest.fixture
def bucket(server: ObjectServer, request: pytest.FixtureRequest) -> str:
    """A bucket of this test's own."""
    number = len(server.client().list_buckets()["Buckets"])
    server.client().create_bucket(Bucket=f"vaults-{number}")
    return f"vaults-{number}"


@pytest.fixture
def in_bucket(bucket: str) -> Callable[..., Any]:
    """A backend on the bucket; each call is a program of its own."""
    from akika_forensics.vault.storage import s3
    from akika_forensics.vault.storage.object_store import ObjectStoreBackend

    return lambda **more: ObjectStoreBackend(s3.store(bucket, "a/vault"), f"s3://{bucket}/a/vault", **more)


def _memory_store() -> Backend:
    from obstore.store import MemoryStore

    from akika_forensics.vault.storage.object_store import ObjectStoreBackend

    return ObjectStoreBackend(MemoryStore(), "memory")


@pytest.fixture(params=["local", "local, recorded", "memory", "memory behind a wrapper", "objects in memory", "s3"])
def backend(request: pytest.FixtureRequest, kit: ModuleType, tmp_path: Path) -> Iterator[Backend]:
    """Every kind of backend that there is."""
    if request.param == "local, recorded":
        (tmp_path / "store").mkdir()
        with Recorder(tmp_path / "store").recording():
            yield LocalBackend(tmp_path / "store")
        return
    made: dict[str, Callable[[], Any]] = {
        "local": lambda: LocalBackend(tmp_path / "store"),
        "memory": kit.MemoryBackend,
        "memory behind a wrapper": lambda: kit.FaultyBackend(kit.MemoryBackend(), kit.Trouble(-1, "none")),
        "objects in memory": _memory_store,
        "s3": lambda: request.getfixturevalue("in_bucket")(),
    }
    yield made[request.param]()
