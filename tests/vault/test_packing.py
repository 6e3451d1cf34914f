"""Reports that wait for the commit: small in memory, whole again."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots.packing import pack, unpack

ROW = b'{"ColData":[{"value":"2026-11-23"},{"value":"Invoice","id":"130"},{"value":"225.00"}],"type":"Data"},'


@given(st.binary(max_size=3000))
def test_every_byte_comes_back(data: bytes) -> None:
    assert unpack(pack(data), "x") == data


def test_a_report_becomes_much_smaller() -> None:
    assert len(pack(ROW * 10_000)) < len(ROW) * 10_000 / 50


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"5",
        b"x\nabc",
        b"-1\n",
        b"5\nabcde",
        pack(ROW)[:-1],
        b"9999999999999\n" + pack(ROW).partition(b"\n")[2],
        b"7\n" + pack(ROW).partition(b"\n")[2],
        b"%d\n" % (len(ROW) + 1) + pack(ROW).partition(b"\n")[2],
    ],
)
def test_anything_else_is_damage(packed: bytes) -> None:
    with pytest.raises(DamagedFile):
        unpack(packed, "x")


@pytest.mark.skipif(shutil.which("zstd") is None, reason="the program zstd is not on this machine")
def test_another_program_unpacks_it() -> None:
    length, _, frame = pack(ROW * 9).partition(b"\n")
    found = subprocess.run(["zstd", "-dc"], input=frame, capture_output=True, check=True).stdout
    assert (int(length), found) == (len(ROW) * 9, ROW * 9)
