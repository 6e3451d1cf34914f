"""One report that is wanted: its name, its parameters, what moves it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from akika_forensics.capture.controls.calendar import Window, year_start
from akika_forensics.capture.controls.catalogue import BOTH, CASH, Control, Rule

MOST_CELLS: Final = 400_000
"""Of a report: rows times columns. Source: QuickBooks API, limits."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report on one basis for one window. ``year_month``: that in which fiscal years begin.

    ``part`` says in words what the report is kept to by the parameters in ``only``; both empty for the whole.
    """

    control: Control
    basis: str
    window: Window
    year_month: int
    part: str = ""
    only: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``TrialBalance/Accrual/2026-11-23``: the report, its basis and part where it has them, its days last."""
        return "/".join(text for text in (self.control.report, self.basis, self.part, str(self.window)) if text)

    def parameters(self, *, columns: bool = True) -> dict[str, str]:
        """As QuickBooks takes them; ``columns`` False leaves the choice of columns to QuickBooks."""
        asked = {**self.control.parameters, **self.only}
        if self.basis:
            asked["accounting_method"] = self.basis
        match self.control.rule:
            case Rule.ENDS:
                # From the start of the fiscal year, so that income and expenses are those of the year so far.
                asked["start_date"] = year_start(self.year_month, self.window.last).isoformat()
                asked["end_date"] = self.window.last.isoformat()
            case Rule.DAY:
                asked["report_date"] = self.window.last.isoformat()
            case Rule.YEARS | Rule.HALVES:
                asked["start_date"], asked["end_date"] = self.window.first.isoformat(), self.window.last.isoformat()
            case Rule.NOW:
                pass
        if columns and self.control.columns:
            asked["columns"] = ",".join(self.control.columns)
        return asked

    def halves(self) -> tuple[Wanted, ...]:
        """The same for two halves of its window, the later first; none where the report has no window to narrow."""
        if self.control.rule not in {Rule.YEARS, Rule.HALVES}:
            return ()
        cut = self.window.halves()
        return () if cut is None else tuple(replace(self, window=half) for half in reversed(cut))

    def moved_by(self, days: Collection[date]) -> bool:
        """Whether a transaction that came, changed or went on one of these days can have changed the report.

        On the cash basis what is earned on a day hangs on documents and payments of other days.
        """
        if self.control.rule is Rule.NOW:
            return bool(days)
        if self.control.sums or self.basis == CASH:
            return any(day <= self.window.last for day in days)
        return any(day in self.window for day in days)


@dataclass(frozen=True, slots=True)
class ControlName:
    """What the name of a control says. ``basis`` and ``part`` are empty where it has none, ``days`` as in the name."""

    report: str
    basis: str
    part: str
    days: str

    @classmethod
    def of(cls, name: str) -> ControlName:
        report, *between, days = name.split("/") if "/" in name else (name, "")
        basis = between.pop(0) if between and between[0] in BOTH else ""
        return cls(report, basis, "/".join(between), days)
