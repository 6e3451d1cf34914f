"""How fast records go into a vault and come back, and what they take beside plain Parquet.

Usage: python benchmarks/vault_write.py [RECORDS] [CHANGED]
"""

from __future__ import annotations

import io
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, create, verify

COMPANY = Company("1", "Benchmark", "http://127.0.0.1")
WORDS = [
    "garden",
    "rock",
    "fountain",
    "pump",
    "labor",
    "concrete",
    "pest",
    "weekly",
    "design",
    "sod",
    "soil",
    "hours",
    "materials",
    "install",
    "custom",
]


def invoices(count: int, seed: int = 1) -> dict[RecordKey, bytes]:
    chance = random.Random(seed)
    found = {}
    for number in range(1, count + 1):
        lines = ",".join(
            f'{{"Id":"{line}","LineNum":{line},"Description":"{" ".join(chance.choices(WORDS, k=6))}",'
            f'"Amount":{chance.randrange(1, 10**6) / 100},"DetailType":"SalesItemLineDetail",'
            f'"SalesItemLineDetail":{{"ItemRef":{{"value":"{chance.randrange(500)}"}},"Qty":{chance.randrange(1, 9)}}}}}'
            for line in range(1, chance.randrange(2, 8))
        )
        found[RecordKey("Invoice", str(number))] = (
            f'{{"Id":"{number}","SyncToken":"0","DocNumber":"{number + 1000}","Line":[{lines}],'
            f'"CustomerRef":{{"value":"{chance.randrange(5000)}"}},"TotalAmt":{chance.randrange(10**7) / 100}}}'
        ).encode()
    return found


def capture(vault: Vault, records: dict[RecordKey, bytes]) -> None:
    now = datetime.now(UTC)
    with vault.begin_snapshot(COMPANY) as writer:
        for key, payload in records.items():
            writer.add(key, payload)
        writer.commit(taken_at=now, finished_at=now, complete=True, counts={}, fence={}, requests=0, findings=[])


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"{what:<34} {seconds:8.2f} s {count / seconds:12,.0f} records/s")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    changed = int(sys.argv[2]) if len(sys.argv) > 2 else count // 200
    records = invoices(count)
    payload_bytes = sum(map(len, records.values()))
    plain = io.BytesIO()
    frame = pl.DataFrame(
        [(*key, payload) for key, payload in sorted(records.items())],
        schema={"entity": pl.String, "id": pl.String, "payload": pl.Binary},
        orient="row",
    )
    with timed("plain Parquet, payloads only", count):
        frame.write_parquet(plain, compression="zstd", compression_level=3, row_group_size=25_000)
    with tempfile.TemporaryDirectory() as folder:
        root, heads, secret = Path(folder) / "vault", HeadStore(Path(folder) / "heads"), Secret("benchmark")
        vault = create(root, secret, heads=heads, cost=KdfCost.CHEAP)
        with timed("first snapshot", count):
            capture(vault, records)
        first = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        for number, payload in invoices(changed, seed=2).items():
            records[number] = payload
        with timed(f"second snapshot, {changed:,} changed", count):
            capture(vault, records)
        second = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) - first
        with timed("read all of the second", count):
            assert sum(len(record.payload) for record in vault.snapshot("latest").records()) > 0
        with timed("one record", 1):
            assert vault.snapshot("latest").record(RecordKey("Invoice", str(count // 2))) is not None
        with timed("verify without keys", 2 * count):
            assert verify(root, None, heads=heads).ok
        with timed("verify with keys", count + changed):
            assert verify(root, secret, heads=heads).ok
    print(
        f"payloads {payload_bytes:,} bytes; plain Parquet {len(plain.getvalue()):,}; vault {first:,}, then +{second:,}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
