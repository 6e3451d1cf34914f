"""After a whole demo nothing readable rests anywhere but in the files that were asked for, and custody names each of those."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from search import Needles, forms_of_key, forms_of_text, found_in, search
from vault_keys import keys_of

from akika_forensics.case.case import Case
from akika_forensics.case.opening import open_vault
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore

ROOT = Path(__file__).resolve().parents[2]
CANARIES = {
    "a customer": "Geeta Kalapatapu",
    "another customer": "Amy's Bird Sanctuary",
    "an e-mail address": "office.birds@example.com",
    "a telephone number": "(560) 555-0110",
    "an address": "17 Lantern Close",
    "a vendor": "Books by Bessie",
    "a memo": "Courtyard, phase one",
    "the company": "Craig's Design and Landscaping",
}
"""Of the company that the demo builds."""


@dataclass
class Seen:
    """What was to be seen from outside while the demo ran."""

    commands: dict[int, bytes] = field(default_factory=dict)
    environments: dict[int, bytes] = field(default_factory=dict)
    resting: dict[str, bytes] = field(default_factory=dict)
    """Temporary and home files at any moment, by path: the longest content they had."""


@dataclass
class Demo:
    folder: Path
    output: bytes
    seen: Seen
    case: Case
    secrets: Needles

    @property
    def private(self) -> list[Path]:
        return [self.folder / name for name in ("home", "tmp", "run", "work/demo/vault")]


def family(of: int) -> Iterator[int]:
    """A process and everything that it started."""
    yield of
    for task in Path(f"/proc/{of}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def look(pid: int, places: list[Path], seen: Seen) -> None:
    for process in family(pid):
        seen.commands[process] = Path(f"/proc/{process}/cmdline").read_bytes() or seen.commands.get(process, b"")
        seen.environments[process] = Path(f"/proc/{process}/environ").read_bytes() or seen.environments.get(
            process, b""
        )
    for place in places:
        for path in place.rglob("*"):
            if path.is_file() and path.stat().st_size < 1 << 24:
                content = path.read_bytes()
                if len(content) >= len(seen.resting.get(str(path), b"")):
                    seen.resting[str(path)] = content


def watch(pid: int, places: list[Path], seen: Seen, over: threading.Event) -> None:
    while not over.wait(0.1):
        try:
            look(pid, places, seen)
        except OSError:  # a process or a file is gone between two looks
            continue


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    for name in ("home", "tmp", "run", "work"):
        (folder / name).mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_STATE_HOME": str(folder / "home" / "state"),
        "XDG_CACHE_HOME": str(folder / "home" / "cache"),
        "XDG_CONFIG_HOME": str(folder / "home" / "config"),
        "XDG_DATA_HOME": str(folder / "home" / "data"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "widgets")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    seen, over = Seen(), threading.Event()
    command = [sys.executable, "-m", "akika_forensics", "demo", "--debug", "--dir", str(folder / "work" / "demo")]
    process = subprocess.Popen(
        command, env=environment, cwd=folder / "work", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    places = [folder / "home", folder / "tmp", folder / "run"]
    watcher = threading.Thread(target=watch, args=(process.pid, places, seen, over))
    watcher.start()
    try:
        output, _ = process.communicate(timeout=600)
    finally:
        over.set()
        watcher.join()
    assert process.returncode == 0, output.decode()
    passphrase = (folder / "work" / "demo" / "passphrase.txt").read_text().strip()
    # A copy of what the demo remembered, so that opening the vault here leaves everything as it was found.
    case = open_vault(folder / "work" / "demo" / "vault", passphrase=passphrase, heads=HeadStore(folder / "heads"))
    return Demo(folder, output, seen, case, secrets_of(folder / "work" / "demo", case, Secret(passphrase)))


def secrets_of(folder: Path, case: Case, passphrase: Secret) -> dict[str, tuple[bytes, ...]]:
    tokens, connection = case.companies.tokens("demo").load(), case.companies.connection("demo")
    sheet = (folder / "recovery-sheet.txt").read_text()
    texts = {
        "the passphrase": passphrase.reveal(),
        "the access token": tokens.access_token.reveal(),
        "the refresh token": tokens.refresh_token.reveal(),
        "the client secret": connection.client_secret.reveal(),
    }
    keys = keys_of(case.vault)
    assert len(keys) > 10
    typed = re.search(r"AKIKA(?:-[A-Z2-7]{2,4}){14}", sheet)
    assert typed is not None
    texts["the recovery key"] = typed[0]
    keys["the recovery key's letters"] = base64.b32decode(typed[0].replace("-", "").removeprefix("AKIKA"))[:32]
    return {name: forms_of_text(text) for name, text in texts.items()} | {
        name: forms_of_key(key) for name, key in keys.items()
    }


@pytest.fixture(scope="module")
def needles(demo: Demo) -> Needles:
    return {**demo.secrets, **{name: forms_of_text(text) for name, text in CANARIES.items()}}


def test_the_canaries_are_in_the_books_and_the_secrets_are_secrets(demo: Demo) -> None:
    """What is looked for is there to be found; nothing could be found of what never was."""
    books = b"\n".join(record.payload for record in demo.case.snapshot("s1").records())
    assert found_in(books, {name: forms_of_text(text) for name, text in CANARIES.items()}) == set(CANARIES)
    for name, secret in (("passphrase.txt", "the passphrase"), ("recovery-sheet.txt", "the recovery key")):
        assert found_in((demo.folder / "work" / "demo" / name).read_bytes(), demo.secrets) == {secret}


def test_the_vault_the_home_and_the_temporary_folders_hold_nothing(demo: Demo, needles: Needles) -> None:
    assert search(demo.private, needles) == {}
    assert list((demo.folder / "tmp").iterdir()) == []


def test_at_no_moment_did_anything_rest_there(demo: Demo, needles: Needles) -> None:
    assert any("akika-" in path for path in demo.seen.resting), "nothing was ever seen in the temporary folder"
    told = {path: found for path, content in demo.seen.resting.items() if (found := found_in(content, needles))}
    assert told == {}


def test_what_was_printed_and_logged_holds_no_secret(demo: Demo) -> None:
    assert found_in(demo.output, demo.secrets) == set()


def test_no_argument_and_no_environment_holds_more_than_is_meant(demo: Demo, needles: Needles) -> None:
    assert len(demo.seen.commands) > 1, "no child was seen"
    for pid, command in demo.seen.commands.items():
        assert found_in(command, needles) == set(), demo.seen.commands[pid]
    handed = set()
    for block in demo.seen.environments.values():
        for variable in block.split(b"\0"):
            name, _, value = variable.partition(b"=")
            told = found_in(value, needles)
            if told:
                handed.add((name.decode(), *sorted(told)))
    assert handed <= {("AKIKA_PASSPHRASE", "the passphrase")}


def test_whatever_can_be_read_was_asked_for_and_stands_in_custody(demo: Demo, needles: Needles) -> None:
    """The passphrase that the demo made up is told in its last lines."""
    work = demo.folder / "work"
    readable = search([work], needles)
    listed = {
        row["sha256"] for act in demo.case.custody.acts() for row in act.details.get("files", ()) if "sha256" in row
    }
    unlisted = {path for path in readable if hashlib.sha256(path.read_bytes()).hexdigest() not in listed}
    assert unlisted == {work / "demo" / "passphrase.txt"}
    assert {path.suffix for path in readable} >= {".html", ".ipynb", ".pdf"}
    for path in readable:
        assert path.stat().st_mode & 0o077 == 0, path
    sheets = {path.name for path in (work / "demo").glob("recovery-sheet.*")}
    made = demo.case.custody.acts("vault_created")[0].details
    assert {row["name"] for row in made["files"]} == sheets
