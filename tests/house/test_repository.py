"""What is in the repository, and what must not be."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THIS = "tests/house/test_repository.py"


def tracked() -> list[str]:
    """Every file of the repository; of an unpacked archive, every file that a repository would hold."""
    if (ROOT / ".git").exists():
        shown = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
        return [name for name in shown.stdout.split("\0") if name and (ROOT / name).is_file()]
    left_out = {".venv", "build", "dist", "demo"}
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [str(path) for path in paths if not left_out & set(path.parts) and "cache" not in str(path)]


FILES = tracked()
TEXTS = [name for name in FILES if not name.endswith((".png", ".parquet", ".sealed", ".ico", ".woff2"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def found(pattern: str, *, flags: int = 0, names: list[str] = TEXTS) -> list[str]:
    """``file:line`` of everything that matches, this file aside."""
    rule = re.compile(pattern, flags)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in names
        if name != THIS
        for number, line in enumerate(read(name).splitlines(), 1)
        if rule.search(line)
    ]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a path of some machine", r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|opt/\w+)/"),
        (
            "a package registry",
            r"\b(?:pypi\.org|files\.python[h]osted|registry\.npm[j]s|conda\.anaconda|proxy\.golang)",
        ),
        ("something fetched when shown", r"\b(?:esm\.sh|unpkg\.com|jsdelivr|cdn\.[a-z]|cdnjs|fonts\.googleapis)"),
        ("unfinished work", r"\b(?:TO" + r"DO|FIX" + r"ME|NotImplementedError)\b"),
        ("a test that is switched off", r"pytest\.mark\.(?:xfail|skip)\b(?!if)"),
        ("a conflict left by a merge", r"^(?:<{7}|>{7}) "),
    ],
)
def test_no_file_holds(what: str, pattern: str) -> None:
    assert found(pattern) == [], what


def test_words_do_not_accuse() -> None:
    names = [
        name
        for name in TEXTS
        if name.startswith(("akika_forensics/", "widgets/", "notebooks/", "docs/")) or name == "README.md"
    ]
    assert found(r"\bfraud", flags=re.IGNORECASE, names=names) == []


def test_no_notebook_is_stored_and_none_has_outputs() -> None:
    assert [name for name in FILES if name.endswith(".ipynb")] == []
    shown = subprocess.run(
        [_python(), "tools/check_notebooks.py"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (shown.returncode, shown.stdout) == (0, "")


def test_a_stored_notebook_would_be_noticed(tmp_path: Path) -> None:
    stored = tmp_path / "full.ipynb"
    stored.write_text("{}", encoding="utf-8")
    shown = subprocess.run(
        [_python(), "tools/check_notebooks.py", stored], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert shown.returncode == 1
    assert "full.ipynb" in shown.stdout


def _python() -> str:
    import sys

    return sys.executable


def test_the_licence_is_the_apache_licence() -> None:
    import hashlib

    # The text as the Apache Software Foundation publishes it.
    published = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == published
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "Apache-2.0"


DECISIONS = [name for name in FILES if re.fullmatch(r"docs/decisions/\d{4}-[a-z0-9-]+\.md", name)]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(Path(name).name[:4]) for name in sorted(DECISIONS)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 9


@pytest.mark.parametrize("name", DECISIONS)
def test_every_decision_has_its_four_parts_and_is_listed(name: str) -> None:
    text = read(name)
    number = int(Path(name).name[:4])
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Options", "Decision", "Consequences"]
    assert f"({Path(name).name})" in read("docs/decisions/README.md")


@pytest.mark.parametrize("page", [name for name in FILES if name.endswith(".md")])
def test_links_between_documents_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", read(page))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (ROOT / page).parent.joinpath(target).exists()] == []


def make_targets() -> dict[str, str]:
    return dict(re.findall(r"^([a-z-]+):[^=\n]*?(?:## (.*))?$", read("Makefile"), re.MULTILINE))


def test_every_make_target_is_in_the_help() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target, what in make_targets().items():
        assert what, f"{target} does not say what it does"
        assert f"make {target}" in shown
        assert what in shown
    assert {"demo", "test", "lint", "types", "soak", "bench", "report", "clean", "format"} <= make_targets().keys()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/testing.md", "docs/decisions/README.md"])
def test_documents_name_only_targets_that_exist(page: str) -> None:
    named = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", read(page), re.MULTILINE)
    assert set(named) <= make_targets().keys()


def test_continuous_integration_is_make_test_and_nothing_cleverer() -> None:
    lines = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec make test"
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_the_import_contracts_are_the_layers_of_the_document() -> None:
    document = read("docs/design/architecture.md").split("## Layers", 1)[1].split("\n## ", 1)[0]
    drawn = [line.strip() for line in document.splitlines() if line.startswith("    ")]
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert [layer for layer in layers if layer != "__main__"] == drawn


SOURCES = [name for name in FILES if name.endswith(".py") and name.startswith(("akika_forensics/", "widgets/"))]


def test_modules_stay_small_and_are_named_for_what_they_hold() -> None:
    long = {name: lines for name in SOURCES if (lines := len(read(name).splitlines())) > 600}
    assert long == {}
    hubs = {"utils", "util", "helpers", "common", "constants", "misc"}
    assert [name for name in SOURCES if hubs & set(Path(name).with_suffix("").parts)] == []


def test_every_package_says_what_it_is() -> None:
    packages = [name for name in SOURCES if name.endswith("__init__.py")]
    assert [name for name in packages if not ast.get_docstring(ast.parse(read(name)))] == []


def test_nothing_but_the_package_is_importable_from_the_checkout() -> None:
    """The editable install maps two packages: a folder beside them must not hide or join them."""
    import akika_forensics
    import akika_widgets

    assert Path(str(akika_forensics.__file__)).parent == ROOT / "akika_forensics"
    assert Path(str(akika_widgets.__file__)).parent == ROOT / "widgets" / "akika_widgets"
