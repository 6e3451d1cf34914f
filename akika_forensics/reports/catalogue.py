"""Which reports there are, what each is for and which parameters it takes."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

import akika_forensics
from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret

_SECRET: Final = re.compile(r"pass(word|phrase)|secret|token|credential|api_?key|private_?key", re.IGNORECASE)
_CELL: Final = re.compile(r"^# %%(?P<head>.*)$")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a report: its default, and what it means in the words of the notebook.

    ``required`` when those words begin with "required".
    """

    name: str
    default: Any
    meaning: str = ""

    @property
    def required(self) -> bool:
        return self.meaning.lower().startswith("required")

    def read(self, value: Any) -> Any:
        """The value in the type of the default; a text is read as one. Raises WrongUse."""
        if isinstance(value, Path):
            return str(value)
        if not isinstance(value, str) or isinstance(self.default, str) or self.default is None:
            return value
        try:
            read = ast.literal_eval(
                {"true": "True", "false": "False", "yes": "True", "no": "False"}.get(value.lower(), value)
            )
        except (ValueError, SyntaxError):
            read = None
        if not isinstance(read, type(self.default)):
            wanted = {bool: "yes or no", int: "a whole number", float: "a number"}.get(
                type(self.default), type(self.default).__name__
            )
            raise WrongUse(f"The parameter {self.name} is {wanted}, not {value!r}.")
        return read


@dataclass(frozen=True, slots=True)
class Report:
    """A report notebook: its name, title, purpose and parameters as the notebook itself says them."""

    name: str
    path: Path
    title: str
    purpose: str
    parameters: tuple[Parameter, ...] = field(default=())

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is injected into the notebook. Raises WrongUse on an unknown, missing or secret parameter."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in given.items():
            if isinstance(value, Secret) or _SECRET.search(name):
                raise WrongUse(
                    f"The parameter {name!r} looks like a secret.",
                    means="Parameters are written into the report.",
                    do="Give it in AKIKA_PASSPHRASE or AKIKA_PASSPHRASE_FILE, or open the vault in another way.",
                )
            if name not in known:
                names = ", ".join(known) or "none"
                raise WrongUse(f"The report {self.name} has no parameter {name!r}.", do=f"It takes: {names}.")
        for parameter in self.parameters:
            if parameter.required and given.get(parameter.name) in (None, ""):
                raise WrongUse(
                    f"The report {self.name} needs the parameter {parameter.name!r}.",
                    means=f"{parameter.meaning.partition(':')[2].strip() or parameter.name}.",
                )
        return {name: known[name].read(value) for name, value in given.items()}


def folders() -> tuple[Path, ...]:
    """Where report notebooks lie: in the installed package, else in the checkout around it."""
    package = Path(akika_forensics.__file__).parent
    found = (package / "notebooks" / "reports", package.parent / "notebooks" / "reports")
    return tuple(folder for folder in found if folder.is_dir())[:1]


def catalogue(places: Iterable[Path] | None = None) -> tuple[Report, ...]:
    """All reports, by name."""
    found = {
        path.stem: path for folder in (folders() if places is None else places) for path in sorted(folder.glob("*.py"))
    }
    return tuple(read_report(path) for name, path in sorted(found.items()) if _NAME.fullmatch(name))


def find(name: str, places: Iterable[Path] | None = None) -> Report:
    """The report of this name, or the notebook at this path when it ends in ``.py``. Raises WrongUse."""
    if name.endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise WrongUse(f"There is no notebook {name!r}.")
        return read_report(path)
    reports = catalogue(places)
    for report in reports:
        if report.name == name.replace("-", "_"):
            return report
    known = ", ".join(report.name for report in reports) or "none"
    raise WrongUse(f"There is no report {name!r}.", do=f"The reports are: {known}.")


def read_report(path: Path) -> Report:
    """Read what a notebook (jupytext percent format) says of itself; nothing of it is run."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The notebook {path} cannot be read.") from error
    title, purpose = path.stem.replace("_", " ").capitalize(), ""
    parameters: tuple[Parameter, ...] = ()
    for head, body in _cells(source):
        if "[markdown]" in head and not purpose:
            text = "\n".join(re.sub(r"^# ?", "", line) for line in body.splitlines())
            heading = re.search(r"^# +(.+)$", text, re.MULTILINE)
            title = heading.group(1).strip() if heading else title
            purpose = _first_paragraph(text)
        elif re.search(r"tags=\[[^\]]*\"parameters\"", head):
            parameters = _parameters(body, path)
    return Report(path.stem, path, title, purpose, parameters)


def _cells(source: str) -> list[tuple[str, str]]:
    cells: list[tuple[str, list[str]]] = []
    for line in source.splitlines():
        match = _CELL.match(line)
        if match:
            cells.append((match["head"], []))
        elif cells:
            cells[-1][1].append(line)
    return [(head, "\n".join(body)) for head, body in cells]


def _first_paragraph(text: str) -> str:
    for block in re.split(r"\n\s*\n", text):
        if block.strip() and not block.lstrip().startswith("#"):
            return re.sub(r"(\*\*?)(\S(?:.*?\S)?)\1", r"\2", " ".join(block.split()))
    return ""


def _parameters(body: str, path: Path) -> tuple[Parameter, ...]:
    try:
        statements = ast.parse(body).body
        comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(StringIO(body).readline)
            if token.type == tokenize.COMMENT
        }
    except (SyntaxError, tokenize.TokenError) as error:
        raise WrongUse(f"The parameters of the notebook {path.name} cannot be read.") from error
    found = []
    for statement in statements:
        target = (
            statement.targets[0]
            if isinstance(statement, ast.Assign)
            else statement.target
            if isinstance(statement, ast.AnnAssign)
            else None
        )
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if isinstance(target, ast.Name) and value is not None:
            try:
                default = ast.literal_eval(value)
            except ValueError as error:
                raise WrongUse(
                    f"The parameter {target.id} of {path.name} has a default that is no plain value."
                ) from error
            found.append(Parameter(target.id, default, comments.get(statement.end_lineno or 0, "")))
    return tuple(found)
