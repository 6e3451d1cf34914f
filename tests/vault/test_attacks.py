"""What somebody does who knows the format and means harm: without keys, with the keys of a machine, with keys of before."""

from __future__ import annotations

import contextlib
import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import polars as pl
import pytest

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model import payload
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, canonical, documents, layout, slots
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.checks.effort import Effort
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.ways import Means, OwnIdentity
from akika_forensics.vault.lifecycle.compaction import compact
from akika_forensics.vault.mending import losses
from akika_forensics.vault.snapshots import acts, frames
from akika_forensics.vault.snapshots.checked import CheckedFiles
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.storage import LocalBackend
from akika_forensics.vault.storage.location import Location

MACHINE = Identity.from_bytes(bytes(range(64)))
STRANGER = Identity.from_bytes(bytes(range(64, 128)))
FIRST = RecordKey("Invoice", "1")


@dataclass
class Scene:
    """A vault in memory with a machine that captures, and the machine's own hold on it."""

    kit: ModuleType
    backend: Any
    vault: Vault
    machine: Vault
    heads: HeadStore
    folder: Path

    def open(self, means: Means | Secret | None = None) -> Vault:
        return vaults.open_in(
            Location.of(self.folder), self.backend, self.kit.NoLock(), means or self.kit.PASSPHRASE, heads=self.heads
        )

    def damage(self, *, keys: bool = True) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.kit.damage(
            verify_in(self.backend, self.kit.PASSPHRASE if keys else None, heads=self.heads)
        )
        return found

    def sound(self) -> None:
        report = verify_in(self.backend, self.kit.PASSPHRASE, heads=self.heads)
        assert (report.ok, report.findings) == (True, ())

    def forge(self, keys: Keyring, chain: str, namespace: str, body: dict[str, Any], **more: Any) -> str:
        """An entry by somebody who does not ask our software whether they may."""
        seq = sum(path.startswith(f"{chain}/") and path.endswith(".json") for path in self.backend.content)
        previous = entries.first_link(self.vault.id, chain)
        if seq:
            previous = entries.digest_of(self.backend.content[layout.entry(chain, seq - 1)])
        plain = entries.draft(self.vault.id, chain, namespace, seq=seq, previous=previous, **more)
        data, signature = entries.sign(seals.seal(keys, plain, body, None), keys.signer)
        self.backend.content[plain.path] = data
        self.backend.content[layout.signature(chain, seq, entries.digest_of(data))] = signature
        return plain.path

    def commit(self, body: dict[str, Any], **more: Any) -> str:
        return self.forge(self.vault.keyring(), "commits", "akika-commit", body, **more)


@pytest.fixture
def scene(kit: ModuleType, tmp_path: Path) -> Scene:
    memory, backend = kit.MemoryVault(tmp_path), kit.MemoryBackend()
    vault = memory.create(backend)
    kit.take(vault, kit.books())
    kit.take(vault, kit.books(2), kit.OTHER)
    vault.membership.add("nightly", "capture", MACHINE.recipient)
    machine = vaults.open_in(Location.of(tmp_path), backend, kit.NoLock(), OwnIdentity(MACHINE), heads=memory.heads)
    return Scene(kit, backend, vault, machine, memory.heads, tmp_path)


def lie(scene: Scene, change: Callable[[Any], None], content: bytes | None = None) -> str:
    """A snapshot by the machine whose writer was tampered with; the path of its entry."""
    writer = scene.machine.begin_snapshot(scene.kit.COMPANY)
    with writer:
        change(writer)
        writer.add(FIRST, content or scene.kit.invoice(1, "999.00", 9))
        writer.commit(
            taken_at=scene.kit.START, finished_at=scene.kit.START, complete=True,
            counts={}, fence={}, requests=1, findings=[],
        )  # fmt: skip
    last = max(path for path in scene.backend.content if path.startswith("commits/") and path.endswith(".json"))
    return str(last)


# With the keys of a machine that captures


def _number_of_another(writer: Any) -> None:
    writer._number = 0


def _name_of_another(writer: Any) -> None:
    writer._snapshot = "s1"


def _table_of_another(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch._company = next(one for one in writer._shelf.keychain.companies() if one != writer._pseudonym)
        path: str = plain()
        return path

    writer._batch.key_table = told


def _odd_number(writer: Any) -> None:
    plain = writer._batch.segment

    def told(number: int, rows: pl.DataFrame) -> Part:
        part: Part = plain(number, rows)
        return Part(part.index, part.payload, {"first": len(rows)})

    writer._batch.segment, writer._rewrite = told, lambda _: None


def _parted_as_merged_ones(writer: Any) -> None:
    plain = writer._batch.segment

    def told(number: int, rows: pl.DataFrame) -> Part:
        part: Part = plain(number, rows)
        return Part(part.index, part.payload, part.segments, part.index)

    writer._batch.segment, writer._rewrite = told, lambda _: None


def _root_of_a_later_segment(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch.stored = [
            StoredFile(one.path, one.length, one.sha256, one.root | {"7": "00" * 32}) if one.root else one
            for one in writer._batch.stored
        ]
        path: str = plain()
        return path

    writer._batch.key_table = told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_number_of_another, "numbers that others had"),
        (_name_of_another, "number of its snapshot"),
        (_table_of_another, "table is of another company"),
        (_odd_number, "as no snapshot does"),
        (_parted_as_merged_ones, "as merged ones are"),
        (_root_of_a_later_segment, "roots of other segments"),
    ],
)
def test_a_snapshot_puts_itself_in_the_place_of_nothing(scene: Scene, change: Callable[[Any], None], said: str) -> None:
    # Our own software reads back what it wrote, and may find it then.
    with contextlib.suppress(DamagedFile):
        lie(scene, change)
    path = "commits/00000004.json"
    assert any(said in what for what in scene.damage()[path])
    assert_passed_over(scene, path)


def assert_passed_over(scene: Scene, path: str) -> None:
    """A commit of the machine stops nobody, changes nothing, and is named."""
    before = {one.id: dict(kept(scene.vault, one.id)) for one in scene.vault.snapshots()}
    for vault in (scene.vault, scene.open()):
        assert [one.id for one in vault.snapshots()] == list(before) == ["s1", "s2"]
        assert list(vault.passed_over) == [int(path[-13:-5])]
    info = scene.kit.take(scene.open(), scene.kit.books(4), day=5)
    assert kept(scene.open(), info.id) == scene.kit.books(4)
    scene.vault.membership.rotate()
    compact(scene.vault.workshop(), scene.vault.pseudonym(scene.kit.COMPANY), extent="everything")
    scene.vault.membership.remove("nightly")
    again = scene.open()
    assert {name: kept(again, name) for name in before} == before
    assert kept(again, info.id) == scene.kit.books(4)
    scene.kit.take(again, scene.kit.books(5), day=6)
    assert scene.damage().keys() == {path}, scene.damage()
    assert any("It is passed over" in what for what in scene.damage()[path])


def kept(vault: Vault, ref: str) -> dict[RecordKey, bytes]:
    return {one.key: one.payload for one in vault.snapshot(ref).records()}


def _sealed_for_nobody(writer: Any) -> None:
    writer._batch.entry_key = lambda: seals.EntryKey("0" * 32, bytes(32))


def _sealed_under_another_key(writer: Any) -> None:
    plain = writer._batch.entry_key
    writer._batch.entry_key = lambda: seals.EntryKey(plain().id, bytes(32))


def _table_of_junk(writer: Any) -> None:
    def told() -> str:
        path = layout.key_table("a" * 32)
        content = sealing.wrap(b"TABL", b"junk")
        writer._shelf.backend.create(path, content)
        writer._batch.stored.append(StoredFile.of(path, content))
        return path

    writer._batch.key_table = told


def _last_number_of_all(writer: Any) -> None:
    writer._number = 2**32 - 2


def _of_no_form_that_is_known(writer: Any) -> None:
    writer._chain = Lying(writer._chain, canonical_form="akika-canonical-9")


def _of_no_kind_that_is_known(writer: Any) -> None:
    writer._chain = Lying(writer._chain, kind="surprise")


class Lying:
    """A chain to which something else is written than its writer says."""

    def __init__(self, chain: Any, **said: str) -> None:
        self._chain, self._said = chain, said

    def append(self, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        return self._chain.append({**body, **self._said}, *more, **named)


@pytest.mark.parametrize(
    "change",
    [
        _sealed_for_nobody,
        _sealed_under_another_key,
        _table_of_junk,
        _last_number_of_all,
        _of_no_form_that_is_known,
        _of_no_kind_that_is_known,
    ],
)
def test_a_commit_of_a_machine_that_no_reader_accepts_stops_nobody(scene: Scene, change: Callable[[Any], None]) -> None:
    with contextlib.suppress(DamagedFile, WrongUse):
        lie(scene, change)
    assert_passed_over(scene, "commits/00000004.json")


def test_what_was_passed_over_is_so_for_ever(scene: Scene) -> None:
    """The key that it lacked is brought by a later commit of the same machine: what came meanwhile still stands."""
    with contextlib.suppress(DamagedFile):
        lie(scene, _sealed_for_nobody)
    scene.kit.take(scene.open(), scene.kit.books(4), day=5)

    def late(writer: Any) -> None:
        writer._batch.keys["index"]["0" * 32] = bytes(32)

    lie(scene, late)
    vault = scene.open()
    assert [one.id for one in vault.snapshots()] == ["s1", "s2", "s4", "s5"]
    assert list(vault.passed_over) == [4]
    assert kept(vault, "s4") == scene.kit.books(4)


def _junk_in_place_of_rows(writer: Any) -> None:
    plain = writer._batch.frame

    def frame(half: Any, rows: pl.DataFrame, *more: Any, **named: Any) -> str:
        path: str = plain(
            half, rows.select(pl.col("id").alias("junk")) if "digest" in rows.columns else rows, *more, **named
        )
        return path

    writer._batch.frame = frame


def _after_nothing_that_is_there(writer: Any) -> None:
    writer._chain = Lying(writer._chain, base=99)  # type: ignore[arg-type]


def _no_keys_of_payloads(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch.keys["payload"].clear()
        path: str = plain()
        return path

    writer._batch.key_table = told


def test_what_a_machine_closed_is_stored_again_when_it_arrives_again(scene: Scene) -> None:
    lie(scene, _no_keys_of_payloads, scene.kit.invoice(1, "250.00", 1))
    books = scene.kit.books() | {FIRST: scene.kit.invoice(1, "250.00", 1)}
    info = scene.kit.take(scene.open(), books, day=5)
    assert info.new_versions == 3, "the machine's snapshot had one record, and this one is no new version of it"
    assert kept(scene.open(), info.id) == books


@pytest.mark.parametrize("change", [_junk_in_place_of_rows, _after_nothing_that_is_there])
def test_a_snapshot_of_a_machine_that_cannot_be_read_is_followed_by_one_that_stands_on_its_own(
    scene: Scene, change: Callable[[Any], None]
) -> None:
    lie(scene, change)
    with pytest.raises(VaultDamaged):
        kept(scene.open(), "s3")
    info = scene.kit.take(scene.open(), scene.kit.books(4), day=5)
    assert kept(scene.open(), info.id) == scene.kit.books(4)
    assert kept(scene.open(), "s1") == scene.kit.books()


def test_salts_of_segments_to_come_are_not_taken_in_advance(scene: Scene) -> None:
    def change(writer: Any) -> None:
        writer._batch.keys["payload"] |= {f"salt/{number}": bytes(32) for number in range(2, 9)}
        writer._batch.keys["payload"] |= {"documents/00000000000000000000000000000000": bytes(32)}

    lie(scene, change)
    again = scene.open()
    scene.kit.take(again, scene.kit.books() | {FIRST: scene.kit.invoice(1, "3.00", 4)}, day=3)
    scene.sound()
    assert again.disclose("latest", FIRST)
    key = again.company_key(scene.kit.COMPANY)
    assert key is not None
    again.membership.rotate()
    assert again.company_key(scene.kit.COMPANY) == key
    assert key.key != bytes(32)
    scene.sound()


def _rows_of_another_segment(writer: Any) -> None:
    """The part tells of one segment and holds a row of another as well."""
    plain = writer._batch.frame

    def frame(half: Any, rows: pl.DataFrame, *more: Any, **named: Any) -> str:
        if "segment" in rows.columns and "removed" not in rows.columns:
            false = rows.with_columns(segment=pl.lit(0, dtype=pl.UInt32))
            if "digest" in rows.columns:
                false = false.with_columns(digest=pl.lit(bytes(32)))
            rows = pl.concat([false, rows]).sort(frames.VERSION)
        path: str = plain(half, rows, *more, **named)
        return path

    def part(index: pl.DataFrame, payload: pl.DataFrame, salts: dict[int, bytes]) -> Part:
        found: Part = honest(index, payload, salts)
        return Part(found.index, found.payload, {str(number): 1 for number in salts})

    honest = writer._batch.part
    writer._batch.frame, writer._batch.part = frame, part


def test_rows_of_other_segments_in_a_part_are_not_believed(scene: Scene) -> None:
    lie(scene, _rows_of_another_segment)
    again = scene.open()
    versions = again.history(FIRST, scene.kit.COMPANY)
    assert versions[0].record is not None
    assert versions[0].record.payload == scene.kit.invoice(1)
    assert [one.snapshot for one in versions] == ["s1", "s3"]
    workshop = again.workshop()
    with pytest.raises(VaultDamaged, match="as many records as its commit tells of"):
        compact(workshop, workshop.shelf.commits()[0].pseudonym, extent="anew")
    assert scene.damage()


def test_a_document_that_a_machine_sealed_is_not_taken_for_the_one_that_was_vouched_for(scene: Scene) -> None:
    custody = scene.vault.chain("custody", "akika-custody")
    plan = scene.vault.put_document("plan", b"the plan")
    custody.append({"act": "planned"}, [plan])
    false = documents.put(scene.kit.MemoryBackend(), scene.machine.keyring(), "documents", "plan", b"false", None)
    own = scene.kit.MemoryBackend()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda _: layout.place_of(plan.path).id)
        documents.put(own, scene.machine.keyring(), "documents", "plan", b"another plan", None)
    for vault in (scene.vault, scene.open()):
        assert vault.get_document(plan.path) == b"the plan"
    scene.backend.content[plan.path] = own.content[plan.path]
    for vault in (scene.vault, scene.open()):
        with pytest.raises(DamagedFile, match="were signed"):
            vault.get_document(plan.path)
    assert false.path not in scene.backend.content
    scene.backend.content[false.path] = own.content[plan.path]
    with pytest.raises(DamagedFile, match="vouches"):
        scene.open().get_document(false.path)


def test_a_machine_accounts_for_no_losses_and_judges_nothing(scene: Scene) -> None:
    files = [{"path": "data/x", "what": "gone"}]
    told = losses.LOSSES.named({"files": files, "snapshots": [], "closed": [], "documents": []})
    path = scene.forge(scene.machine.keyring(), losses.CHAIN, losses.NAMESPACE, told)
    assert scene.open().losses.named == frozenset()
    assert any("may only add" in what for what in scene.damage(keys=False)[path])


def test_what_a_machine_seals_into_an_entry_does_not_stop_the_check(scene: Scene) -> None:
    keys = scene.machine.keyring()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(payload, "encode", lambda _: b"[" * 100_000)
        path = scene.forge(keys, "commits", "akika-commit", {})
    assert any("cannot be read" in what for what in scene.damage()[path])


def test_what_would_unpack_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_UNPACKED", 1 << 20)
    key = bytes(32)
    for size in (1 << 20, (1 << 20) + 1):
        assert sealing.open_stream(key, sealing.seal_stream(key, bytes(size), "place"), "place") == bytes(size)
    for packed in (zlib.compress(bytes(5 << 20)), zlib.compress(b"x" * 99) + b"more", zlib.compress(b"x" * 99)[:-5]):
        sealed = b"".join(sealing.encrypted(key, bytes(32), [b"z" + packed], "place"))
        with pytest.raises(sealing.OpenError):
            sealing.open_stream(key, sealed, "place")


# With keys of before


def after(scene: Scene, name: str, number: int) -> HeadStore:
    """A memory by which whoever has it writes the slot under the next number."""
    memory = HeadStore(scene.folder / "theirs")
    memory.begin(scene.vault.id, "whoever")
    memory.remember_slot(scene.vault.id, name, number)
    return memory


def test_a_value_under_keys_of_before_a_rotation_does_not_replace_one_of_now(scene: Scene) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"true")
    removed = scene.machine.keyring()
    scene.vault.membership.remove("nightly")
    name = removed.pseudonym("slot", "tokens/amy")
    number = slots.newest(scene.backend, name) + 1
    false = slots.Slot(scene.backend, lambda: removed, after(scene, name, number - 1), "tokens/amy")
    kept = {path: data for path, data in scene.backend.content.items() if path.startswith(f"slots/{name}/")}
    false.write(b"false")
    scene.backend.content |= kept
    assert layout.slot(name, number) in scene.backend.content
    assert scene.open().slot("tokens/amy").read() == b"true"
    report = verify_in(scene.backend, scene.kit.PASSPHRASE, heads=scene.heads)
    assert [one.path for one in report.findings if "before the last rotation" in one.what] == [
        layout.slot(name, number)
    ]
    scene.open().slot("tokens/amy").write(b"newer")
    assert scene.open().slot("tokens/amy").read() == b"newer"
    scene.sound()


@pytest.fixture
def theirs(scene: Scene) -> Keyring:
    """What somebody kept who was removed: the keys of before."""
    kept = scene.machine.keyring()
    scene.vault.membership.remove("nightly")
    return kept


def put(scene: Scene, keys: Keyring, name: str, value: bytes) -> str:
    """A slot's value by somebody who has write access and some keys; its path."""
    slots.Slot(scene.backend, lambda: keys, HeadStore(scene.folder / "theirs"), name).write(value)
    return max(path for path in scene.backend.content if path.startswith(f"slots/{keys.pseudonym('slot', name)}/"))


def test_a_removed_member_adds_no_value_under_a_name_of_their_own(scene: Scene, theirs: Keyring) -> None:
    scene.vault.slot("company/amy").write(b"true")
    path = put(scene, theirs, "company/zoe", b'{"base_url":"http://zoe.example"}')
    vault = scene.open()
    assert vault.slots() == ("company/amy",)
    with pytest.raises(DamagedFile, match="keys of before a rotation"):
        vault.slot("company/zoe").read()
    vault.membership.rotate()
    assert scene.open().slots() == ("company/amy",), "a later rotation does not make it ours"
    found = verify_in(scene.backend, scene.kit.PASSPHRASE, heads=scene.heads).findings
    assert [(one.path, "before the last rotation" in one.what) for one in found] == [(path, True)]


def test_a_removed_member_puts_nothing_in_the_place_of_a_value_that_they_delete(scene: Scene, theirs: Keyring) -> None:
    scene.vault.slot("tokens/amy").write(b"true")
    put(scene, theirs, "tokens/amy", b"false")
    elsewhere = HeadStore(scene.folder / "never saw this vault")
    vault = vaults.open_in(
        Location.of(scene.folder), scene.backend, scene.kit.NoLock(), scene.kit.PASSPHRASE, heads=elsewhere
    )
    with pytest.raises(DamagedFile, match="keys of before a rotation"):
        vault.slot("tokens/amy").read()
    vault.slot("tokens/amy").write(b"newer")
    assert vault.slot("tokens/amy").read() == b"newer"


@pytest.mark.parametrize("whose", ["nobody", "theirs"])
def test_the_last_number_of_a_slot_is_not_taken_away_from_its_owner(scene: Scene, theirs: Keyring, whose: str) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"true")
    name = theirs.pseudonym("slot", "tokens/amy")
    last = layout.slot(name, 99_999_999)
    if whose == "nobody":
        scene.backend.content[last] = b"laid there without any key"
    else:
        kept = dict(scene.backend.content)
        slots.Slot(scene.backend, lambda: theirs, after(scene, name, 99_999_998), "tokens/amy").write(b"false")
        scene.backend.content |= kept
        assert last in scene.backend.content
    assert scene.open().slot("tokens/amy").read() == b"true"
    for value in (b"renewed", b"renewed again"):
        slot.write(value)
        assert scene.open().slot("tokens/amy").read() == value
    assert last not in scene.backend.content
    scene.sound()


def test_a_value_that_somebody_laid_there_stops_neither_a_list_nor_a_change_of_members(scene: Scene) -> None:
    scene.vault.slot("company/amy").write(b"true")
    path = layout.slot("0" * 32, 0)
    scene.backend.content[path] = b"laid there without any key"
    assert scene.open().slots() == ("company/amy",)
    scene.vault.membership.rotate()
    assert scene.open().slot("company/amy").read() == b"true"
    assert set(scene.damage()) == {path}
    ours = layout.slot(scene.vault.keyring().pseudonym("slot", "company/amy"), 1)
    scene.backend.content[ours] = b"damaged"
    with pytest.raises(DamagedFile):
        scene.open().slots()


# As a full member


def test_a_commit_takes_out_no_marker_and_no_entry_and_brings_nothing_back(scene: Scene) -> None:
    clean = dict(scene.backend.content)
    data = next(path for path in clean if path.startswith("data/"))
    file = StoredFile.of(data, clean[data])
    act = acts.body(acts.Release("matter", "over"))
    for files, retired, said in (
        ([], [layout.MARKER], "takes out the marker"),
        ([], ["commits/00000001.json"], "no kind of file"),
        ([], ["../../elsewhere"], "no kind of file"),
        ([StoredFile.of("../../elsewhere", b"")], [], "no kind of file"),
        ([file], [data], "back, which was taken out"),
    ):
        path = scene.commit(act, files=files, retired=retired)
        assert any(said in what for what in scene.damage(keys=False)[path]), said
        with pytest.raises(VaultDamaged, match=said):
            scene.open()
        scene.backend.content.clear()
        scene.backend.content |= clean


def test_what_was_taken_out_is_not_brought_back(scene: Scene) -> None:
    scene.kit.take(scene.vault, scene.kit.books(4), day=1)
    tables = {path: data for path, data in scene.backend.content.items() if path.startswith("keytables/")}
    scene.vault.membership.rotate()
    path, content = next((path, data) for path, data in tables.items() if path not in scene.backend.content)
    scene.backend.content[path] = content
    entry = scene.commit(acts.body(acts.Release("matter", "over")), files=[StoredFile.of(path, content)])
    assert any("back, which was taken out" in what for what in scene.damage(keys=False)[entry])


# Without keys


def test_the_name_of_a_vault_leads_to_no_file_outside(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    """Where the marker is gone, the first entry tells the vault's id; results of a check lie under that name."""
    victim = tmp_path / "victim.json"
    victim.write_text("mine")
    first = filled.root / "commits" / "00000000.json"
    plain = json.loads(first.read_bytes()) | {"vault": "../victim"}
    data = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()
    for old in first.parent.glob("00000000-*.sig"):
        old.unlink()
    _, signature = entries.sign(msgspec.json.decode(data, type=entries.Plain), STRANGER.signer)
    first.write_bytes(data)
    (filled.root / layout.signature("commits", 0, entries.digest_of(data))).write_bytes(signature)
    (filled.root / layout.MARKER).unlink()
    kept = tmp_path / "kept"
    kept.mkdir()
    report = verify_in(LocalBackend(filled.root), None, heads=filled.heads, effort=Effort(folder=kept))
    assert not report.ok
    assert victim.read_text() == "mine"


def test_a_marker_nested_beyond_all_measure_is_damage(filled: Any, kit: ModuleType) -> None:
    (filled.root / layout.MARKER).write_bytes(b'{"a":' + b"[" * 100_000)
    assert layout.MARKER in kit.damage(filled.verify(keys=False))
    with pytest.raises(VaultDamaged):
        filled.open()


def test_digits_of_another_script_number_no_entry(filled: Any, kit: ModuleType) -> None:
    name = "commits/0000000\N{FULLWIDTH DIGIT ONE}.json"
    assert layout.place_of(name).kind == "unknown"
    (filled.root / name).write_bytes((filled.root / "commits/00000001.json").read_bytes())
    assert set(kit.damage(filled.verify(keys=False))) == {name}
    assert filled.open().snapshots()


def test_a_chain_that_somebody_laid_there_is_vouched_for_by_nobody(filled: Any, kit: ModuleType) -> None:
    """Else it could not be taken away any more: the next commit would tell of it for ever, and so would the memory."""
    vault_id = filled.vault.id
    plain = entries.draft(vault_id, "theirs", "x", seq=0, previous=entries.first_link(vault_id, "theirs"))
    data, signature = entries.sign(plain, STRANGER.signer)
    (filled.root / "theirs").mkdir()
    laid = {plain.path: data, layout.signature("theirs", 0, entries.digest_of(data)): signature,
            "custody/00000077.json": data}  # fmt: skip
    for path, content in laid.items():
        (filled.root / path).write_bytes(content)
    assert "theirs" not in filled.vault.head["chains"]
    assert filled.vault.head["chains"]["custody"]["seq"] == 1
    kit.take(filled.open(), kit.books(5), day=5)
    assert not filled.verify().ok
    for path in laid:
        (filled.root / path).unlink()
    assert kit.damage(filled.verify()) == {}
    assert filled.open().snapshots()


def test_a_folder_exchanged_for_a_moment_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_bytes(b"true")
    checked = CheckedFiles(LocalBackend(tmp_path))
    checked.add("data/x", checked.mark("data/x"))
    before = checked.around("data/x")
    (tmp_path / "data").rename(tmp_path / "aside")
    (tmp_path / "aside").rename(tmp_path / "data")
    assert checked.place("data/x") is not None  # the file itself is untouched
    assert checked.around("data/x") != before


def test_an_entry_at_the_edge_of_time_is_damage(scene: Scene) -> None:
    plain = entries.draft(scene.vault.id, "custody", "x", seq=0, previous="")
    for at in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "now"):
        data = canonical.encode(msgspec.structs.replace(plain, at=at))
        with pytest.raises(DamagedFile, match="as its time"):
            entries.parse(data, scene.vault.id, "custody", 0)


def test_a_slot_put_back_is_not_read_where_the_newer_value_is_remembered(scene: Scene) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"older")
    before = {path: data for path, data in scene.backend.content.items() if path.startswith("slots/")}
    slot.write(b"newer")
    after = {path: data for path, data in scene.backend.content.items() if path.startswith("slots/")}
    for path in after:
        del scene.backend.content[path]
    with pytest.raises(DamagedFile, match="memory tells of it"):
        slot.read()
    scene.backend.content |= before
    for vault in (scene.vault, scene.open()):
        with pytest.raises(DamagedFile, match="memory tells of it"):
            vault.slot("tokens/amy").read()
    scene.backend.content |= after
    assert slot.read() == b"newer"
