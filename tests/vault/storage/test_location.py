"""How a place of a vault is given: a folder, or a prefix in a bucket."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from vault.storage.object_server import ObjectServer

from akika_forensics.errors import WrongUse
from akika_forensics.vault.storage import LocalBackend
from akika_forensics.vault.storage.location import Location
from akika_forensics.vault.storage.locking import held


@pytest.mark.parametrize(
    ("given", "bucket", "prefix", "text"),
    [
        ("s3://vaults", "vaults", "", "s3://vaults"),
        ("s3://vaults/", "vaults", "", "s3://vaults"),
        ("s3://vaults.of-us/2026/amy/", "vaults.of-us", "2026/amy", "s3://vaults.of-us/2026/amy"),
    ],
)
def test_a_bucket_and_a_prefix(given: str, bucket: str, prefix: str, text: str) -> None:
    found = Location.of(given)
    assert (found.bucket, found.prefix, found.text, found.folder, str(found)) == (bucket, prefix, text, None, text)
    assert Location.of(found) is found


@pytest.mark.parametrize("given", ["vault", "/somewhere/vault", "a b/c:d", Path("vault"), Path("s3:/x"), "C:vault"])
def test_anything_else_is_a_folder(given: str | Path) -> None:
    assert Location.of(given).folder == Path(given)


@pytest.mark.parametrize(
    "given",
    [
        "s3://key:hush@vaults/x",
        "s3://",
        "s3://V",
        "s3://vaults/../other",
        "s3://vaults//x",
        "s3://vaults/x?secret=hush",
        "gs://vaults/x",
        "https://store/vaults?hush",
        "file:///tmp/x",
    ],
)
def test_other_addresses_are_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(WrongUse, match="not the address of a vault") as refused:
        Location.of(given)
    assert "hush" not in str(refused.value)


@given(st.text() | st.text("ab./").map("s3://{}".format))
def test_an_address_given_again_is_the_same_place(text: str) -> None:
    try:
        found = Location.of(text)
    except WrongUse:
        assume(False)
    assert (found.folder is None) == bool(found.bucket)
    assert Location.of(found.text) == found


def test_one_place_has_one_key(server: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "vault")
    assert {Location.of(one).key for one in ("vault", tmp_path / "vault", "x/../vault", "link")} == {
        str(tmp_path / "vault")
    }
    here = Location.of("s3://vaults/x").key
    assert here == Location.of("s3://vaults/x/").key
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert here != Location.of("s3://vaults/x").key, "two stores may have a bucket of one name"


def test_what_lies_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    folder, bucket = Location.of("a/vault"), Location.of("s3://vaults/of/amy")
    assert (folder.name, folder.beside, folder.absolute.text) == ("vault", Path("a"), str(tmp_path / "a" / "vault"))
    assert (bucket.name, bucket.beside, bucket.absolute) == ("amy", Path(), bucket)
    assert Location.of("s3://vaults").name == "vaults"


def test_what_it_is_written_through(bucket: str, tmp_path: Path) -> None:
    for place in (tmp_path / "vault", f"s3://{bucket}/x"):
        location = Location.of(place)
        location.require_empty()
        backend, lock = location.open()
        backend.create("keys/0", b"0")
        with held(lock, "capture"):
            assert backend.list() == ("keys/0", "lock")
        with pytest.raises(WrongUse, match=r"is not (an )?empty"):
            location.require_empty()
    assert isinstance(Location.of(tmp_path).open().backend, LocalBackend)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WrongUse, match="not an empty folder"):
        Location.of(tmp_path / "file").require_empty()
    (tmp_path / "vault" / "VAULT.json").write_bytes(b"{}")
    with pytest.raises(WrongUse, match="a vault is there already"):
        Location.of(tmp_path / "vault").require_empty()


def test_one_writer_is_said_in_the_environment(
    bucket: str, server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(method: str, path: str, environ: dict[str, Any]) -> None:
        environ.pop("HTTP_IF_NONE_MATCH", None)

    server.trouble = deaf
    monkeypatch.setenv("AKIKA_SINGLE_WRITER", "1")
    Location.of(f"s3://{bucket}").open().backend.create("x", b"x")
    monkeypatch.setenv("AKIKA_SINGLE_WRITER", "0")
    with pytest.raises(Exception, match="overwrites what it was told only to create"):
        Location.of(f"s3://{bucket}").open().backend.create("y", b"y")


def test_the_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    real = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return real(name, *arguments, **more)

    for name in [name for name in sys.modules if name.startswith("akika_forensics.vault.storage.s3")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("akika_forensics.vault.storage.s3", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WrongUse, match="not installed") as refused:
        Location.of("s3://vaults").open()
    assert "akika-forensics[cloud]" in refused.value.do
