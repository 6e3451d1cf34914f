"""A folder of one's own: for its owner alone, gone at the end, and gone after a kill as soon as another one is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from akika_forensics.jobs.private_folder import PREFIX, private_folder, sweep

HOLDER = """
import sys
from akika_forensics.jobs.private_folder import private_folder
with private_folder(sys.argv[1]) as folder:
    (folder / "k.json").write_text("a connection file")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_private_and_goes(tmp_path: Path) -> None:
    with private_folder(str(tmp_path)) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_it_goes_when_its_block_is_left_by_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), private_folder(str(tmp_path)):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with private_folder(str(tmp_path)) as own:
            assert (left / "k.json").exists()
            sweep(tmp_path)
            assert own.exists()
            process.kill()
            process.wait()
            assert (left / "k.json").exists()
            with private_folder(str(tmp_path)):
                assert not left.exists()
            assert own.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    kept = tmp_path / f"{PREFIX}of-somebody"
    kept.mkdir()
    (kept / "file").write_text("x")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "held").write_text("")
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").write_text("")
    sweep(tmp_path)
    assert (kept / "file").exists()
    assert (elsewhere / "held").exists()
    assert (tmp_path / f"{PREFIX}file").exists()
