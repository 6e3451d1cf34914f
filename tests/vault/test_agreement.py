"""With keys: what is stored agrees with what is said of it, even where every signature and digest is sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import polars as pl
import pytest

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import documents
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.snapshots import batch, frames, parquet, shelf, steps, writer
from akika_forensics.vault.vault import Vault

REMOVALS = steps.removals


@dataclass(frozen=True)
class Lie:
    """A writer that stores something else than it says; where the check must point, and what it must say."""

    install: Callable[[pytest.MonkeyPatch], None]
    folder: str
    what: str


def _description(**lies: object) -> Callable[[pytest.MonkeyPatch], None]:
    def make(**fields: Any) -> Any:
        return msgspec.structs.replace(real(**fields), **lies)

    real = writer.Description
    return lambda patched: patched.setattr(writer, "Description", make)


def _manifest(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patched: patched.setattr(steps, "removals", lambda gone: change(REMOVALS(gone)))


def _segment(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pytest.MonkeyPatch], None]:
    real = batch.Batch.segment
    return lambda patched: patched.setattr(
        batch.Batch, "segment", lambda files, number, rows: real(files, number, change(rows))
    )


def _payload(change: Callable[[bytes], bytes]) -> Callable[[pytest.MonkeyPatch], None]:
    real = batch.Batch.frame

    def frame(files: Any, role: str, rows: pl.DataFrame, *more: Any) -> str:
        if role == "payload":
            changed = [change(payload) for payload in rows["payload"]]
            rows = rows.with_columns(payload=pl.Series(changed, dtype=pl.Binary))
        return real(files, role, rows, *more)  # type: ignore[arg-type]

    return lambda patched: patched.setattr(batch.Batch, "frame", frame)


def _index(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pytest.MonkeyPatch], None]:
    real = batch.Batch.frame

    def frame(files: Any, role: str, rows: pl.DataFrame, *more: Any) -> str:
        is_index = "payload_sha256" in rows.columns
        return real(files, role, change(rows) if is_index else rows, *more)  # type: ignore[arg-type]

    return lambda patched: patched.setattr(batch.Batch, "frame", frame)


def _a_stranger_is_removed(manifest: pl.DataFrame) -> pl.DataFrame:
    row = {"entity": "Vendor", "id": "9", "digest": None, "segment": None, "length": None, "removed": True, "was": b"x"}
    return pl.concat([manifest, pl.DataFrame([row], schema=frames.MANIFEST)]).sort(frames.KEY)


def _an_older_version(manifest: pl.DataFrame) -> pl.DataFrame:
    row = {
        "entity": "Invoice",
        "id": "2",
        "digest": b"x" * 32,
        "segment": 0,
        "length": 1,
        "removed": False,
        "was": None,
    }
    return pl.DataFrame([row], schema=frames.MANIFEST)


LIES = {
    "records": Lie(_description(records=99), "commits", "another number of records"),
    "new versions": Lie(_description(new_versions=0), "commits", "another number of records"),
    "number": Lie(_description(snapshot="s7"), "commits", "number of its snapshot"),
    "base": Lie(_description(base=0), "commits", "follow the snapshot before"),
    "company": Lie(
        _description(company={"realm_id": "1", "name": "x", "base_url": "http://x"}), "commits", "another company"
    ),
    "manifest without a removed record": Lie(_manifest(lambda rows: rows.clear()), "commits", "another number"),
    "manifest with an older version": Lie(_manifest(_an_older_version), "data", "not of its snapshot"),
    "manifest that tells of another before": Lie(
        _manifest(lambda rows: rows.with_columns(was=pl.lit(b"x" * 32))), "data", "not what they replace"
    ),
    "index that tells of another before": Lie(
        _segment(lambda rows: rows.with_columns(was=pl.lit(b"x" * 32))), "data", "not what they replace"
    ),
    "index that tells of none before": Lie(
        _segment(lambda rows: rows.with_columns(was=pl.lit(None, dtype=pl.Binary))), "data", "not what they replace"
    ),
    "index in no order": Lie(_segment(lambda rows: rows.reverse()), "data", "not in order"),
    "removed records": Lie(_description(removed=0), "commits", "another number of records"),
    "manifest that removes a stranger": Lie(_manifest(_a_stranger_is_removed), "data", "was not there"),
    "manifest that lists twice": Lie(_manifest(lambda rows: pl.concat([rows, rows])), "data", "twice"),
    "payload with another value": Lie(_payload(lambda data: data.replace(b"1", b"2")), "data", "not the one its index"),
    "payload with other bytes": Lie(_payload(lambda data: data + b" "), "data", "not the one its index"),
    "payload that is no json": Lie(_payload(lambda _: b"<"), "data", "not the one its index"),
    "index with another digest": Lie(
        _index(lambda rows: rows.with_columns(digest=pl.lit(b"x" * 32))), "data", "not the one its index"
    ),
    "index with another key": Lie(
        _index(lambda rows: rows.with_columns(id=pl.col("id").replace("3", "5"))), "data", "exactly the records"
    ),
    "key table without a key": Lie(
        lambda patched: patched.setattr(
            keytable,
            "put",
            lambda backend, keys, company, table, real=keytable.put: real(
                backend, keys, company, {"index": table["index"], "payload": {}}
            ),
        ),
        "data",
        "No key table has its key",
    ),
    "control under another name": Lie(
        lambda patched: patched.setattr(documents, "control_kind", lambda _: "control x"), "data", "another control"
    ),
    "files bound to another company": Lie(
        lambda patched: patched.setattr(
            writer, "shelf", SimpleNamespace(pseudonym=lambda *_: "f" * 32, Shelf=shelf.Shelf)
        ),
        "commits",
        "another company",
    ),
}


OF_PAYLOADS = [name for name in LIES if name.startswith(("payload", "index with another"))]


@pytest.mark.parametrize(("name", "rows"), [*((name, 25_000) for name in LIES), *((name, 1) for name in OF_PAYLOADS)])
def test_a_writer_that_lies_is_found(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch, name: str, rows: int
) -> None:
    """Also where so few rows are looked at in a turn that a part takes several."""
    lie = LIES[name]
    monkeypatch.setattr(parquet, "_SLICE_ROWS", rows)
    records = kit.books(9)
    kit.take(empty.vault, records)
    records[RecordKey("Invoice", "1")] = kit.invoice(1, "11.00")
    records[RecordKey("Invoice", "3")] = kit.invoice(3, "33.00")
    del records[RecordKey("Invoice", "2")]
    with monkeypatch.context() as patched:
        lie.install(patched)
        kit.take(empty.vault, records)
    assert empty.verify(keys=False).ok
    found = kit.damage(empty.verify())
    assert found
    assert any(path.startswith(lie.folder) and lie.what in what for path, told in found.items() for what in told), found


def test_a_commit_that_describes_other_files_is_not_read(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        _description(manifest="data/other")(patched)
        with pytest.raises(VaultDamaged, match="vouch"):
            kit.take(empty.vault, kit.books())
    assert "commits/00000001.json" in kit.damage(empty.verify())


def test_digests_of_another_canonical_form_are_refused(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        _description(canonical_form="akika-canonical-9")(patched)
        with pytest.raises(WrongUse, match="akika-canonical-9"):
            kit.take(empty.vault, kit.books())
    with pytest.raises(WrongUse, match="akika-canonical-9"):
        empty.open()
    (told,) = kit.damage(empty.verify()).values()
    assert told[0].startswith("What it holds was not checked.")
    assert "akika-canonical-9" in told[0]
    assert empty.verify(keys=False).ok


def test_a_commit_that_tells_of_a_chain_that_is_not_there_is_found_without_keys(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Vault, "witness", lambda _: {"custody": ChainHead(5, "0" * 64)})
        kit.take(empty.vault, kit.books())
    (told,) = kit.damage(empty.verify(keys=False))["custody/00000005.json"]
    assert "commit 1 tells of it" in told
