"""What a person waits for before something is to be seen: the sample company, and the places of a large record graph."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from akika_forensics.model.record import RecordKey
from akika_forensics.twin import Twin, sample
from akika_widgets.views.layout import arrange

RECORDS = 5_000
NEEDS = {
    "Account": [],
    "Customer": [],
    "Item": ["Account"],
    "Invoice": ["Customer", "Item"],
    "Payment": ["Invoice", "Customer"],
}


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """The best of several rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def graph() -> tuple[dict[RecordKey, str], list[tuple[RecordKey, RecordKey]]]:
    chance = random.Random(7)
    types = [*NEEDS, "Invoice", "Invoice"]
    keys = [RecordKey(types[at % len(types)], str(at)) for at in range(RECORDS)]
    by_type = {entity: [key for key in keys if key.entity == entity] for entity in NEEDS}
    edges = [(key, chance.choice(by_type[wanted])) for key in keys for wanted in NEEDS[key.entity]]
    return {key: key.entity for key in keys}, edges


def main() -> None:
    nodes, edges = graph()
    built = seconds(lambda: sample.build(Twin()))
    placed = seconds(lambda: arrange(nodes, edges))
    print(f"sample company built             {built:6.2f} s")
    print(f"graph of {RECORDS:,} records placed  {placed:6.2f} s   to reach, with its picture: 2 s or less")


if __name__ == "__main__":
    main()
