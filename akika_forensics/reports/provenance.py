"""What a report rests on and what it comes to: snapshots by digest, its figures, and the software that read them."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import metadata
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.money import money_text
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.view import View, styled

CITED_MIME: Final = "application/vnd.akika.cited+json"
RESULT_MIME: Final = "application/vnd.akika.result+json"
_SOFTWARE: Final = (
    "akika-forensics",
    "cryptography",
    "ipykernel",
    "jupytext",
    "msgspec",
    "nbconvert",
    "papermill",
    "polars",
    "pyarrow",
    "weasyprint",
)


@dataclass(frozen=True)
class Citation(View):
    """Snapshots a notebook rests on; shown in a notebook, and taken up into the manifest of a report."""

    title = "Snapshots this rests on"
    rows: tuple[dict[str, Any], ...]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - Jupyter's signature
        return {"text/plain": repr(self), "text/html": self.html(), CITED_MIME: {"snapshots": list(self.rows)}}

    def __repr__(self) -> str:
        return self.text()

    def plain(self) -> str:
        return "\n".join(
            f"{row['id']}  {row['taken_at']}  {row['records']} records  sha256 {row['digest']}" for row in self.rows
        )

    def html(self) -> Markup:
        head = tag(
            "tr",
            *(
                tag("th", word, scope="col", class_="ak-number" if word == "Records" else None)
                for word in ("Snapshot", "Taken", "Company", "Records", "Whole", "SHA-256")
            ),
        )
        body = [
            tag(
                "tr",
                tag("th", row["id"], scope="row"),
                tag("td", row["taken_at"][:19].replace("T", " "), " UTC"),
                tag("td", tag("bdi", shortened(row["company"], 200))),
                tag("td", f"{row['records']:,}", class_="ak-number"),
                tag("td", "yes" if row["complete"] else "no"),
                tag("td", tag("code", f"{row['digest'][:16]}…"), title=row["digest"]),
            )
            for row in self.rows
        ]
        table = tag("table", tag("caption", self.title), tag("thead", head), tag("tbody", join(body)))
        return styled(tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=self.title))


def cite(snapshots: Iterable[Any], *ids: str) -> Citation:
    """The snapshots with these ids (all when none is given), as `SnapshotInfo` says them. Raises WrongUse on an unknown id."""
    known = {str(info.id): info for info in snapshots}
    for wanted in ids:
        if wanted not in known:
            raise WrongUse(f"There is no snapshot {wanted!r}.", do=f"The snapshots are: {', '.join(known) or 'none'}.")
    return Citation(tuple(_row(known[wanted]) for wanted in dict.fromkeys(ids or known)))


@dataclass(frozen=True)
class Result(View):
    """The figures a report comes to, by name: what a second run is held against, without reading its pages."""

    title = "What this comes to"
    figures: dict[str, str | int | bool]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - Jupyter's signature
        return {"text/plain": repr(self), "text/html": self.html(), RESULT_MIME: dict(self.figures)}

    def __repr__(self) -> str:
        return self.text()

    def plain(self) -> str:
        return "\n".join(f"{_figure_words(name)}: {_figure(value)}" for name, value in self.figures.items())

    def html(self) -> Markup:
        rows = (
            tag("tr", tag("th", _figure_words(name), scope="row"), tag("td", tag("bdi", _figure(value))))
            for name, value in self.figures.items()
        )
        head = tag("tr", tag("th", "Figure", scope="col"), tag("th", "Value", scope="col"))
        table = tag("table", tag("thead", head), tag("tbody", *rows), aria_label=self.title)
        said = f"{len(self.figures):,} figures by name"
        return styled(tag("details", tag("summary", said), table, class_="ak-on-paper"))


def result(figures: Mapping[str, object]) -> Result:
    """The figures a notebook ends with: counts, amounts (written with two places), digests, yes or no. Raises WrongUse on anything else."""
    return Result({str(name): _plain_figure(str(name), value) for name, value in figures.items()})


def _plain_figure(name: str, value: object) -> str | int | bool:
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return money_text(value)
    raise WrongUse(
        f"The figure {name!r} is {type(value).__name__}.",
        do="A result holds texts, whole numbers, amounts, yes and no.",
    )


def _figure_words(name: str) -> str:
    said = name.replace("_", " ")
    return said[:1].upper() + said[1:]


def _figure(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else shortened(value, 200)


def _row(info: Any) -> dict[str, Any]:
    digest = info.digest.hex() if isinstance(info.digest, bytes) else str(info.digest)
    taken = format_instant(info.taken_at) if isinstance(info.taken_at, datetime) else str(info.taken_at)
    return {
        "id": str(info.id),
        "taken_at": taken,
        "company": str(info.company.name),
        "records": int(info.records),
        "complete": bool(info.complete),
        "digest": digest,
    }


def software() -> dict[str, str]:
    """Versions of what made a report, by name."""
    versions = {"Python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for name in _SOFTWARE:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def cited_in(notebook: Any) -> list[dict[str, Any]]:
    """Every snapshot that the cells of an executed notebook cite, once each, in order."""
    found: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for row in output.get("data", {}).get(CITED_MIME, {}).get("snapshots", ()):
                found.setdefault(f"{row['id']} {row['digest']}", dict(row))
    return list(found.values())


def result_in(notebook: Any) -> dict[str, str | int | bool]:
    """The figures that the cells of an executed notebook end with; empty where none says any."""
    found: dict[str, str | int | bool] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            found.update(output.get("data", {}).get(RESULT_MIME, {}))
    return found
