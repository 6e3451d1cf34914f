from __future__ import annotations

from akika_forensics.cli.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_bytes_are_told_with_speed_and_time_left() -> None:
    clock = Clock()
    pace = Pace(frozenset({"files"}), clock)
    assert pace.line("files", 0, 3_400_000_000) == "files: 0.0 of 3.4 GB"
    clock.now += 4
    assert pace.line("files", 1_240_000_000, 3_400_000_000) == "files: 1.2 of 3.4 GB, 310 MB/s, 0:07 left"
    assert pace.line("files", 3_400_000_000, 3_400_000_000) == "files: 3.4 of 3.4 GB"


def test_things_are_counted_and_each_stage_has_its_own_speed() -> None:
    clock = Clock()
    pace = Pace(frozenset({"files"}), clock)
    pace.line("files", 0, 10)
    clock.now += 60
    assert pace.line("snapshots", 0, 7300) == "snapshots: 0 of 7,300"
    clock.now += 2
    assert pace.line("snapshots", 4, 7300) == "snapshots: 4 of 7,300, 2.0/s, 1:00:48 left"


def test_nothing_is_said_of_speed_before_it_is_known() -> None:
    clock = Clock()
    pace = Pace(frozenset(), clock)
    pace.line("chains", 5, 9)
    clock.now += 0.5
    assert pace.line("chains", 6, 9) == "chains: 6 of 9"
    clock.now += 10
    assert pace.line("files", 0, 0) == "files: 0 of 0"
    clock.now += 10
    assert pace.line("files", 0, 9) == "files: 0 of 9"


def test_small_amounts_are_whole_bytes() -> None:
    pace = Pace(frozenset({"files"}), Clock())
    assert pace.line("files", 7, 900) == "files: 7 of 900 bytes"
    assert pace.line("files", 1500, 150_000) == "files: 1.5 of 150 kB"
