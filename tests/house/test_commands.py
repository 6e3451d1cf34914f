"""What is offered works, is documented, and nothing else is documented."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from akika_forensics.cli.app import app, main

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ["IPython", "ipywidgets", "pandas", "panel", "papermill", "polars", "pyarrow", "scipy"]


def verbs() -> list[str]:
    """Every verb of the command line: ``akika plan show``."""

    def walk(name: str, command: Any) -> Iterator[str]:
        if isinstance(command, TyperGroup):
            if command.invoke_without_command and name != "akika":
                yield name  # a group that does something itself
            for inner, child in command.commands.items():
                yield from walk(f"{name} {inner}", child)
        else:
            yield name

    return sorted(walk("akika", typer.main.get_command(app)))


def named_in(text: str) -> set[str]:
    """The verbs that a document names, in code or in an indented block."""
    codes = re.findall(r"`(akika[^`]*)`", text) + re.findall(r"^    (?:\$ )?(akika .*)$", text, re.MULTILINE)
    return {" ".join(re.match(r"akika(?: [a-z][a-z-]*)*", code).group().split()) for code in codes}  # type: ignore[union-attr]  # it begins so


@pytest.mark.parametrize("module", ["akika_forensics", "akika_forensics.cli.app"])
def test_importing_loads_no_heavy_library(module: str) -> None:
    program = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == []


def test_importing_the_package_reads_no_configuration_and_writes_nothing(tmp_path: Path) -> None:
    program = """if True:
        import sys
        opened = []
        sys.addaudithook(lambda event, given: opened.append(given) if event == "open" else None)
        import akika_forensics
        print(*[path for path, mode, *_ in opened if not str(path).endswith((".py", ".pyc"))])
    """
    command = [sys.executable, "-B", "-c", program]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert shown.stdout.split() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["-m", "akika_forensics"], ["-c", "import sys; from akika_forensics.cli import main; sys.exit(main())"]]
)
def test_the_command_shows_its_help(command: list[str]) -> None:
    shown = subprocess.run([sys.executable, *command, "--help"], check=True, capture_output=True, text=True)
    assert "Usage: akika" in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_says_what_it_does(verb: str) -> None:
    command: Any = typer.main.get_command(app)
    for part in verb.split()[1:]:
        command = command.commands[part]
    assert command.help
    assert [parameter.name for parameter in command.params if parameter.name != "help" and not parameter.help] == []


@pytest.mark.parametrize(
    "arguments", [["no-such-verb"], ["plan"], ["plan", "show"], ["check", "--no-such-option"], ["graph", "Invoice"]]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_use_is_said_in_a_sentence_with_exit_code_2(
    arguments: list[str], as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *(["--json"] if as_json else [])]) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    if as_json:
        assert json.loads(out)["error"]["code"] == "wrong_use"
    else:
        assert out == ""
        assert err.strip()


def test_the_page_of_commands_lists_each_verb_and_no_other() -> None:
    listed = named_in((ROOT / "docs" / "commands.md").read_text(encoding="utf-8"))
    assert sorted(listed - {"akika"}) == verbs()


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]
)
def test_documents_name_only_verbs_that_exist(page: str) -> None:
    known = verbs()
    for verb in named_in((ROOT / page).read_text(encoding="utf-8")):
        # `akika verify` in prose may be followed by a word that is no verb, so the longest known beginning counts.
        words = verb.split()
        beginnings = {" ".join(words[:length]) for length in range(1, len(words) + 1)}
        groups = {known_verb.rsplit(" ", 1)[0] for known_verb in known}
        assert verb == "akika" or beginnings & set(known) or verb in groups, f"{page} names {verb}"
