"""Units are read by those they are for, or by a reader of their rules, and the command arrives as it was meant."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.schedule import read_hours, read_period
from akika_forensics.cli import main
from akika_forensics.cli.watch_units import FORMS, Unit, cron, launchd, systemd, windows, written
from akika_forensics.errors import Refused, ServiceError, WrongKey, WrongUse
from akika_forensics.vault.storage import StorageFailed

NASTY = ['/srv/Müller & Söhne/100% "safe" vault', "it's $HOME", "back\\slash", "`id`", "a;b", "%h", "--company", "$(x)"]
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)


def unit(options: list[str] | None = None, **over: Any) -> Unit:
    given_: dict[str, Any] = {"schedule": read_period("24h"), "hours": ["--every", "24h"]}
    return Unit(["/srv/my tools/python"], options or ["--vault", "/srv/my vault"], **{**given_, **over})


def printed(tmp_path: Path) -> Path:
    """A program that writes down what it was given."""
    program = tmp_path / "my tools" / "shows"
    program.parent.mkdir(exist_ok=True)
    told = tmp_path / "told.json"
    names = "('AKIKA_PASSPHRASE_FILE','AKIKA_IDENTITY','AKIKA_OPEN_WITH')"
    program.write_text(
        f"#!{sys.executable}\nimport json,os,sys\n"
        f"json.dump([sys.argv[1:],{{n:os.environ[n] for n in {names} if n in os.environ}}],open({str(told)!r},'w'))\n"
    )
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("nasty", NASTY)
def test_cron_hands_over_what_was_meant(tmp_path: Path, nasty: str) -> None:
    made = unit(
        [f"--vault={nasty}"], environment={"AKIKA_IDENTITY": nasty}, variable="AKIKA_PASSPHRASE_FILE", file=nasty
    )
    line = cron(
        Unit(
            [str(printed(tmp_path))],
            made.options,
            made.schedule,
            made.hours,
            made.environment,
            made.variable,
            made.file,
        )
    )
    (entry,) = [row for row in line.splitlines() if not row.startswith("#")]
    when, command = " ".join(entry.split(" ")[:5]), entry.split(" ", 5)[5]
    assert when == "0 2 * * *"
    # What cron does: an unescaped % ends the command, \% is a %.
    assert not re.search(r"(?<!\\)%", command)
    subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], check=True, env={"PATH": os.environ["PATH"]})
    given_, environment = json.loads((tmp_path / "told.json").read_text())
    assert given_ == ["watch", "--once", f"--vault={nasty}"]
    assert environment == {"AKIKA_IDENTITY": nasty, "AKIKA_PASSPHRASE_FILE": nasty}


def systemd_words(text: str) -> list[str]:
    """Words of a systemd line by the rules of its manual: quoting, C escapes, %% and $$."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in quoted]


@given(st.lists(words, min_size=1, max_size=3), words)
def test_systemd_hands_over_what_was_meant(options: list[str], identity: str) -> None:
    text = systemd(unit(options, environment={"AKIKA_IDENTITY": identity}))
    (command,) = [row.removeprefix("ExecStart=") for row in text.split("\n") if row.startswith("ExecStart=")]
    assert [word.replace("$$", "$") for word in systemd_words(command)] == [
        "/srv/my tools/python", "watch", *options, "--every", "24h",
    ]  # fmt: skip
    (variable,) = [row.removeprefix("Environment=") for row in text.split("\n") if row.startswith("Environment=")]
    assert systemd_words(variable) == [f"AKIKA_IDENTITY={identity}"]


def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze: not on PATH")
    program = printed(tmp_path)
    options = ["--vault", *NASTY]
    made = Unit(
        [str(program)],
        options,
        read_period("6h"),
        ["--every", "6h"],
        {"AKIKA_IDENTITY": NASTY[0]},
        "AKIKA_PASSPHRASE_FILE",
        "x",
    )
    file = tmp_path / "akika-watch.service"
    file.write_text(systemd(made).replace("User=akika", "User=root"))
    shown = subprocess.run([analyze, "verify", "--man=no", str(file)], capture_output=True, text=True, check=False)
    own = [row for row in (shown.stdout + shown.stderr).splitlines() if "akika-watch" in row]
    assert not own, own
    assert "AKIKA_PASSPHRASE_FILE=%d/akika-passphrase" in file.read_text()


def test_systemd_starts_again_what_waiting_may_mend() -> None:
    text = systemd(unit())
    assert "\nRestart=on-failure\n" in text
    (kept,) = re.findall(r"^RestartPreventExitStatus=(.*)$", text, re.MULTILINE)
    ends = {int(code) for code in kept.split()}
    assert {kind.exit_code for kind in (StorageFailed, ServiceError)}.isdisjoint(ends)
    assert {kind.exit_code for kind in (WrongUse, Refused, WrongKey)} == ends


def test_launchd_is_a_property_list() -> None:
    made = unit(["--vault", *NASTY], environment={"AKIKA_OPEN_WITH": "keyring"})
    told = plistlib.loads(launchd(made).encode())
    assert told["ProgramArguments"] == ["/srv/my tools/python", "watch", "--vault", *NASTY, "--every", "24h"]
    assert told["EnvironmentVariables"] == {"AKIKA_OPEN_WITH": "keyring"}
    assert told["KeepAlive"] == {"SuccessfulExit": False}


def windows_words(line: str) -> list[str]:
    """By the rules of CommandLineToArgvW."""
    found, word, quoted, at, begun = [], "", False, 0, False
    while at < len(line):
        letter = line[at]
        if letter == "\\":
            run = len(re.match(r"\\+", line[at:])[0])  # type: ignore[index]  # there is one
            at += run
            if line[at : at + 1] == '"':
                word += "\\" * (run // 2)
                if run % 2:
                    word += '"'
                    at += 1
            else:
                word += "\\" * run
            begun = True
            continue
        if letter == '"':
            quoted, begun = not quoted, True
        elif letter in " \t" and not quoted:
            if begun:
                found.append(word)
            word, begun = "", False
        else:
            word, begun = word + letter, True
        at += 1
    return [*found, word] if begun else found


def test_the_task_scheduler_hands_over_what_was_meant() -> None:
    vault = r"C:\Books of Dana\My Vaults\ "[:-1]
    made = Unit(
        [r"C:\Program Files\Python\python.exe", "-m", "akika_forensics"], ["--vault", vault, "--company", 'A "B" C'],
        read_hours(["02:00", "14:30"]), [], {"AKIKA_OPEN_WITH": "keyring"},
    )  # fmt: skip
    first, second = windows(made).splitlines()
    outer = windows_words(first)
    assert outer[:4] == ["schtasks", "/Create", "/TN", "Akika watch 0200"]
    assert outer[6:] == ["/SC", "DAILY", "/ST", "02:00"]
    assert windows_words(second)[-1] == "14:30"
    assert windows_words(outer[5]) == [
        *made.command,
        "watch",
        "--once",
        "--vault",
        vault,
        "--company",
        'A "B" C',
        "--open-with",
        "keyring",
    ]
    with pytest.raises(WrongUse, match="characters"):
        windows(unit(["--vault", "C:\\" + "x" * 300]))


@pytest.mark.parametrize(
    ("period", "line", "task"),
    [
        ("30m", "*/30 * * * *", "/SC MINUTE /MO 30"),
        ("6h", "0 */6 * * *", "/SC HOURLY /MO 6"),
        ("24h", "0 2 * * *", "/SC DAILY /MO 1 /ST 02:00"),
        ("7d", "", "/SC DAILY /MO 7 /ST 02:00"),
        ("90m", "", "/SC MINUTE /MO 90"),
        ("5h", "", "/SC HOURLY /MO 5"),
        ("31h", "", ""),
    ],
)
def test_periods_are_said_as_each_system_can_or_refused(period: str, line: str, task: str) -> None:
    made = unit(schedule=read_period(period))
    for make, expected in ((cron, line), (windows, task)):
        if expected:
            assert expected in make(made)
        else:
            with pytest.raises(WrongUse):
                make(made)
    assert systemd(made)
    assert launchd(made)


def test_what_a_form_cannot_do_is_refused() -> None:
    for make in (cron, windows):
        with pytest.raises(WrongUse, match="notifications"):
            make(unit(webhooks=True))
        with pytest.raises(WrongUse, match="hours of this machine"):
            make(unit(schedule=read_hours(["02:00"], ZoneInfo("America/New_York"))))
    with pytest.raises(WrongUse, match="systemd, cron, launchd, windows"):
        written("upstart", unit())
    for make in (cron, systemd):
        with pytest.raises(WrongUse, match="line break"):
            make(unit(["--vault", "a\nb"]))


@pytest.mark.parametrize("form", FORMS)
def test_no_unit_holds_a_secret(form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", "canary-passphrase")
    monkeypatch.setenv("AKIKA_WEBHOOK_VERIFIER", "canary-verifier")
    assert main(["watch", "--unit", form, "--vault", "my vault"]) == 0
    shown = capsys.readouterr().out
    assert "canary" not in shown
    assert str(Path("my vault").absolute()).replace("\\", "/") in shown
    assert ("akika.passphrase" in shown) == (form != "systemd")


def test_the_unit_repeats_what_was_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["watch", "--unit", "launchd", "--vault", "/v", "--company", "craig", "--open-with", "keyring"]
    assert main([*command, "--at", "02:00", "--at", "14:00", "--zone", "Europe/Berlin", "--webhooks", "8090"]) == 0
    told = plistlib.loads(capsys.readouterr().out.encode())
    assert told["ProgramArguments"][3:] == [
        "watch", "--vault", "/v", "--company", "craig", "--webhooks", "8090",
        "--at", "02:00", "--at", "14:00", "--zone", "Europe/Berlin",
    ]  # fmt: skip
    assert told["EnvironmentVariables"] == {"AKIKA_OPEN_WITH": "keyring"}
    monkeypatch.setenv("AKIKA_IDENTITY", "/srv/keys/nightly.identity")
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE_FILE", "/srv/keys/words")
    assert main(["watch", "--unit", "cron", "--vault", "/v"]) == 0
    shown = capsys.readouterr().out
    assert "AKIKA_IDENTITY=/srv/keys/nightly.identity AKIKA_IDENTITY_PASSPHRASE_FILE=/srv/keys/words" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        ["--every", "1h", "--at", "02:00"],
        ["--zone", "UTC"],
        ["--at", "25:00"],
        ["--at", "2:00", "--zone", "X/Y"],
        ["--every", "3y"],
    ],
)
def test_wrong_hours_are_wrong_use(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "--unit", "systemd", "--vault", "/v", *wrong]) == 2
    assert capsys.readouterr().err
