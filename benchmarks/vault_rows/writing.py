"""Rows about writing: encryption against none, answers into the vault, a year of days."""

from __future__ import annotations

import io
import os
import secrets
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl
from vault_rows import days as generated
from vault_rows import table
from vault_rows.company_vault import COMPANY, CompanyVault, take
from vault_rows.days import Days
from vault_rows.others import YEAR
from vault_rows.table import Row

from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import answers
from akika_forensics.vault.lifecycle import compaction as compacting
from akika_forensics.vault.snapshots import parquet

_ROUNDS: Final = 3
_ROWS: Final = 50_000
_PAGE: Final = 1_000


def encryption(days: Days) -> None:
    """The same frames through the same writer, encrypted and in the clear, turn about."""
    frame = days.frame()
    taken: dict[str, float] = defaultdict(float)
    sizes: dict[str, int] = defaultdict(int)
    ratios = []
    for turn in range(_ROUNDS):
        spent = {"sealed": 0.0, "plain": 0.0}
        for number, part in enumerate(frame.iter_slices(_ROWS)):
            order = ("sealed", "plain") if (turn + number) % 2 else ("plain", "sealed")
            for kind in order:
                begun = time.perf_counter()
                content = _sealed(part) if kind == "sealed" else _plain(part)
                spent[kind] += time.perf_counter() - begun
                sizes[kind] += len(content)
        ratios.append(spent["sealed"] / spent["plain"])
        for kind, more in spent.items():
            taken[kind] += more / _ROUNDS
    slower, larger = statistics.median(ratios), sizes["sealed"] / sizes["plain"]
    what = f"Write {len(frame):,} records encrypted"
    Row(
        f"{what}: time",
        f"{slower:.2f} x",
        f"the same Parquet in the clear: {table.duration(taken['plain'])}",
        "1.05 x",
        slower <= 1.05,
    ).tell()
    Row(
        f"{what}: bytes",
        f"{larger:.4f} x",
        f"the same: {table.size(sizes['plain'] / _ROUNDS)}",
        "1.01 x",
        larger <= 1.01,
    ).tell()


def _sealed(part: pl.DataFrame) -> bytes:
    return parquet.write(part, os.urandom(32), parquet.associated("benchmark", secrets.token_hex(16)))


def _plain(part: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    part.write_parquet(stream, compression="zstd", compression_level=3, row_group_size=parquet.ROWS_IN_GROUP)
    return stream.getvalue()


def bodies(days: Days, folder: Path, count: int) -> None:
    """Answers as they come from the network, cut into records, into a committed snapshot."""
    records = (record for record, _ in zip(days.records(), range(count), strict=False))
    pages = list(_pages(records))
    vault = CompanyVault(folder).create()
    begun = time.perf_counter()
    took = take(vault, 0, _cut(pages))
    spent = time.perf_counter() - begun
    rate = count / spent
    alone = _digests(pages)
    Row(
        f"{count:,} records of answers, cut, digested, encrypted on disk",
        f"{rate:,.0f} a second",
        f"canonical digest alone {alone:,.0f} a second; committed in {table.duration(took.writing)}",
        "30,000 a second",
        rate >= 30_000,
    ).tell()


def _pages(records: Iterable[tuple[RecordKey, bytes]]) -> Iterator[tuple[str, bytes]]:
    held: dict[str, list[bytes]] = defaultdict(list)
    for key, payload in records:
        held[key.entity].append(payload)
        if len(held[key.entity]) == _PAGE:
            yield key.entity, _page(key.entity, held.pop(key.entity))
    for entity, rest in held.items():
        yield entity, _page(entity, rest)


def _page(entity: str, payloads: list[bytes]) -> bytes:
    head = b'{"QueryResponse":{"%s":[' % entity.encode()
    return b'%s%s],"startPosition":1,"maxResults":%d},"time":"2026-01-05T06:00:00Z"}' % (
        head,
        b",".join(payloads),
        len(payloads),
    )


def _cut(pages: list[tuple[str, bytes]]) -> Iterator[tuple[RecordKey, bytes]]:
    for entity, body in pages:
        group = answers.opened(body, entity)["QueryResponse"]
        for one in answers.rows_of(entity, group, entity).slices:
            yield one.key, one.payload


def _digests(pages: list[tuple[str, bytes]]) -> float:
    from akika_forensics.model import payload

    found = [one for one, _ in zip(_cut(pages), range(20_000), strict=False)]
    return len(found) / table.median(lambda: [payload.digest(one) for _, one in found], 3)


def year(days: Days, folder: Path, count: int) -> None:
    """A year of days into one vault, which later rows read. Each day is written by what changed, as a source tells it
    that knows; `whole_day` is the other kind.
    """
    place = CompanyVault(folder)
    vault = place.create()
    begun = time.perf_counter()
    take(vault, 0, days.records())
    first, at_first = time.perf_counter() - begun, place.size
    took = [take(vault, day, days.changes(day), changes=True) for day in range(1, count + 1)]
    size, writing = place.size, statistics.median(one.writing for one in took)
    records = vault.snapshots()[-1].records
    daily = (size - at_first) / count
    whole = size if count >= YEAR else at_first + YEAR * daily
    Row(
        f"A year of daily snapshots, {records:,} records, 0.5 % a day, as written",
        table.size(whole),
        ("" if count >= YEAR else f"worked out from {count} days: ")
        + f"{table.size(at_first)} at first in {first:.0f} s, then {table.size(daily)} a day",
    ).tell()
    detecting = statistics.median(one.detecting for one in took)
    Row(
        "  a day's write: what arrived held against what is stored, then stored and committed",
        table.duration(writing),
        f"before that, the state of the day before and the digests: {table.duration(detecting)}",
        "0.15 s",
        writing <= 0.15,
    ).tell()


def compaction(folder: Path) -> None:
    """The year merged once, as happens in the background after captures, a piece at a time."""
    place = CompanyVault(folder)
    vault = place.open()
    before, days = place.size, len(vault.snapshots()) - 1
    spent = table.seconds(lambda: compacting.compact(vault.workshop(), vault.pseudonym(COMPANY), extent="everything"))
    kept = place.size
    Row(
        f"  the same {days} days, merged",
        table.size(kept),
        f"of {table.size(before)} as written; merging all of it once: {table.duration(spent)}",
        "0.45 GB" if days >= YEAR else "",
        kept <= 0.45e9 if days >= YEAR else None,
    ).tell()


def whole_day(folder: Path, count: int) -> None:
    """A day after a year, written as a capture does it: all records given again, most of them as they were."""
    vault = CompanyVault(folder).open()
    held = {record.key: record.payload for record in vault.snapshot("latest").records()}
    before = vault.snapshots()[-1]
    for key in list(held)[:: generated.CHANGED]:
        held[key] = held[key].replace(b'"SyncToken":"', b'"SyncToken":"9', 1)
    took = take(vault, count + 1, held.items())
    assert vault.snapshots()[-1].records == before.records
    Row(
        "  a day of which all records are given again: the rest of the comparing, stored and committed",
        table.duration(took.writing),
        f"before that, digests and nearly all of the comparing: {table.duration(took.detecting)}",
        "0.15 s",
        took.writing <= 0.15,
    ).tell()
