"""A built sample company to read from, and how to write a company as a folder of ``Entity.jsonl`` files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from akika_forensics.twin import Twin, sample

type Dump = dict[tuple[str, str], bytes]


@pytest.fixture(scope="module")
def company() -> Twin:
    """The sample company; tests that use this one only read."""
    twin = Twin()
    sample.build(twin)
    return twin


@pytest.fixture
def export(tmp_path: Path) -> Callable[[Dump], Path]:
    """Writes a dump in the layout of an export: one file an entity, one payload a line."""

    def write(dump: Dump) -> Path:
        folder = tmp_path / "export"
        folder.mkdir()
        lines: dict[str, list[bytes]] = defaultdict(list)
        for (entity, _), payload in sorted(dump.items()):
            lines[entity].append(payload)
        for entity, rows in lines.items():
            (folder / f"{entity}.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
        return folder

    return write


@pytest.fixture
def real_records(shared_data: Path) -> Path:
    """Records as the real service sent them; the test skips where they are absent."""
    folder = shared_data / "real_records"
    if not folder.is_dir():
        pytest.skip("recorded data is absent: no folder shared/data/real_records beside the checkout")
    return folder
