"""The page on which JupyterLab opens: what is in the vault, and where to go.

It is Markdown that JupyterLab shows as a page. Names come from the books: they are written so that Markdown has nothing to read in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from akika_forensics.lab.shipped import KINDS, LabNotebook
from akika_forensics.lab.working_folder import Placed, Shipped
from akika_forensics.settings import VERSION
from akika_widgets.views.markup import readable, shortened

if TYPE_CHECKING:
    from akika_forensics.vault import SnapshotInfo

PLACE: Final = "Start here.md"
_HEADINGS: Final = {
    "sessions": (
        "Sessions",
        "Notebooks to work in, step by step. Run a cell with **Shift+Enter**, all of them with *Run → Run All Cells*.",
    ),
    "reports": (
        "Reports",
        "Notebooks that become documents. Look at one here; `akika report run NAME` makes it and seals it in the vault.",
    ),
}
_NEWEST: Final = 12


def start_page(
    notebooks: Sequence[LabNotebook],
    placed: Sequence[Placed],
    *,
    vault: str = "",
    company: str = "",
    snapshots: Sequence[SnapshotInfo] | None = None,
) -> Shipped:
    """The page. ``snapshots``: those of the vault, oldest first; None when no vault was named."""
    where = {one.place: one for one in placed}
    lines = ["# Akika Forensics", "", *_vault(vault, company, snapshots)]
    for kind in KINDS:
        heading, words = _HEADINGS[kind]
        lines += [f"## {heading}", "", words, "", "| | |", "|:---|:---|"]
        for one in notebooks:
            if one.kind == kind:
                path = where[one.file.place].path
                lines.append(f"| [{literal(one.title)}](<{quote(path)}>) | {literal(one.purpose)} |")
        lines.append("")
    lines += [*_beside(placed), *_rest()]
    return Shipped(PLACE, "\n".join(lines).encode())


def _vault(vault: str, company: str, snapshots: Sequence[SnapshotInfo] | None) -> Iterable[str]:
    yield "## The vault"
    yield ""
    if snapshots is None:
        yield "No vault was named. Stop with Ctrl+C and start again with `--vault FOLDER` (or `AKIKA_VAULT`), or look around on an"
        yield "embedded company with `akika lab --demo FOLDER`."
        yield ""
        return
    said = f"`{_code(vault)}`" + (f", company {literal(company)}" if company else "")
    if not snapshots:
        yield f"{said}. There is no snapshot yet: `akika capture` takes one."
        yield ""
        return
    yield f"{said}. Times are UTC."
    yield ""
    yield "| Snapshot | Taken | Company | Records | Whole |"
    yield "|:---|:---|:---|---:|:---|"
    for one in snapshots[-_NEWEST:]:
        whole = "✓ whole" if one.complete else "≠ **not whole**"
        taken = f"{one.taken_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        yield f"| {literal(one.id)} | {taken} | {literal(one.company.name)} | {one.records:,} | {whole} |"
    yield ""
    if len(snapshots) > _NEWEST:
        yield f"{len(snapshots) - _NEWEST:,} older ones are not listed; `case.snapshots()` shows all."
        yield ""


def _beside(placed: Sequence[Placed]) -> Iterable[str]:
    changed = [one for one in placed if one.outcome == "beside"]
    if changed:
        yield "Some notebooks were changed by you and have a newer form now. Yours stay as they are; the newer ones lie beside them:"
        yield ""
        for one in changed:
            yield f"- [{literal(one.path)}](<{quote(one.path)}>), beside {literal(one.place)}"
        yield ""


def _rest() -> Iterable[str]:
    yield "## Good to know"
    yield ""
    yield "- A notebook begins with `import akika_forensics as ak` and `case = ak.notebook()`; then `case.` and **Tab** shows what there is."
    yield "- Outputs show the books. They are left out when a notebook is saved: run it again, or make a report."
    yield "- What opens the vault reached this session through its environment. Never write a passphrase into a notebook."
    yield "- `akika app` opens the workbench: the same journey without notebooks."
    yield "- Nothing here asks anything of the internet, and no notebook writes to QuickBooks without an approved plan."
    yield ""
    yield f"Version {VERSION}"
    yield ""


def literal(text: str) -> str:
    """A text of which Markdown and HTML read nothing: everything but letters, digits and blanks is a character reference."""
    plain = " ".join(readable(shortened(text, 300)).split())
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in plain)


def _code(text: str) -> str:
    """A path inside a code span, where character references would be shown as they are."""
    return "".join("�" if c in "`|" or not c.isprintable() else c for c in text)
