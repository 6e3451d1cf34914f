from __future__ import annotations

import itertools
import json
import random
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.vault import Finding, HeadStore, KdfCost, create, open_vault, verify
from akika_forensics.vault.canonical import encode
from akika_forensics.vault.chains import marker as markers

POSITIONS = 420
SLICES = 16


def flip(path: Path, position: int, bit: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(position)
        byte = stream.read(1)[0]
        stream.seek(position)
        stream.write(bytes([byte ^ (1 << bit)]))


def assert_named(kit: ModuleType, stage: Any, path: str, position: int, bit: int, *, keys: bool) -> None:
    flip(stage.root / path, position, bit)
    found = kit.damage(stage.verify(keys=keys))
    flip(stage.root / path, position, bit)
    where = f"bit {bit} of byte {position} of {path}: {found}"
    assert path in found, where
    assert all(what.endswith(".") and what[0].isupper() for sentences in found.values() for what in sentences), where
    # Only what is flipped is named: a finding that points elsewhere sends people to the wrong file.
    assert set(found) == {path}, where


def test_a_clean_vault_is_clean(kit: ModuleType, filled: Any) -> None:
    steps: list[tuple[str, int, int]] = []
    for keys in (False, True):
        report = filled.verify(keys=keys, progress=lambda *step: steps.append(step))
        assert (report.ok, report.findings) == (True, ())
        sizes = [(filled.root / path).stat().st_size for path in filled.files()]
        assert (report.files, report.bytes) == (len(sizes), sum(sizes))
    assert {what for what, _, _ in steps} == {"chains", "files", "sealed files", "snapshots", "attached files"}
    assert all(0 <= done <= total for _, done, total in steps)
    assert verify(filled.root, None, heads=filled.heads, anchor=filled.vault.head).ok


def test_verify_writes_nothing(filled: Any) -> None:
    before = {path: (filled.root / path).read_bytes() for path in filled.files()}
    remembered = sorted(path.read_bytes() for path in filled.heads.folder.glob("*.json"))
    filled.verify()
    assert {path: (filled.root / path).read_bytes() for path in filled.files()} == before
    assert sorted(path.read_bytes() for path in filled.heads.folder.glob("*.json")) == remembered


def test_flipped_bits_are_found_and_named(kit: ModuleType, filled: Any) -> None:
    chance = random.Random(20261123)
    files = filled.files()
    for number in range(POSITIONS):
        path = files[number % len(files)]
        size = (filled.root / path).stat().st_size
        # First and last bytes are where formats have magic and padding; the rest is drawn.
        ends = {0: 0, 1: size - 1}
        position = ends.get(number // len(files), chance.randrange(size))
        assert_named(kit, filled, path, position, chance.randrange(8), keys=number % 6 == 0)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SLICES))
def test_every_byte_counts(kit: ModuleType, filled: Any, part: int) -> None:
    places = [(path, at) for path in filled.files() for at in range((filled.root / path).stat().st_size)]
    for path, position in places[part::SLICES]:
        assert_named(kit, filled, path, position, position % 8, keys=False)


def test_every_file_that_is_removed_is_named(kit: ModuleType, filled: Any) -> None:
    for path in filled.files():
        for keys in (False, True):
            content = (filled.root / path).read_bytes()
            (filled.root / path).unlink()
            found = kit.damage(filled.verify(keys=keys))
            (filled.root / path).write_bytes(content)
            assert path in found, (path, found)
            assert "missing" in found[path][0]


def test_every_file_that_is_cut_short_is_named(kit: ModuleType, filled: Any) -> None:
    for path in filled.files():
        content = (filled.root / path).read_bytes()
        for length in (0, 1, len(content) // 2, len(content) - 1):
            (filled.root / path).write_bytes(content[:length])
            found = kit.damage(filled.verify(keys=False))
            assert set(found) == {path}, (path, length, found)
        (filled.root / path).write_bytes(content + b"\n")
        assert set(kit.damage(filled.verify(keys=False))) == {path}
        (filled.root / path).write_bytes(content)


def test_any_two_files_exchanged_are_named(kit: ModuleType, filled: Any) -> None:
    pairs = list(itertools.combinations(filled.files(), 2))
    chosen = random.Random(7).sample(pairs, 150)
    # Neighbours of one kind are the likeliest to pass for one another.
    chosen += [(one, other) for one, other in pairs if Path(one).parent == Path(other).parent][:150]
    for one, other in chosen:
        first, second = (filled.root / one).read_bytes(), (filled.root / other).read_bytes()
        (filled.root / one).write_bytes(second)
        (filled.root / other).write_bytes(first)
        found = kit.damage(filled.verify(keys=False))
        (filled.root / one).write_bytes(first)
        (filled.root / other).write_bytes(second)
        assert {one, other} <= set(found), (one, other, found)


def test_a_snapshot_that_is_removed_with_all_its_files_is_named(kit: ModuleType, filled: Any) -> None:
    plain = json.loads((filled.root / "commits" / "00000003.json").read_bytes())
    for file in plain["files"]:
        (filled.root / file["path"]).unlink()
    for path in (filled.root / "commits").glob("00000003*"):
        path.unlink()
    assert set(kit.damage(filled.verify(keys=False))) == {"commits/00000003.json"}
    with pytest.raises(VaultDamaged, match=r"commits/00000003\.json"):
        filled.open()


def test_a_whole_chain_that_is_removed_is_named_even_where_nothing_is_remembered(
    kit: ModuleType, filled: Any, tmp_path: Path
) -> None:
    shutil.rmtree(filled.root / "custody")
    found = kit.damage(filled.verify(keys=False))
    assert found["custody/00000001.json"]
    elsewhere = verify(filled.root, kit.PASSPHRASE, heads=HeadStore(tmp_path / "elsewhere"))
    assert "custody/00000001.json" in kit.damage(elsewhere)


def test_yesterdays_copy_put_back_is_named(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    yesterday = tmp_path / "yesterday"
    shutil.copytree(filled.root, yesterday)
    kit.take(filled.vault, kit.books(5), day=3)
    anchor = json.loads(json.dumps(filled.vault.head))
    shutil.rmtree(filled.root)
    shutil.copytree(yesterday, filled.root)
    assert set(kit.damage(filled.verify(keys=False))) == {"commits/00000004.json"}
    with pytest.raises(VaultDamaged, match="older copy") as raised:
        filled.open()
    assert str(filled.heads.folder) in raised.value.do
    fresh = HeadStore(tmp_path / "fresh")
    assert verify(filled.root, None, heads=fresh).ok
    report = verify(filled.root, None, heads=fresh, anchor=anchor)
    assert set(kit.damage(report)) == {"commits/00000004.json"}
    filled.heads.forget(filled.vault.id)
    assert len(filled.open().snapshots()) == 3


def test_a_slot_put_back_to_an_older_value_is_named(kit: ModuleType, filled: Any) -> None:
    slots = filled.root / "slots"
    shutil.copytree(slots, filled.root.parent / "slots")
    filled.vault.slot("connections/Amys Landscaping and Sons").write(b"a newer token")
    shutil.rmtree(slots)
    shutil.copytree(filled.root.parent / "slots", slots)
    found = kit.damage(filled.verify(keys=False))
    assert [path.split("/")[0] for path in found] == ["slots"]


def test_history_written_anew_by_someone_with_the_keys_is_named(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    anchor = filled.vault.head
    for path in (filled.root / "commits").glob("00000003*"):
        path.unlink()
    forger = open_vault(filled.root, kit.PASSPHRASE, heads=HeadStore(tmp_path / "forger"))
    kit.take(forger, kit.books(1), day=2)
    assert verify(filled.root, kit.PASSPHRASE, heads=HeadStore(tmp_path / "other")).ok
    for report in (
        filled.verify(),
        verify(filled.root, None, heads=HeadStore(tmp_path / "third"), anchor=anchor),
    ):
        assert "written anew" in kit.damage(report)["commits/00000003.json"][0]


def test_another_vault_in_its_place_is_named(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    anchor = filled.vault.head
    other = create(tmp_path / "other", kit.PASSPHRASE, heads=HeadStore(tmp_path / "theirs"), cost=KdfCost.CHEAP)
    kit.take(other, kit.books())
    shutil.rmtree(filled.root)
    shutil.copytree(tmp_path / "other", filled.root)
    assert set(kit.damage(filled.verify())) == {"VAULT.json"}
    with pytest.raises(VaultDamaged, match="Another vault"):
        filled.open()
    report = verify(tmp_path / "other", None, heads=HeadStore(tmp_path / "fresh"), anchor=anchor)
    assert "another vault" in kit.damage(report)["VAULT.json"][0]


def test_a_vault_made_anew_under_the_same_id_is_named(
    kit: ModuleType, filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from akika_forensics.vault import opening as vaults

    monkeypatch.setattr(vaults.secrets, "token_hex", lambda _: filled.vault.id)
    create(tmp_path / "forged", kit.PASSPHRASE, heads=HeadStore(tmp_path / "theirs"), cost=KdfCost.CHEAP)
    shutil.rmtree(filled.root)
    shutil.copytree(tmp_path / "forged", filled.root)
    found = kit.damage(filled.verify())
    assert "another signing key" in found["VAULT.json"][0]
    with pytest.raises(VaultDamaged, match="another signing key"):
        filled.open()


@pytest.mark.parametrize(
    "path",
    [
        "evil.txt",
        "data/extra.bin",
        f"data/{'a' * 32}.sealed",
        f"data/{'a' * 32}-{'b' * 16}.parquet",
        f"keytables/{'a' * 32}.sealed",
        "commits/notes.json",
        "commits/00000004.json",
        "commits/00000009.json",
        f"commits/00000004-{'0' * 16}.sig",
        "custody/x/y/00000000.json",
        "keys/keyring-2.sealed",
        f"slots/{'a' * 32}/00000000.sealed",
        ".hidden",
        "unlocked.txt",
    ],
)
def test_a_file_that_was_not_there_is_named(kit: ModuleType, filled: Any, path: str) -> None:
    (filled.root / path).parent.mkdir(parents=True, exist_ok=True)
    (filled.root / path).write_bytes(b"not ours")
    for keys in (False, True):
        assert path in kit.damage(filled.verify(keys=keys))


def test_a_copy_of_a_file_under_another_name_is_named(kit: ModuleType, filled: Any) -> None:
    for path in filled.files():
        place = Path(path)
        copy = str(place.with_name(place.name.replace("0", "1", 1)))
        if copy == path or (filled.root / copy).exists():
            continue
        shutil.copy(filled.root / path, filled.root / copy)
        found = kit.damage(filled.verify(keys=False))
        (filled.root / copy).unlink()
        # A signature under another number, or a whole file of a digest that its name keeps, is a left-over at most.
        if not copy.endswith((".sig", ".parquet")):
            assert copy in found, (path, copy, found)


def test_a_link_in_place_of_a_file_is_named(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    path = next(path for path in filled.files() if path.endswith(".parquet"))
    (tmp_path / "aside").write_bytes((filled.root / path).read_bytes())
    (filled.root / path).unlink()
    (filled.root / path).symlink_to(tmp_path / "aside")
    assert set(kit.damage(filled.verify(keys=False))) == {path}


def test_left_overs_are_noticed_and_are_no_damage(kit: ModuleType, filled: Any) -> None:
    stored = filled.vault.put_document("plan", b"nobody vouches for it")
    (filled.root / "data" / "x.parquet.tmp-0123").write_bytes(b"half")
    signature = next((filled.root / "custody").glob("00000001-*.sig"))
    shutil.copy(signature, filled.root / "custody" / f"00000002-{'0' * 16}.sig")
    for keys in (False, True):
        report = filled.verify(keys=keys)
        assert report.ok
        assert {finding.severity for finding in report.findings} == {"notice"}
        assert {finding.path for finding in report.findings} == {
            stored.path,
            "data/x.parquet.tmp-0123",
            f"custody/00000002-{'0' * 16}.sig",
        }
    flip(filled.root / stored.path, 40, 0)
    assert stored.path in kit.damage(filled.verify(keys=False))


def test_a_newer_format_is_refused(kit: ModuleType, filled: Any) -> None:
    path = filled.root / "VAULT.json"
    fields = json.loads(path.read_bytes()) | {"version": 3, "something": "new"}
    path.write_bytes(encode(fields | {"checksum": markers.checksum(fields)}))
    for action in (filled.open, filled.verify):
        with pytest.raises(WrongUse, match="format 3"):
            action()


def test_a_marker_that_was_edited_is_damage(kit: ModuleType, filled: Any) -> None:
    path = filled.root / "VAULT.json"
    path.write_bytes(path.read_bytes().replace(b'"version":2', b'"version":1'))
    with pytest.raises(VaultDamaged, match=r"VAULT\.json"):
        filled.open()
    fields = json.loads(path.read_bytes()) | {"version": 2, "created": "2020-01-01T00:00:00Z"}
    path.write_bytes(encode(fields | {"checksum": markers.checksum(fields)}))
    assert set(kit.damage(filled.verify())) == {"VAULT.json"}
    with pytest.raises(VaultDamaged, match=r"VAULT\.json"):
        filled.open()


def test_nothing_is_no_vault(kit: ModuleType, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(WrongUse):
            verify(folder, None, heads=HeadStore(tmp_path / "heads"))


def test_an_anchor_from_before_is_kept(filled: Any, kit: ModuleType) -> None:
    anchor = filled.vault.head
    kit.take(filled.vault, kit.books())
    assert filled.verify(anchor=anchor).findings == ()


def test_findings_are_values(filled: Any) -> None:
    (filled.root / "keys" / "keyring-0001.sealed").unlink()
    report = filled.verify()
    assert report.findings == (Finding("keys/keyring-0001.sealed", "The file is missing.", "damage"),)
    assert not report.ok


@pytest.mark.parametrize("keys", [False, True])
def test_a_whole_marker_that_no_commit_knows_is_named(kit: ModuleType, filled: Any, keys: bool) -> None:
    """One that was made for another vault and signer: where commits follow one another, it is what was changed."""
    other = markers.Marker.fresh("0" * 32, markers.read((filled.root / "VAULT.json").read_bytes()).signer)
    (filled.root / "VAULT.json").write_bytes(encode(other))
    found = kit.damage(
        verify(filled.root, kit.PASSPHRASE if keys else None, heads=HeadStore(filled.root.parent / "no"))
    )
    assert found == {"VAULT.json": ["It is not the one that the commits vouch for."]}
