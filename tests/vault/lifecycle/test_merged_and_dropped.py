"""Merging and dropping in a vault: what readers see meanwhile, what a false merge meets, what stopping leaves."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from akika_forensics.errors import Interrupted, VaultDamaged, VaultLocked, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.lifecycle import compaction, erasing, holding, merging, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.lifecycle.rearranging import Rearrangement
from akika_forensics.vault.snapshots import shelf as shelves
from akika_forensics.vault.snapshots import stored_payloads

NOW = datetime(2030, 1, 1, tzinfo=UTC)
type Taken = dict[str, dict[RecordKey, bytes]]


def days(vault: Any, kit: ModuleType, count: int, first: int = 0) -> Taken:
    """A snapshot a day; one invoice changes each day, one comes, one goes after a while."""
    taken: Taken = {}
    books = kit.books(4)
    for day in range(count):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        books[RecordKey("Invoice", str(100 + day))] = kit.invoice(100 + day)
        books.pop(RecordKey("Invoice", str(97 + day)), None)
        taken[kit.take(vault, books, day=first + day).id] = dict(books)
    return taken


def holds(vault: Any, taken: Taken) -> bool:
    return all(
        {record.key: record.payload for record in vault.snapshot(ident).records()} == books
        for ident, books in taken.items()
    )


def compact(vault: Any, kit: ModuleType, **more: Any) -> compaction.Compacted:
    return compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), **({"extent": "everything"} | more))


def retire(vault: Any, kit: ModuleType, rule: str, **more: Any) -> retiring.Retirement:
    company = vault.pseudonym(kit.COMPANY)
    return retiring.retire(vault.workshop(), company, Policy.parse(rule), **({"now": NOW} | more))


def test_readers_that_opened_before_go_on(kit: ModuleType, empty: Any) -> None:
    taken = days(empty.vault, kit, 9)
    reader = empty.open()
    half_way = reader.snapshot("s5").records()
    first = next(half_way)
    old = {ident: reader.snapshot(ident) for ident in taken}
    compact(empty.vault, kit)
    assert [first, *half_way] == list(empty.vault.snapshot("s5").records())
    assert holds(reader, taken)
    compact(empty.vault, kit, extent="anew")
    for ident, snapshot in old.items():
        assert {record.key: record.payload for record in snapshot.records()} == taken[ident]
        assert snapshot.control("TrialBalance/Accrual")
    compact(empty.vault, kit, extent="anew")
    assert len(reader.history(RecordKey("Invoice", "1"))) == 9
    retire(empty.vault, kit, "last=1")
    with pytest.raises(WrongUse, match=r"s5 was dropped on .* by the retention rule last=1,zone=UTC"):
        list(old["s5"].records())
    assert list(old["s9"].records()) == list(empty.vault.snapshot("latest").records())
    erasing.erase(empty.vault.workshop(), empty.vault.pseudonym(kit.COMPANY), "asked for", named="it")
    with pytest.raises(WrongUse, match=r"s9 was of a company that was erased on"):
        list(old["s9"].records())


def test_the_history_of_a_record_touches_few_files(kit: ModuleType, in_memory: Any) -> None:
    class Counting(kit.MemoryBackend):  # type: ignore[misc,name-defined]
        reads: set[str]

        def read(self, path: str) -> bytes:
            if hasattr(self, "reads"):
                self.reads.add(path)
            return bytes(super().read(path))

    backend = Counting()
    vault = in_memory.create(backend)
    days(vault, kit, 30)
    manifests = {vault.workshop().shelf.holdings.manifest(one) for one in vault.workshop().shelf.commits()}
    before = vault.history(RecordKey("Invoice", "1"))
    compact(vault, kit)
    vault = in_memory.open(backend)
    backend.reads = set()
    assert vault.history(RecordKey("Invoice", "1")) == before
    assert len([path for path in backend.reads if path.startswith("data/") and path not in manifests]) <= 2


def test_a_merge_that_would_change_a_row_is_refused(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = days(empty.vault, kit, 3)
    files = empty.files()
    original = shelves.Shelf.index_of

    def changed(self: Any, *given: Any, **more: Any) -> pl.DataFrame:
        return original(self, *given, **more).with_columns(digest=pl.lit(b"x" * 32))

    with monkeypatch.context() as patched:
        patched.setattr(shelves.Shelf, "index_of", changed)
        with pytest.raises(VaultDamaged, match="record root of segment"):
            compact(empty.vault, kit)
    write = merging.write_payloads

    def lossy(order: Any, *given: Any) -> None:
        frames = [frame.with_columns(payload=pl.lit(b"{}")) for frame in order.payloads()]
        order.payloads = lambda: iter(frames)
        write(order, *given)

    with monkeypatch.context() as patched:
        patched.setattr(merging, "write_payloads", lossy)
        with pytest.raises(VaultDamaged, match="not those of the index"):
            compact(empty.vault, kit)
    assert empty.files() == files
    assert holds(empty.open(), taken)
    compact(empty.vault, kit)
    assert empty.verify().findings == ()


def test_a_merge_by_somebody_who_leaves_out_a_row_contradicts_the_first_signature(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    days(empty.vault, kit, 3)
    original = Rearrangement.merge

    def without_one(self: Any, parts: Any, gone: Any = None) -> None:
        original(self, parts, pl.DataFrame([("Invoice", "1", 0)], schema=["entity", "id", "segment"], orient="row",
                                           schema_overrides={"segment": pl.UInt32}))  # fmt: skip

    monkeypatch.setattr(Rearrangement, "merge", without_one)
    compact(empty.vault, kit)
    found = kit.damage(empty.verify())
    assert any("not those whose root was signed" in what for one in found.values() for what in one), found


def test_a_run_that_was_stopped_goes_on_where_it_was(kit: ModuleType, empty: Any) -> None:
    taken = days(empty.vault, kit, 20)
    limits = compaction.Limits(rows=12, bytes=1 << 30)
    asked = iter(range(1000))
    with pytest.raises(Interrupted):
        compact(empty.vault, kit, limits=limits, should_stop=lambda: next(asked) > 5)
    assert holds(empty.open(), taken)
    assert empty.verify().findings == ()
    seen: list[tuple[str, int, int]] = []
    before = len(compaction.sizes(empty.vault.workshop().shelf, empty.vault.pseudonym(kit.COMPANY)))
    assert before < 20
    done = compact(empty.vault, kit, limits=limits, progress=lambda *told: seen.append(told))
    assert done.parts[0] == before
    assert done.merges > 1
    assert all(0 <= rows <= total for _, rows, total in seen)
    assert max(rows for _, rows, _ in seen) <= 12
    assert holds(empty.open(), taken)
    assert empty.verify().findings == ()
    assert compact(empty.vault, kit, limits=limits).merges == 0


def test_after_a_capture_only_what_pays_is_merged(kit: ModuleType, empty: Any) -> None:
    taken: Taken = {}
    merges = 0
    books = kit.books(4)
    for day in range(20):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        taken[kit.take(empty.vault, books, day=day).id] = dict(books)
        merges += compact(empty.vault, kit, extent="due", rows=compaction.AFTER_A_CAPTURE).merges
    assert 2 <= merges <= 4
    assert (
        len(compaction.sizes(empty.vault.workshop().shelf, empty.vault.pseudonym(kit.COMPANY)))
        < 20 - 7 * merges + merges
    )
    assert holds(empty.open(), taken)


def test_whoever_may_only_add_changes_nothing(kit: ModuleType, empty: Any) -> None:
    days(empty.vault, kit, 3)
    workshop = empty.vault.workshop()
    workshop = workshop._replace(member=workshop.member._replace(role="capture"))
    company = empty.vault.pseudonym(kit.COMPANY)
    files = empty.files()
    for act in (
        lambda: compaction.compact(workshop, company, extent="anew"),
        lambda: retiring.retire(workshop, company, Policy(last=1), now=NOW),
        lambda: holding.add(workshop, "x", "y"),
        lambda: erasing.erase(workshop, company, "asked for", named="it"),
    ):
        with pytest.raises(NotAllowed, match="may only add"):
            act()
    assert empty.files() == files


def test_a_dry_run_says_exactly_what_goes(kit: ModuleType, empty: Any) -> None:
    taken = days(empty.vault, kit, 9)
    company = empty.vault.pseudonym(kit.COMPANY)
    planned = retiring.plan(empty.vault.workshop(), company, Policy(last=2), protected={"s4"}, now=NOW)
    before = set(empty.files())
    sizes = {path: (empty.root / path).stat().st_size for path in before}
    assert retire(empty.vault, kit, "last=2", protected={"s4"}) == planned
    gone = before - set(empty.files())
    assert [info.id for info in planned.dropped] == ["s1", "s2", "s3", "s5", "s6", "s7"]
    assert {file.path for file in planned.files} == {path for path in gone if not path.startswith("keytables/")}
    assert planned.bytes == sum(sizes[file.path] for file in planned.files)
    kept = {ident: taken[ident] for ident in ("s4", "s8", "s9")}
    versions = {(key, data) for books in taken.values() for key, data in books.items()}
    left = {(key, data) for books in kept.values() for key, data in books.items()}
    assert planned.versions == len(versions - left)
    assert planned.payload_bytes == sum(len(data) for _, data in versions - left)
    assert holds(empty.open(), kept)
    assert empty.verify().findings == ()
    assert [one.snapshot for one in empty.vault.history(RecordKey("Invoice", "1"))] == ["s4", "s8", "s9"]


def test_what_was_dropped_cannot_be_found_in_any_file(kit: ModuleType, empty: Any) -> None:
    """Neither as it lies there nor decrypted with every key that is left."""
    days(empty.vault, kit, 6)
    compact(empty.vault, kit)
    retire(empty.vault, kit, "last=1")
    shelf = empty.open().workshop().shelf
    company = empty.vault.pseudonym(kit.COMPANY)
    payloads = pl.concat(
        [stored_payloads.of(shelf, company, part) for part in compaction.parts_of(shelf, company).values()]
    )
    invoice = payloads.filter((pl.col("entity") == "Invoice") & (pl.col("id") == "1"))
    assert invoice["payload"].to_list() == [kit.invoice(1, "5.10", 5)]
    names = set(shelf.keychain.of(company)["payload"])
    files = {path.name.split("-")[0].split(".")[0] for path in (empty.root / "data").iterdir()}
    # Keys are left for the files that are there, the salts of their segments, the control and the company's documents.
    assert {name for name in names if "/" not in name} - files == {
        shelf_key for shelf_key in names if shelf_key not in files and "/" not in shelf_key
    }
    assert len(names) < 6 + 6


def test_two_at_once_exclude_each_other(kit: ModuleType, empty: Any) -> None:
    days(empty.vault, kit, 3)
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from akika_forensics.settings import Secret\nfrom akika_forensics.vault import HeadStore, open_vault\n"
        "vault = open_vault(Path(sys.argv[1]), Secret(sys.argv[3]), heads=HeadStore(Path(sys.argv[2])))\n"
        "with vault.lock('compaction'):\n"
        "    print('held', flush=True)\n    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, empty.root, empty.heads.folder, kit.PASSPHRASE.reveal()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        for act in (
            lambda: compact(empty.vault, kit),
            lambda: retire(empty.vault, kit, "last=1"),
            lambda: holding.add(empty.vault.workshop(), "x", "y"),
            lambda: erasing.erase(empty.vault.workshop(), empty.vault.pseudonym(kit.COMPANY), "z", named="it"),
        ):
            with pytest.raises(VaultLocked, match="compaction"):
                act()
        other.stdin.write("\n")
    assert compact(empty.vault, kit).merges == 1


def test_reading_and_verifying_go_on_while_another_process_merges(kit: ModuleType, empty: Any) -> None:
    taken = days(empty.vault, kit, 6)
    reader = empty.open()
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from akika_forensics.settings import Secret\nfrom akika_forensics.vault import HeadStore, open_vault\n"
        "from akika_forensics.vault.lifecycle import compaction\n"
        "vault = open_vault(Path(sys.argv[1]), Secret(sys.argv[3]), heads=HeadStore(Path(sys.argv[2])))\n"
        "company = vault.workshop().shelf.commits()[0].pseudonym\n"
        "print('begun', flush=True)\n"
        "for _ in range(8):\n"
        "    compaction.compact(vault.workshop(), company, extent='anew')\n"
        "    time.sleep(0.2)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, empty.root, empty.heads.folder, kit.PASSPHRASE.reveal()],
        stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        while other.poll() is None:
            assert holds(reader, taken)
            assert len(reader.history(RecordKey("Invoice", "1"))) == 6
            report = empty.verify()
            assert report.ok, report.findings
    assert other.returncode == 0
    assert holds(empty.open(), taken)
    assert empty.verify().findings == ()


def test_attached_files_go_with_the_last_snapshot_that_has_them(kit: ModuleType, empty: Any) -> None:
    one, other = RecordKey("Attachable", "1"), RecordKey("Attachable", "2")

    def with_files(day: int, files: dict[RecordKey, bytes]) -> str:
        with empty.vault.begin_snapshot(kit.COMPANY) as writer:
            for key, payload in (kit.books() | {RecordKey("Invoice", "1"): kit.invoice(1, f"{day}.00", day)}).items():
                writer.add(key, payload)
            for key, data in files.items():
                writer.add(key, b'{"Id":"%s"}' % key.id.encode())
                writer.attach(key, [data])
            at = kit.START + timedelta(days=day)
            return str(
                writer.commit(
                    taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[]
                ).id
            )

    with_files(0, {one: b"a scan of one receipt", other: b"a scan that is taken away"})
    with_files(1, {one: b"a scan of one receipt"})
    with_files(2, {one: b"a scan of one receipt"})
    blobs = {path for path in empty.files() if path.startswith("blobs/")}
    assert len(blobs) == 2
    compact(empty.vault, kit, extent="anew")
    done = retire(empty.vault, kit, "last=1")
    gone = {file.path for file in done.files if file.path.startswith("blobs/")}
    assert len(gone) == 1
    assert {path for path in empty.files() if path.startswith("blobs/")} == blobs - gone
    assert empty.verify().findings == ()
    assert b"".join(empty.open().snapshot("s3").attachment(one)) == b"a scan of one receipt"
    erasing.erase(empty.vault.workshop(), empty.vault.pseudonym(kit.COMPANY), "over", named="it")
    assert not [path for path in empty.files() if path.startswith(("blobs/", "data/", "keytables/"))]
    assert empty.verify().findings == ()
