"""What is placed, and the page it is reached from."""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_process import Stage

from akika_forensics.case import open_vault
from akika_forensics.lab.shipped import folder, notebooks, with_values
from akika_forensics.lab.start_page import literal
from akika_forensics.lab.workplace import set_up
from akika_forensics.settings import Secret

SHIPPED = notebooks({"vault": "/a vault", "company": "amy"})


def test_every_session_and_report_is_there() -> None:
    sources = {path.relative_to(folder()).with_suffix("").as_posix() for path in folder().glob("*/[!_]*.py")}
    assert {f"{one.kind}/{one.name}" for one in SHIPPED} == sources
    assert all(one.title and one.purpose for one in SHIPPED)


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.name)
def test_a_notebook_is_sound_and_knows_its_vault(one: object) -> None:
    file = one.file  # type: ignore[attr-defined]
    held = nbformat.reads(file.data.decode(), as_version=4)
    nbformat.validate(held)
    assert held.metadata.kernelspec.name == "python3"
    assert not any(cell.get("outputs") for cell in held.cells)
    (parameters,) = [cell.source for cell in held.cells if "parameters" in cell.metadata.get("tags", ())]
    values = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(parameters).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert (values["vault"], values["company"]) == ("/a vault", "amy")
    assert json.loads(file.data)["cells"][0]["id"] == "cell-0"


def test_two_starts_make_the_same_notebooks() -> None:
    assert notebooks({"vault": "/a vault", "company": "amy"}) == SHIPPED


@given(st.text())
def test_a_value_arrives_as_it_was_given(value: str) -> None:
    source = 'vault = ""  # required: the folder\nother = "kept"  # words'
    namespace: dict[str, str] = {}
    exec(with_values(source, {"vault": value, "absent": "x"}), namespace)  # noqa: S102 - what a kernel does with the cell
    assert namespace["vault"] == value
    assert namespace["other"] == "kept"
    assert "absent" not in namespace


@given(st.text())
def test_markdown_and_html_read_nothing_in_a_name(name: str) -> None:
    shown = literal(name)
    assert not re.search(r"[\[\]<>|`*_!()~\\:/@\n]", shown)
    assert all(char.isalnum() or char in " &#;" for char in shown)
    told = html.unescape(shown)
    if len(name) <= 300 and all(unicodedata.category(char)[0] in "LNPSM" for char in name):
        assert told.split() == name.split() or not name.isascii()


def test_the_page_leads_to_every_notebook_and_names_the_snapshots(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lab_process import PASSPHRASE

    monkeypatch.setenv("AKIKA_STATE_DIR", str(stage.state))
    case = open_vault(stage.vault, passphrase=Secret(PASSPHRASE))
    hostile = "[Amy](http://198.51.100.7/) | <img src=x onerror=alert(1)> `Birds`"
    snapshots = [replace(info, company=replace(info.company, name=hostile)) for info in case.snapshots()]
    start = set_up(tmp_path, vault=str(stage.vault), snapshots=snapshots)
    text = (tmp_path / start).read_text(encoding="utf-8")
    links = [unquote(found) for found in re.findall(r"\]\(<([^>]*)>\)", text)]
    assert sorted(links) == sorted(one.file.place for one in SHIPPED)
    assert all((tmp_path / link).is_file() for link in links)
    assert "| s1 |" in text
    assert "| s2 |" in text
    assert "<img" not in text
    assert "](http" not in text, "the name of the company is no link"
    assert "198&#46;51&#46;100&#46;7" in text


def test_a_notebook_that_was_changed_is_said_on_the_page(tmp_path: Path) -> None:
    set_up(tmp_path, vault="/one")
    mine = tmp_path / "sessions" / "investigate_an_incident.ipynb"
    held = json.loads(mine.read_bytes())
    held["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "My notes.", "id": "mine"})
    mine.write_text(json.dumps(held), encoding="utf-8")
    start = set_up(tmp_path, vault="/two")
    text = (tmp_path / start).read_text(encoding="utf-8")
    assert "were changed by you" in text
    assert "sessions/investigate_an_incident%202.ipynb" in text
    assert "My notes." in mine.read_text(encoding="utf-8")
    assert '"/two' not in mine.read_text(encoding="utf-8")
