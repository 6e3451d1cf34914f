from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import VaultDamaged, VaultLocked, WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, create, open_vault, verify
from akika_forensics.vault.keys import passphrase, recovery, sealing
from akika_forensics.vault.keys.sealing import OpenError

KEY = bytes(range(32))


@given(st.binary(max_size=100))
def test_a_sealed_value_opens_at_its_place_only(data: bytes) -> None:
    for seal, open_sealed in ((sealing.seal, sealing.open_sealed), (sealing.seal_stream, sealing.open_stream)):
        sealed = seal(KEY, data, "place", 1)
        assert open_sealed(KEY, sealed, "place", 1) == data
        for key, place in ((KEY, ("place", 2)), (KEY, ("place1",)), (KEY[::-1], ("place", 1))):
            with pytest.raises(OpenError):
                open_sealed(key, sealed, *place)


@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK - 1, sealing.CHUNK, 2 * sealing.CHUNK + 5])
def test_streams_notice_moved_missing_and_added_chunks(size: int) -> None:
    # A generator whose output does not compress, so that the chunks are as many as the data says.
    data = b"".join(sealing.pseudonym(KEY, str(number)).encode() for number in range(size // 32 + 1))[:size]
    sealed = sealing.seal_stream(KEY, data, "x")
    assert sealing.open_stream(KEY, sealed, "x") == data
    step = sealing.CHUNK + 16
    body = sealed[32:]
    chunks = [body[start : start + step] for start in range(0, len(body), step)]
    wrong = [sealed[:-1], sealed + b"\0", sealed[:-17], b"", sealed[:40]]
    if len(chunks) > 1:
        wrong += [sealed[:32] + b"".join(reversed(chunks)), sealed[:32] + b"".join(chunks[:-1])]
    for bad in wrong:
        with pytest.raises(OpenError):
            sealing.open_stream(KEY, bad, "x")


def test_a_key_with_a_passphrase_of_its_own() -> None:
    blob = passphrase.seal(Secret("approver"), b"private key", KdfCost.CHEAP)
    assert passphrase.open_sealed(Secret("approver"), blob) == b"private key"
    assert b"private key" not in blob
    with pytest.raises(WrongKey):
        passphrase.open_sealed(Secret("preparer"), blob)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(VaultDamaged):
            passphrase.open_sealed(Secret("approver"), bytes(changed))
    with pytest.raises(WrongUse):
        passphrase.seal(Secret(""), b"x", KdfCost.CHEAP)


def test_a_composed_and_a_decomposed_letter_are_the_same_passphrase() -> None:
    blob = passphrase.seal(Secret("caf\u00e9"), b"x", KdfCost.CHEAP)
    assert passphrase.open_sealed(Secret("cafe\u0301"), blob) == b"x"


def test_the_standard_cost_is_256_mebibytes_three_passes_two_lanes() -> None:
    assert KdfCost.STANDARD.value == (262144, 3, 2)
    blob = passphrase.seal(Secret("x"), b"y")
    assert b'"memory_kib":262144' in blob
    assert passphrase.open_sealed(Secret("x"), blob) == b"y"


def test_a_file_that_asks_for_all_memory_is_damage() -> None:
    kdf = passphrase.Kdf("argon2id", 1 << 40, 3, 2, bytes(16))
    with pytest.raises(VaultDamaged):
        kdf.derive(Secret("x"), "keys")


def test_the_recovery_key_opens_and_lies_outside(kit: ModuleType, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    sheet = tmp_path / "sheet.txt"
    for inside in (tmp_path / "vault" / "sheet.txt", tmp_path / "vault" / "a" / ".." / "sheet.txt"):
        with pytest.raises(WrongUse):
            create(tmp_path / "vault", Secret("p"), heads=heads, recovery_sheet=inside, cost=KdfCost.CHEAP)
    vault = create(tmp_path / "vault", Secret("p"), heads=heads, recovery_sheet=sheet, cost=KdfCost.CHEAP)
    kit.take(vault, kit.books())
    assert sheet.stat().st_mode & 0o777 == 0o600
    line = next(line for line in sheet.read_text().splitlines() if line.startswith("Recovery key"))
    typed = line.removeprefix("Recovery key").strip()
    for text in (typed, typed.lower(), typed.replace("-", " "), typed.replace("-", "")):
        opened = open_vault(tmp_path / "vault", Secret(text), heads=heads)
        assert len(list(opened.snapshot("latest").records())) == 4
    last = "A" if typed[-1] != "A" else "B"
    with pytest.raises(WrongKey):
        open_vault(tmp_path / "vault", Secret(typed[:-1] + last), heads=heads)
    with pytest.raises(WrongKey):
        open_vault(tmp_path / "vault", recovery.RecoveryKey.fresh().text(), heads=heads)
    raw = typed.replace("-", "").encode()
    assert all(raw not in path.read_bytes() for path in (tmp_path / "vault").rglob("*") if path.is_file())


def test_an_existing_sheet_is_not_overwritten(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("another vault's")
    with pytest.raises(WrongUse):
        create(tmp_path / "v", Secret("p"), heads=HeadStore(tmp_path / "h"), recovery_sheet=sheet, cost=KdfCost.CHEAP)
    assert sheet.read_text() == "another vault's"
    assert not (tmp_path / "v").exists()


def test_a_wrong_passphrase_is_told_from_a_damaged_keyring(kit: ModuleType, filled: Any) -> None:
    with pytest.raises(WrongKey) as raised:
        open_vault(filled.root, Secret("wrong"), heads=filled.heads)
    assert raised.value.exit_code == 5
    with pytest.raises(WrongKey):
        verify(filled.root, Secret("wrong"), heads=filled.heads)
    path = filled.root / "keys" / "keyring-0001.sealed"
    content = bytearray(path.read_bytes())
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 0x20
        path.write_bytes(changed)
        with pytest.raises(VaultDamaged, match=r"keys/keyring-0001\.sealed"):
            filled.open()
    assert list(kit.damage(filled.verify())) == ["keys/keyring-0001.sealed"]


def test_an_empty_passphrase_is_wrong_use(filled: Any, tmp_path: Path) -> None:
    for action in (
        lambda: create(tmp_path / "new", Secret(""), heads=filled.heads, cost=KdfCost.CHEAP),
        lambda: open_vault(filled.root, Secret(""), heads=filled.heads),
    ):
        with pytest.raises(WrongUse):
            action()
    assert not (tmp_path / "new").exists()


def test_keys_have_no_text_form_and_are_not_pickled(empty: Any) -> None:
    keys = empty.vault.keyring()
    assert repr(keys) == f"Keyring({empty.vault.id})"
    with pytest.raises(TypeError):
        pickle.dumps(keys)


def test_the_lock_names_its_owner_and_a_dead_owners_lock_is_free(filled: Any) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom akika_forensics.vault.storage.locking import FileLock\n"
        "FileLock(Path(sys.argv[1])).acquire('restore')\nprint('held', flush=True)\ntime.sleep(60)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(filled.root / "lock")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(VaultLocked, match=rf"process {owner.pid} on .*\(restore, since"):
            filled.vault.begin_snapshot(None)
        assert filled.verify().ok
    finally:
        owner.kill()
        owner.communicate()
    with filled.vault.lock("a"), filled.open().lock("b"):
        assert b'"purpose": "a"' in (filled.root / "lock").read_bytes()
    assert (filled.root / "lock").read_bytes() == b""


def test_two_threads_exclude_each_other_like_two_processes(filled: Any) -> None:
    def from_another_thread() -> object:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: held_by(filled.open())).result()

    def held_by(vault: Any) -> object:
        try:
            with vault.lock("another run"):
                return "taken"
        except VaultLocked as error:
            return error.what

    with filled.vault.lock("execute a plan"):
        assert f"process {os.getpid()}" in str(from_another_thread())
        assert "(execute a plan, since" in str(from_another_thread())
        with filled.open().lock("within it"):
            pass
        assert "(execute a plan, since" in str(from_another_thread())
    assert from_another_thread() == "taken"


def test_the_lock_is_free_after_a_writer_was_given_up(kit: ModuleType, filled: Any) -> None:
    with pytest.raises(ZeroDivisionError), filled.vault.begin_snapshot(kit.COMPANY):
        _ = 1 / 0
    assert (filled.root / "lock").read_bytes() == b""
    assert len(filled.vault.snapshots()) == 3
