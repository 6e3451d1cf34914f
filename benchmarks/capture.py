"""How many calls a capture makes, counted at the server, and how near it comes to the rate that QuickBooks allows.

Usage: python benchmarks/capture.py [--full N] [--daily N]; for the memory of a million records: --full 1000000 --daily 0

A generated company of N records is served with QuickBooks' limits by a process of its own. ``--full`` (100,000) is
captured whole; ``--daily`` (500,000) is captured whole without a pace, half a hundredth of its records change, a day
goes by, and what changed is captured at the real pace. 0 leaves one out. The rate is that of the calls made, of 500 a
minute; beside it stands what both processes computed: on a machine with other work the rate falls, the computing hardly.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

PAGE: Final = 1000
A_MINUTE: Final = 500
CHANGED: Final = 200
"""One of so many records changes in a day."""


# the company's process


def serve(records: int) -> None:
    """Answers a line of JSON for each line read: ``calls``, ``day`` (what changed), ``limits`` on or off."""
    from akika_forensics.twin import Twin, life
    from akika_forensics.twin.http.server import serve as start

    twin = Twin()
    made = life.fill(twin, life.Wish(records, 1))
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)  # a report is made of hundreds of thousands of cells that are in no circle
    with start(twin, limits=True) as server:
        known = server.credentials
        told = {"base_url": server.base_url, "token_url": server.token_url, "realm_id": server.realm_id}
        told |= {"client_id": known.client_id, "client_secret": known.client_secret, "counts": made.counts}
        say(told | {"access_token": known.access_token, "refresh_token": known.refresh_token})
        seen = 0
        for line in sys.stdin:
            if line.strip() == "day":
                say({"changed": a_day(twin)})
            else:
                entries = [entry for entry in server.log if entry.seq > seen]
                seen = twin.requests.last
                say(summed(entries) | {"computed": time.process_time()})


def say(told: Any) -> None:
    print(json.dumps(told), flush=True)


def summed(entries: Any) -> dict[str, Any]:
    kinds = Counter(f"{entry.method} {entry.path.rstrip('/').rsplit('/', 1)[-1].split('?')[0]}" for entry in entries)
    refused = sum(1 for entry in entries if entry.status == 429)
    return {"calls": len(entries), "kinds": dict(kinds.most_common(12)), "refused": refused}


def a_day(twin: Any) -> int:
    """Edits, new and deleted records of the kinds that the company has, in proportion; how many records changed."""
    from akika_forensics.model.catalogue import CATALOGUE
    from akika_forensics.twin import QuickBooksFault

    twin.clock.advance(timedelta(hours=1))
    rng = random.Random(1)
    began = twin.clock()
    ids = {name: sorted(twin.store.ids(name)) for name, row in CATALOGUE.items() if row.can("update")}
    kinds = [name for name, row in CATALOGUE.items() if row.is_transaction and ids.get(name)]
    weights = [len(ids[name]) for name in kinds]
    wanted = sum(len(found) for found in ids.values()) // CHANGED
    changed = 0
    while changed < wanted:
        name = rng.choices(kinds, weights)[0]
        body = twin.get(name, rng.choice(ids[name]))
        if body is None:
            continue
        try:
            if rng.random() < 0.03 and CATALOGUE[name].can("delete"):
                twin.delete(name, body)
            else:
                field = "Description" if name == "TimeActivity" else "PrivateNote"
                twin.update(name, {**body, field: f"seen {rng.random()}"})
        except QuickBooksFault:
            continue
        changed += 1
    floor = int(began.timestamp() * 1_000_000)
    moved = twin.store.select(f"SELECT count(*) FROM record WHERE updated >= {floor}")[0][0]  # noqa: S608 - a number
    gone = twin.store.select(f"SELECT count(*) FROM tombstone WHERE deleted >= {floor}")[0][0]  # noqa: S608 - as above
    twin.clock.advance(timedelta(hours=22))
    return int(moved) + int(gone)


# who captures


class Company:
    def __init__(self, records: int) -> None:
        command = [sys.executable, str(Path(__file__)), "--serve", str(records)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def ask(self, what: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


def captured(company: Company, folder: Path, *, paced: bool) -> tuple[Any, float, Any]:
    """A snapshot into the vault of ``folder``: what it says of itself, seconds, and what the server saw."""
    from akika_forensics.case.opening import init_vault, open_vault
    from akika_forensics.quickbooks import Connection, Limits
    from akika_forensics.settings import Secret
    from akika_forensics.vault import HeadStore, KdfCost

    known = company.told
    heads = HeadStore(folder / "heads")
    if not (folder / "vault").exists():
        case = init_vault(folder / "vault", Secret("x"), recovery_sheet=None, heads=heads, cost=KdfCost.CHEAP)
        connection = Connection(
            "twin",
            known["realm_id"],
            known["base_url"],
            known["token_url"],
            known["client_id"],
            Secret(known["client_secret"]),
        )
        case.connect(connection, Secret(known["refresh_token"]))
    case = open_vault(folder / "vault", passphrase=Secret("x"), heads=heads)
    if paced:
        case.companies.limits = lambda _: Limits()  # type: ignore[method-assign] -- a company elsewhere is read so
    before = company.ask("calls")["computed"]
    began, computed = time.perf_counter(), time.process_time()
    info = case.capture()
    took, computed = time.perf_counter() - began, time.process_time() - computed
    seen = company.ask("calls")
    return info, took, seen | {"here": computed, "there": seen["computed"] - before}


def show(what: str, figure: str, reach: str) -> None:
    print(f"{what:<58}{figure:>22}   to reach: {reach}", flush=True)


def judged(info: Any, took: float, seen: Any, what: str, most: float) -> None:
    needed = seen["calls"] * 60 / A_MINUTE
    told = f"{info.fence['kind']}, {info.fence['passes']} passes, complete: {info.complete}"
    print(f"{what}: {info.records:,} records, {told}")
    print(f"  {seen['kinds']}, refused {seen['refused']}")
    show("  HTTP calls", f"{seen['calls']:,}", f"{most:,.0f} at most")
    show("  rate, of what is allowed", f"{needed / took:.1%} in {took:.1f} s", "95 %")
    print(f"  computed: {seen['here']:.1f} s here, {seen['there']:.1f} s in the company; {needed:.1f} s are the least")
    print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB", flush=True)


def full(records: int) -> None:
    company = Company(records)
    with tempfile.TemporaryDirectory() as folder:
        info, took, seen = captured(company, Path(folder), paced=True)
    company.close()
    pages = sum(-(-count // PAGE) for count in info.counts.values())
    judged(info, took, seen, "full", 1.05 * pages + 110)


def daily(records: int) -> None:
    company = Company(records)
    with tempfile.TemporaryDirectory() as folder:
        info, took, seen = captured(company, Path(folder), paced=False)
        pages = sum(-(-count // PAGE) for count in info.counts.values())
        judged(info, took, seen, "full, without a pace of ours", 1.05 * pages + 110)
        changed = company.ask("day")["changed"]
        info, took, seen = captured(company, Path(folder), paced=True)
    company.close()
    judged(info, took, seen, f"daily, {changed:,} changed", 40 + changed / 500)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=int, default=100_000)
    parser.add_argument("--daily", type=int, default=500_000)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
        return
    if asked.full:
        full(asked.full)
    if asked.daily:
        daily(asked.daily)


if __name__ == "__main__":
    main()
