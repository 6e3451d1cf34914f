"""What the tests of the notebooks share: the scene, the books read by an eye of its own, and one way to run a notebook."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from akika_forensics import reports
from akika_forensics.reports.executing import executed
from akika_forensics.twin import Twin, TwinServer

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PASSPHRASE = "the vault's own words"
SIGNER, SIGNER_PASSPHRASE = "Dana", "a signer's own words"
RESULT = "application/vnd.akika.result+json"


@dataclass(frozen=True)
class Books:
    """A company's bodies and trial balance, decoded by nothing of the software under test."""

    bodies: dict[tuple[str, str], dict[str, Any]]
    balances: dict[str, Decimal]

    @classmethod
    def of(cls, twin: Twin) -> Books:
        bodies = {key: json.loads(payload, parse_float=Decimal) for key, payload in twin.dump().items()}
        return cls(bodies, dict(_balances(twin.report("TrialBalance", accounting_method="Accrual"))))

    @property
    def counts(self) -> Counter[str]:
        return Counter(entity for entity, _ in self.bodies)

    def moved_to(self, later: Books) -> dict[str, Decimal]:
        """Account → by how much its balance moved, accounts that did not move left out."""
        names = {*self.balances, *later.balances}
        moved = {name: later.balances.get(name, Decimal(0)) - self.balances.get(name, Decimal(0)) for name in names}
        return {name: value for name, value in moved.items() if value}


def _balances(report: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Account Id → debit less credit, from the rows of a report."""
    for row in report["Rows"].get("Row", ()):
        if row.get("type") == "Section" or "ColData" not in row:
            continue
        name, debit, credit = row["ColData"][:3]
        yield name["id"], Decimal(debit["value"] or 0) - Decimal(credit["value"] or 0)


@dataclass(frozen=True)
class Scene:
    folder: Path
    state: Path
    server: TwinServer
    twin: Twin
    other: Twin
    before: Books
    after: Books
    restored: Books
    untouched: Books
    truth: dict[str, Any]
    gone: dict[str, Any]
    draft: Path
    draft_digest: str
    done: Path

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def removed(self) -> set[tuple[str, str]]:
        return {*self.before.bodies} - {*self.after.bodies}

    @property
    def added(self) -> set[tuple[str, str]]:
        return {*self.after.bodies} - {*self.before.bodies}

    @property
    def named(self) -> set[tuple[str, str]]:
        """The records that somebody touched, as the incident itself says."""
        return {(record["entity"], record["id"]) for record in self.truth["records"]}

    def run(
        self, name: str, *, company: str = "craig", vault: Path | None = None, can_sign: bool = True, **parameters: Any
    ) -> Run:
        """Execute a notebook as a report is executed, without making its files."""
        path = next(NOTEBOOKS.glob(f"*/{name}.py"))
        found = reports.find(str(path))
        given = {"vault": str(vault or self.vault), "company": company, **parameters}
        environment = {
            "AKIKA_PASSPHRASE": PASSPHRASE,
            "AKIKA_STATE_DIR": str(self.state),
            "AKIKA_SIGNER_PASSPHRASE": SIGNER_PASSPHRASE if can_sign else "",
        }
        return Run(executed(found, found.values(given), environment, None, None, None))


@dataclass(frozen=True)
class Run:
    """An executed notebook."""

    notebook: Any

    @property
    def result(self) -> dict[str, Any]:
        """What its cell tagged ``result`` came to."""
        tagged = [cell for cell in self.notebook.cells if "result" in cell.metadata.get("tags", ())]
        (cell,) = tagged
        (output,) = cell.outputs
        return dict(output["data"][RESULT])

    @property
    def said(self) -> str:
        """Everything it shows, as plain text."""
        outputs = [output for cell in self.notebook.cells for output in cell.get("outputs", ())]
        return "\n".join(str(output.get("data", {}).get("text/plain", "")) for output in outputs)
