"""A company's file says of which version it is: an older one is taken, a newer one refused and left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from akika_forensics.errors import NewerFormat
from akika_forensics.twin import Twin, sample
from akika_forensics.twin.tables import VERSION


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "company.sqlite"
    twin = Twin(path)
    sample.build(twin)
    twin.close()
    return path


def version_of(file: Path, new: int | None = None) -> int:
    with closing(sqlite3.connect(file)) as db:
        if new is not None:
            db.execute(f"PRAGMA user_version={new}")
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_before_is_taken_and_marked(file: Path) -> None:
    assert version_of(file) == VERSION
    version_of(file, 0)
    twin = Twin(file)
    assert len(twin.dump()) > 100
    twin.close()
    assert version_of(file) == VERSION


def test_a_newer_file_is_refused_as_newer_and_left_alone(file: Path) -> None:
    version_of(file, VERSION + 1)
    before = file.read_bytes()
    with pytest.raises(NewerFormat) as raised:
        Twin(file)
    assert raised.value.means == "A newer version of the software made it."
    assert file.read_bytes() == before
