"""Rows about verifying, and about memory."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from vault_rows import table
from vault_rows.company_vault import COMPANY, SECRET, CompanyVault, take
from vault_rows.days import Days
from vault_rows.table import Row

from akika_forensics.changes.compare import changed_keys
from akika_forensics.model import payload as payloads
from akika_forensics.vault import verify
from akika_forensics.vault.lifecycle import compaction as compacting

_LIMIT: Final = 1.5
_CHUNK: Final = 1 << 20


def verifying(days: Days, folder: Path) -> None:
    """The whole vault without keys, beside reading every file of it and SHA-256; and with keys, which unpacks all."""
    place = CompanyVault(folder)
    files = sorted(path for path in place.root.rglob("*") if path.is_file())

    def hashed() -> None:
        for path in files:
            digest = hashlib.sha256()
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)

    def checked() -> None:
        assert verify(place.root, None, heads=place.heads).ok

    hashed()
    rounds = [(table.seconds(hashed), table.seconds(checked)) for _ in range(5)]
    reading, ours = (sorted(column)[len(rounds) // 2] for column in zip(*rounds, strict=True))
    share = reading / ours
    Row(
        f"Verify a whole vault, {len(files):,} files, {table.size(place.size)}",
        f"{table.duration(ours)} = {share:.0%}",
        f"reading it and SHA-256: {table.duration(reading)}",
        "50 %",
        share >= 0.5,
    ).tell()
    vault = place.open()
    versions = vault.snapshots()[0].records + sum(info.new_versions for info in vault.snapshots()[1:])
    del vault
    taken = table.seconds(lambda: verify(place.root, SECRET, heads=place.heads).findings)
    some = [payload for (_, payload), _ in zip(days.records(), range(20_000), strict=False)]
    alone = table.median(lambda: [payloads.digest(one) for one in some], 3) / len(some) * versions
    Row(
        f"  with keys: every one of {versions:,} payloads unpacked and digested anew",
        table.duration(taken),
        f"their canonical digests alone: {table.duration(alone)}",
    ).tell()


def memory_of_capture(days: Days, folder: Path) -> None:
    before = table.peak()
    vault = CompanyVault(folder).create()
    take(vault, 0, days.records())
    _tell("capture", vault.snapshots()[-1].records, before)


def memory_of_verify(folder: Path, note: str = "") -> None:
    before = table.peak()
    place = CompanyVault(folder)
    report = verify(place.root, SECRET, heads=place.heads)
    assert report.ok, report.findings
    _tell(f"verify with keys{note}", place.open().snapshots()[-1].records, before)


def memory_of_compare(folder: Path, apart: int, note: str) -> None:
    """Which records differ between the first day and one ``apart`` days later."""
    before = table.peak()
    vault = CompanyVault(folder).open()
    found = changed_keys(vault.snapshot("s1"), vault.snapshot(f"s{apart + 1}"))
    assert all(len(keys) for keys in found[1:])
    _tell(f"comparing, {apart} days apart, {note}", vault.snapshots()[-1].records, before)


def memory_of_merge(folder: Path) -> None:
    """Every part that the limits allow made one with others, as retention and compaction do after years."""
    before = table.peak()
    vault = CompanyVault(folder).open()
    run = compacting.compact(vault.workshop(), vault.pseudonym(COMPANY), extent="everything")
    _tell(
        f"merging {run.rows:,} versions, {run.parts[0]} parts to {run.parts[1]}", vault.snapshots()[-1].records, before
    )


def _tell(what: str, records: int, before: float) -> None:
    held = table.peak()
    Row(
        f"Memory of {what}, {records:,} records",
        f"{held:.2f} GB",
        f"of it {before:.2f} GB before it began",
        f"{_LIMIT} GB",
        held <= _LIMIT,
    ).tell()
