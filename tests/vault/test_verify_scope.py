"""A check by sample says what it left out; an interrupted one goes on where it was, for the same state only."""

from __future__ import annotations

import hashlib
import json
import math
import os
import signal
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.cli.app import main
from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault.checks import bulk, contents, effort, snapshots
from akika_forensics.vault.checks.ledger import Bound, Ledger
from akika_forensics.vault.checks.sample import Draw, Sample

SEED = "3f2a11c0"


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "SMALL", 0)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verify"


def drawable(stage: Any) -> list[str]:
    return [path for path in stage.files() if path.startswith(("data/", "documents/", "blobs/"))]


# --- what is drawn


@given(paths=st.sets(st.from_regex(r"\A(data|blobs)/[0-9a-f]{4}\Z"), max_size=40), share=st.integers(1, 100))
def test_the_drawn_files_follow_from_the_seed_by_the_written_rule(paths: set[str], share: int) -> None:
    drawn = Sample.parse(f"{share}%", SEED).paths(paths)
    for folder in ("data", "blobs"):
        inside = [path for path in paths if path.startswith(folder)]
        ranked = sorted(inside, key=lambda path: hashlib.sha256(f"{SEED}\n{path}".encode()).hexdigest())
        wanted = max(1, math.ceil(len(inside) * share / 100)) if inside else 0
        assert {path for path in drawn if path.startswith(folder)} == set(ranked[:wanted])


@given(parts=st.lists(st.integers(0, 30), max_size=12), number=st.integers(1, 60))
def test_as_many_records_are_drawn_as_asked_for_in_proportion_to_the_files(parts: list[int], number: int) -> None:
    total = sum(parts)
    draw = Draw(Sample.parse(str(number), SEED), total)
    drawn = [draw.rows([("Invoice", f"{part}-{row}") for row in range(rows)]) for part, rows in enumerate(parts)]
    assert sum(map(len, drawn)) == min(number, total)
    for rows, chosen in zip(parts, drawn, strict=True):
        assert chosen <= set(range(rows))
        if total:
            assert abs(len(chosen) - min(number, total) * rows / total) < 1


@pytest.mark.parametrize("text", ["", "0", "0%", "101%", "-3", "5 of 100", "1e3", "٣"])
def test_what_is_no_size_of_a_sample_is_refused(text: str) -> None:
    with pytest.raises(WrongUse, match="no size of a sample"):
        Sample.parse(text, SEED)


def test_what_is_no_seed_is_refused() -> None:
    for seed in ("", "a b", "x" * 65, "a\nb"):
        with pytest.raises(WrongUse, match="seed"):
            Sample.parse("5%", seed)


# --- by sample


def test_small_files_and_links_are_never_left_out(filled: Any) -> None:
    report = filled.verify(keys=False, sample=Sample.parse("1", SEED))
    assert report.scope.files_left == ()
    assert report.files == len(filled.files())


@pytest.mark.usefixtures("everything_is_large")
def test_a_sample_reads_what_is_drawn_and_says_what_it_left_out(kit: ModuleType, filled: Any) -> None:
    sample = Sample.parse("40%", SEED)
    report = filled.verify(keys=False, sample=sample)
    drawn = sample.paths(drawable(filled))
    assert report.ok
    assert report.scope.files_left == tuple(sorted(set(drawable(filled)) - drawn))
    assert report.scope.bytes_left == sum((filled.root / path).stat().st_size for path in report.scope.files_left)
    assert report.files == len(filled.files()) - len(report.scope.files_left)
    assert filled.verify(keys=False, sample=sample) == report
    assert SEED in " ".join(report.scope.sentences())
    for path in drawable(filled):
        content = (filled.root / path).read_bytes()
        (filled.root / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        found = kit.damage(filled.verify(keys=False, sample=sample))
        assert set(found) == ({path} if path in drawn else set())
        (filled.root / path).unlink()
        assert set(kit.damage(filled.verify(keys=False, sample=sample))) == {path}, "a missing file is always seen"
        (filled.root / path).write_bytes(content)


def test_of_the_records_as_many_are_looked_at_as_the_report_says(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    digest = snapshots._digest
    monkeypatch.setattr(snapshots, "_digest", lambda content: looked.append(content) or digest(content))
    whole = filled.verify()
    assert whole.scope.records == len(looked) > 4
    assert (whole.scope.whole, whole.scope.records_left, whole.scope.sentences()) == (True, 0, ())
    for text, expected in (("1", 1), ("50%", math.ceil(len(looked) / 2)), ("100%", len(looked))):
        seen = len(looked)
        report = filled.verify(sample=Sample.parse(text, SEED))
        assert report.ok
        assert not report.scope.whole
        assert report.scope.records - report.scope.records_left == len(looked) - seen == expected


@pytest.mark.usefixtures("everything_is_large")
def test_with_keys_a_file_that_the_contents_need_is_looked_at_though_it_was_not_drawn(
    kit: ModuleType, filled: Any
) -> None:
    sample = Sample.parse("1", SEED)
    left = set(filled.verify(sample=sample).scope.files_left)
    assert left < set(filled.verify(keys=False, sample=sample).scope.files_left)
    for path in set(drawable(filled)) - left:
        content = (filled.root / path).read_bytes()
        (filled.root / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert path in kit.damage(filled.verify(sample=sample))
        (filled.root / path).write_bytes(content)


def test_without_the_key_the_report_says_that_nothing_was_opened(filled: Any) -> None:
    scope = filled.verify(keys=False).scope
    assert not scope.whole
    assert "Nothing was opened" in scope.sentences()[0]


# --- interrupted


class Interruption:
    """Ctrl-C, as the terminal sends it, once so much of a stage is done."""

    def __init__(self, stage: str = "snapshots", share: float = 1.0) -> None:
        self.stage = stage
        self.share = share

    def __call__(self, what: str, done: int, total: int) -> None:
        if what == self.stage and done >= self.share * total:
            signal.raise_signal(signal.SIGINT)
            time.sleep(5)


def test_a_check_goes_on_where_it_was_interrupted(filled: Any, kept: Path) -> None:
    whole = filled.verify()
    listed = 0
    for stage in ("chains", "files", "sealed files", "snapshots"):
        for share in (0, 0.5, 1):
            with pytest.raises(KeyboardInterrupt):
                filled.verify(kept=kept, progress=Interruption(stage, share))
            report = filled.verify(kept=kept, resume=True)
            assert (report.ok, report.findings) == (True, ())
            assert report.files + report.scope.files_before == whole.files
            assert report.bytes + report.scope.bytes_before == whole.bytes
            assert not list(kept.glob("*")), "a check that came to its end leaves nothing to go on with"
            if stage in ("sealed files", "snapshots"):
                listed = listed or report.scope.files_before
                assert report.scope.files_before == listed > 5


@pytest.mark.parametrize("hidden", [False, True])
def test_what_is_damaged_after_it_was_found_sound_is_read_again(
    kit: ModuleType, filled: Any, kept: Path, hidden: bool
) -> None:
    """Also where whoever did it put the time of the file back."""
    with pytest.raises(KeyboardInterrupt):
        filled.verify(kept=kept, progress=Interruption())
    path = drawable(filled)[3]
    file = filled.root / path
    content, before = file.read_bytes(), file.stat()
    with file.open("r+b") as opened:
        opened.write(bytes([content[0] ^ 1]))
    if hidden:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert path in kit.damage(filled.verify(kept=kept, resume=True))


def test_what_was_found_damaged_is_told_again(kit: ModuleType, filled: Any, kept: Path) -> None:
    path = drawable(filled)[0]
    (filled.root / path).write_bytes(b"nothing")
    expected = filled.verify().findings
    with pytest.raises(KeyboardInterrupt):
        filled.verify(kept=kept, progress=Interruption())
    report = filled.verify(kept=kept, resume=True)
    assert report.findings == expected
    assert report.scope.files_before > 0


def test_results_of_another_state_or_another_way_of_checking_are_not_taken_over(
    kit: ModuleType, filled: Any, kept: Path
) -> None:
    def interrupted() -> None:
        with pytest.raises(KeyboardInterrupt):
            filled.verify(kept=kept, progress=Interruption())

    interrupted()
    assert filled.verify(kept=kept, resume=True).scope.files_before > 0
    interrupted()
    for other in ({"keys": False}, {"sample": Sample.parse("50%", SEED)}):
        assert filled.verify(kept=kept, resume=True, **other).scope.resumed_from is None
        interrupted()
    kit.take(filled.vault, kit.books(5), day=3)
    assert filled.verify(kept=kept, resume=True).scope.resumed_from is None
    interrupted()
    assert filled.verify(kept=kept).scope.resumed_from is None, "nobody asked to go on"


def test_kept_results_that_were_changed_are_refused(filled: Any, kept: Path) -> None:
    for edit in (
        lambda text: text.replace(b"data/", b"doto/", 1),
        lambda text: text[:-20],
        lambda text: b"{}",
        lambda text: json.dumps(json.loads(text)).encode(),
    ):
        with pytest.raises(KeyboardInterrupt):
            filled.verify(kept=kept, progress=Interruption())
        (file,) = kept.iterdir()
        file.write_bytes(edit(file.read_bytes()))
        with pytest.raises(WrongUse, match="without --resume"):
            filled.verify(kept=kept, resume=True)
        assert filled.verify(kept=kept).ok


def test_a_wrong_passphrase_does_not_cost_what_was_read(filled: Any, kept: Path) -> None:
    from akika_forensics.vault.checks.verify import verify

    with pytest.raises(WrongKey):
        verify(filled.root, Secret("not this one"), heads=filled.heads, kept=kept)
    assert filled.verify(kept=kept, resume=True).scope.files_before > 5


def test_a_process_that_dies_has_kept_what_it_had_found_some_seconds_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"")
    time.sleep(0.05)  # the kernel's time of a file is some milliseconds old
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    bound = Bound("0" * 32, "1" * 64, True, "", "")
    ledger = Ledger(tmp_path, bound)
    ledger.add("bytes", "a")
    assert not Ledger(tmp_path, bound).resume()
    now = 6.0
    ledger.add("bytes", "b")
    again = Ledger(tmp_path, bound)
    assert again.resume()
    from akika_forensics.vault.storage import LocalBackend

    assert again.knows("bytes", "a", LocalBackend(tmp_path))
    assert not again.knows("bytes", "b", LocalBackend(tmp_path)), "the file is gone"
    assert not again.knows("opened", "a", LocalBackend(tmp_path))


# --- reading


class Endless:
    """One file of 256 MiB that is nowhere whole."""

    def chunks(self, path: str) -> Iterator[bytes]:
        if path == "absent":
            raise FileNotFoundError(path)
        for number in range(256):
            yield bytes([number]) * (1 << 20)


@pytest.mark.parametrize("length", [1, 8 << 20], ids=["in this thread", "by threads"])
def test_files_are_read_in_pieces_and_given_in_their_order(length: int) -> None:
    backend: Any = Endless()
    expected = hashlib.sha256(b"".join(bytes([number]) * (1 << 20) for number in range(256))).hexdigest()
    tracemalloc.start()
    try:
        found = list(bulk.digests(backend, dict.fromkeys(["a", "absent", "b"], length), lambda _: None))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [("a", (256 << 20, expected)), ("absent", None), ("b", (256 << 20, expected))]
    assert peak < 32 << 20


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.none() | st.binary(max_size=60), max_size=9),
    st.sampled_from([1, 8 << 20]),
)
def test_whoever_reads_them_the_digests_are_those_of_the_files(files: dict[str, bytes | None], length: int) -> None:
    class Held:
        def chunks(self, path: str) -> Iterator[bytes]:
            data = files[path]
            if data is None:
                raise FileNotFoundError(path)
            yield from (data[start : start + 7] for start in range(0, len(data), 7))

    told: list[int] = []
    backend: Any = Held()
    found = list(bulk.digests(backend, dict.fromkeys(files, length), told.append))
    assert found == [
        (path, None if data is None else (len(data), hashlib.sha256(data).hexdigest())) for path, data in files.items()
    ]
    assert max(told, default=0) == sum(len(data) for data in files.values() if data)


@pytest.mark.parametrize("length", [1, 8 << 20], ids=["in this thread", "by threads"])
def test_an_interruption_stops_the_reading(length: int) -> None:
    class Slow:
        def __init__(self) -> None:
            self.ended = 0

        def chunks(self, path: str) -> Iterator[bytes]:
            del path
            try:
                while True:
                    time.sleep(0.001)
                    yield b"x"
            finally:
                self.ended += 1

    backend: Any = Slow()

    def told(read: int) -> None:
        if read:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(bulk.digests(backend, dict.fromkeys("abcde", length), told))
    assert backend.ended >= 1


# --- the command


def run(stage: Any, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["verify", "--vault", str(stage.root), "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def environment(kit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", kit.PASSPHRASE.reveal())


@pytest.mark.usefixtures("environment", "everything_is_large")
def test_the_command_says_the_seed_and_repeats_the_sample(filled: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, first = run(filled, capsys, "--sample", "30%", "--without-key")
    assert code == 0
    assert first["scope"]["not_looked_at"]["files"]
    _, again = run(filled, capsys, "--sample", "30%", "--seed", first["scope"]["seed"], "--without-key")
    assert again == first
    code, error = run(filled, capsys, "--seed", "1")
    assert (code, error["error"]["code"]) == (2, "wrong_use")
    assert main(["verify", "--vault", str(filled.root), "--sample", "30%", "--seed", "7"]) == 0
    told = capsys.readouterr()
    assert "sound as far as it was looked at" in told.out
    assert "seed 7; not looked at:" in told.out
    assert "--seed 7" in told.err


@pytest.mark.usefixtures("environment")
def test_the_command_stops_and_goes_on(
    filled: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        time.sleep(5)

    with monkeypatch.context() as patched:
        patched.setattr(contents, "inspect", interrupted)
        code, error = run(filled, capsys)
    assert (code, error["error"]["code"]) == (130, "interrupted")
    assert "--resume" in error["error"]["do"]
    code, report = run(filled, capsys, "--resume")
    assert code == 0
    assert report["ok"]
    assert report["scope"]["whole"]
    assert report["scope"]["sound_before"]["files"] > 5
    _, report = run(filled, capsys, "--resume")
    assert report["scope"]["resumed_from"] is None
