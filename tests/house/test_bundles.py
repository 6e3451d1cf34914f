"""The browser modules: they ask nothing of the network, run no text, carry their licences, and are what their sources make."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "widgets" / "src"
STATIC = ROOT / "widgets" / "akika_widgets" / "static"
MODULES = ("sheet.js", "graph.js")
BUILT = ("sheet.js", "graph.js", "graph.js.LEGAL.txt", "LICENSES.txt")
NAMESPACES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
"""Names of languages: nobody fetches them."""
LARGEST = 600_000


def text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_names_no_address_and_imports_nothing(name: str) -> None:
    found = set(re.findall(r"(?:https?|wss?|ftp):/{2}[^\s\"'`)]*", text(name)))
    assert found <= NAMESPACES
    assert re.findall(r"(?:^|[;}])\s*import\b|(?<![\w.$])import\s*\(", text(name), re.MULTILINE) == []
    assert re.findall(r"(?<![\w.$])require\s*\(", text(name)) == []
    assert re.findall(r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b", text(name)) == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_runs_no_text_as_code(name: str) -> None:
    assert re.findall(r"(?<![\w.$])eval\s*\(", text(name)) == []
    assert re.findall(r"(?<![\w.$])Function\s*\(", text(name)) == []
    assert re.findall(r"set(?:Timeout|Interval)\s*\(\s*[\"'`]", text(name)) == []
    assert "document.write" not in text(name)


@pytest.mark.parametrize("path", [SOURCE / "graph.js", *sorted(SOURCE.glob("graph/*.js"))], ids=lambda path: path.name)
def test_the_graph_makes_no_markup_of_what_it_is_given(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|createContextualFragment", source)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_a_module_of_bearable_size(name: str) -> None:
    assert re.search(r"export\s*\{[^}]*default", text(name)) or "export default" in text(name)
    assert len(text(name)) < LARGEST


def test_the_licences_of_what_is_bundled_are_there() -> None:
    bundled = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    licences = text("LICENSES.txt")
    assert bundled
    for name, version in bundled.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "one version, not a range"
        assert f"{name} {version}\n" in licences
    assert licences.count("Permission is hereby granted, free of charge") == len(bundled)
    assert "cytoscape" in text("graph.js.LEGAL.txt")
    assert "graph.js.LEGAL.txt" in text("graph.js")


def test_the_lock_file_names_no_registry_and_pins_what_it_locks() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: row for name, row in lock["packages"].items() if name}
    assert packages
    assert [name for name, row in packages.items() if "resolved" in row] == []
    assert [name for name, row in packages.items() if not str(row.get("integrity", "")).startswith("sha512-")] == []


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with what they need; the test skips where Node or the packages cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("needs Node: none on PATH")
    copy = tmp_path_factory.mktemp("widgets") / "src"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules"))
    if (SOURCE / "node_modules").is_dir():
        (copy / "node_modules").symlink_to(SOURCE / "node_modules", target_is_directory=True)
        return copy
    wanted = [npm, "ci", "--silent", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(wanted, cwd=copy, check=False, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        pytest.skip("the packages of widgets/src are not installed, and npm ci did not end within three minutes")
    if done.returncode:
        pytest.skip(f"the packages of widgets/src are not installed, and npm ci ended with {done.returncode}")
    return copy


def test_building_again_gives_the_same_bytes(sources: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["node", "build.mjs", str(tmp_path)], cwd=sources, check=False, capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(BUILT)
    for name in BUILT:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), (
            f"{name}: run `make bundle` and commit it"
        )


def test_the_tests_of_the_modules_pass(sources: Path) -> None:
    done = subprocess.run(["node", "--test"], cwd=sources, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE)
