"""The format is written down well enough for a stranger: a reader made from the document alone finds what ours finds."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet.encryption import create_encryption_properties
from vault import second_reader
from vault.second_reader import plain, records
from vault.second_reader.plain import Wrong
from vault.second_reader.vault import Vault as Second

from akika_forensics.model import payload
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, create, layout, open_vault, verify
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.keys.ways import Passphrase
from akika_forensics.vault.lifecycle import compaction, erasing, holding, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.snapshots import arrivals, merkle, parquet
from akika_forensics.vault.upgrade import upgrade


def compare(kit: ModuleType, vault: Vault, root: Path, *, openssh: bool = False) -> Second:
    """Both readers find the same in a vault; the second is returned."""
    second = Second(root, kit.PASSPHRASE.reveal(), ask_openssh=openssh)
    assert second.id == vault.id
    assert second.people == {one.id: one.name for one in vault.members}
    assert {name: (len(chain) - 1, chain[-1].digest) for name, chain in second.chains.items()} == {
        name: (head["seq"], head["digest"]) for name, head in vault.head["chains"].items()
    }
    for name, chain in second.chains.items():
        if name != "commits":
            assert [entry.body for entry in chain] == bodies(vault, name, chain[0].plain["namespace"])
    assert list(second.snapshots) == [info.id for info in vault.snapshots()]
    for info in vault.snapshots():
        ours, theirs = vault.snapshot(info.id), second.snapshots[info.id]
        assert theirs.records == {tuple(one.key): one.payload for one in ours.records()}
        assert theirs.digests == {(entity, one): digest for entity, one, digest in ours.index().rows()}
        assert theirs.controls == {name: ours.control(name) for name in info.controls}
        hanging = [RecordKey(*row[:2]) for row in ours.attachments().rows()]
        assert theirs.attached == {tuple(key): b"".join(ours.attachment(key)) for key in hanging}
        assert (theirs.digest, theirs.told["records"], theirs.told["counts"]) == (
            info.digest,
            info.records,
            info.counts,
        )
    for path, (_, data) in second.documents.items():
        assert vault.get_document(path) == data
    assert sorted(second.slots) == list(vault.slots())
    assert second.slots == {name: vault.slot(name).read() for name in vault.slots()}
    assert second.left == []
    return second


def bodies(vault: Vault, name: str, namespace: str) -> list[Any]:
    """What a chain tells; None for an entry that was closed with its company."""
    chain, found = vault.chain(name, namespace), []
    for link in chain.links():
        try:
            found.append(chain.open(link).body)
        except Closed:
            found.append(None)
    return found


def test_the_second_reader_knows_nothing_of_the_first() -> None:
    modules = sorted(Path(str(second_reader.__file__)).parent.glob("*.py"))
    assert {file.stem for file in modules} >= {"plain", "records", "signed", "vault"}
    nodes = [node for file in modules for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert not [name for name in named if name.startswith(("akika", "polars", "msgspec", "vault", "tests"))]
    # What its modules take from one another is its own; nothing is taken from further up.
    beside = {(node.level, node.module) for node in nodes if isinstance(node, ast.ImportFrom) and node.level}
    assert beside <= {(1, file.stem) for file in modules}


def test_everything_in_a_vault(kit: ModuleType, filled: Any) -> None:
    second = compare(kit, filled.vault, filled.root, openssh=True)
    assert [len(one.records) for one in second.snapshots.values()] == [4, 3, 4]
    assert [kind for kind, _ in second.documents.values()] == ["plan"]
    assert list(second.slots) == ["connections/Amys Landscaping and Sons"]


def test_another_passphrase_opens_nothing(filled: Any) -> None:
    with pytest.raises(Wrong, match="nobody"):
        Second(filled.root, "another", ask_openssh=False)


def test_the_second_reader_sees_damage(filled: Any, kit: ModuleType) -> None:
    """One changed byte in any file, and any file that is missing: what agrees with everything would prove nothing."""

    def found() -> tuple[list[str], list[str]] | None:
        try:
            second = Second(filled.root, kit.PASSPHRASE.reveal(), ask_openssh=False)
        except Exception:  # noqa: BLE001 - whatever it is that does not fit
            return None
        # Of a chain's last entry the signature is left over; a slot that is gone is seen by the memory outside alone.
        return second.left, sorted(path.parent.name for path in (filled.root / "slots").rglob("*.sealed"))

    sound = found()
    assert sound is not None
    for path in filled.files():
        file = filled.root / path
        data = file.read_bytes()
        middle = len(data) // 2
        file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        assert found() != sound, path
        file.unlink()
        assert found() != sound, path
        file.write_bytes(data)
    assert found() == sound


def test_after_members_came_and_went(kit: ModuleType, filled: Any) -> None:
    vault, records = filled.vault, kit.books(5)
    vault.membership.add("the machine", "capture", [Passphrase(Secret("of the machine"), KdfCost.CHEAP)])
    vault.membership.add("the partner", "full", [Passphrase(Secret("of the partner"), KdfCost.CHEAP)])
    compare(kit, vault, filled.root)
    kit.take(open_vault(filled.root, Secret("of the machine"), heads=filled.heads), records, day=3)
    vault.membership.rotate()
    kit.take(vault, records, kit.OTHER, day=4)
    vault.chain("custody", "akika-custody").append({"act": "rotated"})
    partner = open_vault(filled.root, Secret("of the partner"), heads=filled.heads).keyring()
    vault.membership.remove("the partner")
    vault.membership.renew([Passphrase(kit.PASSPHRASE, KdfCost.CHEAP)])
    kit.take(vault, records | {RecordKey("Vendor", "1"): b'{"Id":"1"}'}, day=5)
    second = compare(kit, filled.open(), filled.root)
    assert [len(one.records) for one in second.snapshots.values()] == [4, 3, 4, 6, 6, 7]
    assert second.generation > 4
    machine = Second(filled.root, "of the machine", ask_openssh=False)
    assert machine.role == "capture"
    assert [one.digests for one in machine.snapshots.values()] == [one.digests for one in second.snapshots.values()]
    assert not machine.documents
    assert not any(payload for one in machine.snapshots.values() for payload in one.records.values())
    with pytest.raises(Wrong, match="nobody"):
        Second(filled.root, "of the partner", ask_openssh=False)
    links = filled.open().chain("custody", "akika-custody").links()
    late = entries.draft(vault.id, "custody", "akika-custody", seq=len(links), previous=links[-1].digest)
    data, signature = entries.sign(seals.seal(partner, late, {"act": "false"}, None), partner.signer)
    (filled.root / layout.signature("custody", len(links), entries.digest_of(data))).write_bytes(signature)
    (filled.root / late.path).write_bytes(data)
    assert len(filled.open().chain("custody", "akika-custody").links()) == len(links)
    third = Second(filled.root, kit.PASSPHRASE.reveal(), ask_openssh=False)
    assert (len(third.chains["custody"]), third.passed_over) == (len(links), {late.path})


def test_after_compaction_retention_and_erasure(kit: ModuleType, empty: Any) -> None:
    vault, books, others = empty.vault, kit.books(6), kit.books(2)
    company = vault.pseudonym(kit.COMPANY)
    for day in range(9):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        books[RecordKey("Invoice", str(100 + day))] = kit.invoice(100 + day)
        books.pop(RecordKey("Invoice", str(97 + day)), None)
        kit.take(vault, books, day=2 * day)
        if day % 3 == 0:
            others[RecordKey("Vendor", str(day))] = b'{"Id":"%d"}' % day
            kit.take(vault, others, kit.OTHER, day=2 * day + 1)
    vault.chain("custody", "akika-custody").append({"act": "kept"}, [vault.put_document("plan", b"{}", kit.OTHER)])
    vault.chain("journals/p2", "akika-journal", kit.OTHER).append({"step": 1})
    compare(kit, vault, empty.root)

    made = compaction.compact(vault.workshop(), company, extent="everything")
    assert made.parts[1] < made.parts[0]
    compare(kit, vault, empty.root)
    holding.add(vault.workshop(), "court", company=company, snapshots=["s3"], reason="asked for")
    gone = retiring.retire(vault.workshop(), company, Policy.parse("last=3"), now=datetime(2030, 1, 1, tzinfo=UTC))
    assert len(gone.dropped) >= 5
    assert len(gone.gone)
    second = compare(kit, vault, empty.root)
    assert any(entry.body["kind"] == "retention" and entry.body["leaves"] for entry in second.chains["commits"])
    compaction.compact(vault.workshop(), company, extent="anew")
    kit.take(vault, books, day=40)
    compare(kit, empty.open(), empty.root)

    erasing.erase(
        vault.workshop(), vault.pseudonym(kit.OTHER), "asked for", named="it",
        documents=[path for path, _ in second.documents.items()], chains=["journals/p2"],
    )  # fmt: skip
    second = compare(kit, empty.open(), empty.root)
    assert second.chains["journals/p2"][0].body is None
    assert {one.told["pseudonym"] for one in second.snapshots.values()} == {company}
    assert empty.verify().ok


def test_attached_files(kit: ModuleType, empty: Any) -> None:
    files = {"1": b"", "2": b"x" * (1 << 20), "3": bytes(range(256)) * 9_001, "4": b"x" * (1 << 20)}
    with empty.vault.begin_snapshot(kit.COMPANY) as written:
        for name, data in files.items():
            key = RecordKey("Attachable", name)
            written.add(key, b'{"Id":"%s"}' % name.encode())
            written.attach(key, [data[:100], data[100:]])
        written.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
        )
    second = compare(kit, empty.vault, empty.root)
    assert second.snapshots["s1"].attached == {("Attachable", name): data for name, data in files.items()}


def test_a_vault_that_began_as_version_1(kit: ModuleType, tmp_path: Path) -> None:
    sample = Path(__file__).parent / "samples" / "format-1"
    root, heads = tmp_path / "vault", HeadStore(tmp_path / "heads")
    shutil.copytree(sample / "vault", root)
    assert json.loads((sample / "contents.json").read_bytes())["passphrase"] == kit.PASSPHRASE.reveal()
    vault = upgrade(root, kit.PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    assert compare(kit, vault, root, openssh=True).documents
    info = vault.snapshots()[0]
    kit.take(vault, kit.books(5), info.company, day=90)
    vault.chain("custody", "akika-custody").append({"act": "upgraded"})
    compare(kit, vault, root)
    compaction.compact(vault.workshop(), vault.pseudonym(info.company), extent="everything")
    assert (root / "VAULT.json").is_file()  # retired and listed anew by the upgrade: it is no left-over
    compare(kit, open_vault(root, kit.PASSPHRASE, heads=heads), root)
    assert verify(root, kit.PASSPHRASE, heads=heads).findings == ()


# -- generated vaults ------------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)
    | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TIMES = st.sampled_from(["2026-03-01T10:00:00-08:00", "2026-03-01T10:00:00.123456Z", "yesterday", 7, None])
BODIES = st.fixed_dictionaries(
    {"Id": st.just("1")},
    optional={
        "SyncToken": st.sampled_from(["0", "17", "x", 3]),
        "TxnDate": st.sampled_from(["2026-03-01", "2026-02-30", None]),
        "MetaData": st.fixed_dictionaries({}, optional={"CreateTime": TIMES, "LastUpdatedTime": TIMES}),
        "Name": VALUES,
    },
)
KEYS = st.tuples(st.sampled_from(["Invoice", "Customer", "Änderung"]), st.sampled_from(["1", "2", "10", "é", "𝔘"]))
BOOKS = st.dictionaries(
    KEYS, BODIES.map(lambda body: json.dumps(body, ensure_ascii=False).encode()), min_size=1, max_size=8
)
ACTS = st.one_of(
    st.tuples(st.just("snapshot"), BOOKS, st.booleans()),
    st.tuples(st.just("document"), st.binary(max_size=40), st.booleans()),
    st.tuples(st.just("entry"), VALUES, st.booleans()),
    st.tuples(st.just("slot"), NAMES, st.binary(max_size=40)),
    st.tuples(st.just("compact"), st.sampled_from(["everything", "anew"]), st.booleans()),
    st.tuples(st.just("retire"), st.integers(1, 2), st.booleans()),
    st.tuples(st.just("rotate"), st.none(), st.none()),
)


@settings(max_examples=10)
@given(acts=st.lists(ACTS, min_size=1, max_size=8), rows=st.integers(1, 6))
def test_generated_vaults(
    acts: list[Any], rows: int, kit: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("generated")
    heads = HeadStore(folder / "heads")
    vault = create(folder / "vault", kit.PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrivals, "SEGMENT_ROWS", rows)
        for day, act in enumerate(acts):
            perform(kit, vault, act, day)
    compare(kit, vault, folder / "vault")
    assert verify(folder / "vault", kit.PASSPHRASE, heads=heads).ok


def perform(kit: ModuleType, vault: Vault, act: Any, day: int) -> None:
    kind, what, more = act
    company = kit.OTHER if more is True else kit.COMPANY
    if kind == "snapshot":
        kit.take(vault, {RecordKey(*key): body for key, body in what.items()}, company, day)
    elif kind == "document":
        stored = vault.put_document("plan", what, company if more else None)
        vault.chain("custody", "akika-custody").append({"act": "planned"}, [stored])
    elif kind == "entry":
        chain = vault.chain(f"journals/{'other' if more else 'own'}", "akika-journal", company if more else None)
        chain.append({"told": what})
    elif kind == "rotate":
        vault.membership.rotate()
    elif kind == "compact":
        compaction.compact(vault.workshop(), vault.pseudonym(company), extent=what)
    elif kind == "retire":
        rule = Policy.parse(f"last={what}")
        retiring.retire(vault.workshop(), vault.pseudonym(company), rule, now=datetime(2030, 1, 1, tzinfo=UTC))
    else:
        slot = vault.slot(f"tokens/{what}" if len(more) % 2 else f"own/{what}")
        slot.write(more)
        if len(more) % 3 == 2:
            slot.delete()


# -- the other direction, and what the document says in words ---------------------------------------------------------


def test_what_pyarrow_writes_is_a_vault_too(kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files made with the document's parameters by somebody else are read, verified and found the same."""

    def write(frame: pl.DataFrame, key: bytes, aad: bytes, *, level: int = 3) -> bytes:
        stream = io.BytesIO()
        pq.write_table(
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
            stream,
            compression="zstd",
            compression_level=level,
            row_group_size=25_000,
            encryption_properties=create_encryption_properties(key, aad_prefix=aad, store_aad_prefix=False),
        )
        return stream.getvalue()

    monkeypatch.setattr(parquet, "write", write)
    kit.fill(empty.vault)
    monkeypatch.undo()
    compare(kit, empty.open(), empty.root)
    assert empty.verify().ok


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@given(JSON, NUMBERS)
def test_the_canonical_form_is_what_the_document_says(value: Any, number: str) -> None:
    text = json.dumps({"value": value, "number": 0}).replace('"number": 0', f'"number": {number}').encode()
    assert records.canonical_form(text) == payload.canonical(text)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_record_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert records.record_root(leaves) == merkle.root(leaves)


@given(st.recursive(st.integers() | NAMES | st.none(), lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)))
def test_signed_json_has_one_spelling(value: Any) -> None:
    from akika_forensics.vault import canonical

    assert plain.spelled(value) == canonical.encode(value)
    assert hashlib.sha256(plain.spelled(value)).digest()
