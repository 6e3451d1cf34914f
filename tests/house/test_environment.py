"""pyproject.toml, constraints.txt and environment.yml say the same about what the project stands on."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ON_CONDA = {"python-tzdata": "tzdata"}
"""conda-forge's name of a distribution, where it is another."""

WANTED = {
    canonicalize_name(requirement.name): requirement.specifier
    for requirement in map(
        Requirement,
        [*PROJECT["dependencies"], *(row for rows in PROJECT["optional-dependencies"].values() for row in rows)],
    )
}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+-]+", row) for row in rows), "constraints are exact pins and nothing else"
    return {canonicalize_name(name): release for name, release in (row.split("==") for row in rows)}


def environment() -> dict[str, Requirement]:
    file = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    texts: list[str] = []
    for row in file["dependencies"]:
        texts.extend(row["pip"] if isinstance(row, dict) else [row])
    requirements = [Requirement(text) for text in texts if not text.startswith("--editable") and text != "pip"]
    named = {canonicalize_name(requirement.name): requirement for requirement in requirements}
    assert len(named) == len(requirements), "a dependency is listed twice"
    return {ON_CONDA.get(name, name): requirement for name, requirement in named.items()}


def test_every_direct_dependency_is_pinned_within_its_bounds() -> None:
    pinned = pins()
    assert WANTED.keys() <= pinned.keys()
    outside = {name: pinned[name] for name, bounds in WANTED.items() if not bounds.contains(pinned[name])}
    assert outside == {}


def test_the_conda_environment_lists_the_same_with_the_same_bounds() -> None:
    listed = environment()
    python = listed.pop("python")
    assert str(python.specifier) == PROJECT["requires-python"]
    assert {name: requirement.specifier for name, requirement in listed.items()} == WANTED


def test_the_pins_agree_with_the_conda_environment() -> None:
    pinned = pins()
    listed = environment()
    listed.pop("python")
    assert [name for name, requirement in listed.items() if not requirement.specifier.contains(pinned[name])] == []


@pytest.mark.skipif(
    (Path(sys.prefix) / "conda-meta").is_dir(), reason="conda chooses its own releases within the bounds"
)
def test_pins_are_what_the_tests_run_with() -> None:
    differing = {}
    for name, release in pins().items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue  # a dependency of another platform or Python
        if installed != release:
            differing[name] = f"{installed}, pinned {release}"
    assert differing == {}


def test_neither_the_project_nor_an_address_is_pinned() -> None:
    assert canonicalize_name(PROJECT["name"]) not in pins()
    for name in ("constraints.txt", "environment.yml", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|--index-url|--find-links", text), name


@pytest.mark.parametrize("name", ["anywidget", "jupyterlab", "panel", "pytest", "ruff"])
def test_heavy_and_development_tools_are_extras(name: str) -> None:
    direct = {canonicalize_name(Requirement(row).name) for row in PROJECT["dependencies"]}
    assert name not in direct
