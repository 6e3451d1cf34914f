"""TaxSummary: what was sold with and without sales tax, by agency and rate, and the tax of it.

QuickBooks documents this report for companies outside the United States, with the boxes of a French return in its
sample. Here are rates of the United States, so that its rows are those of the Sales Tax Liability report on QuickBooks' own
screens: gross, not taxable, taxable, tax. The form is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin import faults, identity, naming, settings
from akika_forensics.twin.reports import basis, sales, sheet
from akika_forensics.twin.reports.crosstab import What
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

_TITLES: Final = ("Gross Total", "Non-Taxable", "Taxable Amount", "Tax Amount")
UNTAXED: Final = "Sales without tax"


@dataclass(slots=True)
class _Rate:
    """Cents: what was sold on documents with that rate, what of it was taxable, and the tax."""

    gross: int = 0
    taxable: int = 0
    tax: int = 0

    def figures(self) -> list[int]:
        return [self.gross, self.gross - self.taxable, self.taxable, self.tax]


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there are any. Raises QuickBooksFault 5030 by the belief ``tax_summary_us``."""
    if settings.country(session) == "US" and session.beliefs.choice("tax_summary_us") == "refused":
        raise faults.not_offered("TaxSummary is a report of other editions.")
    sold, rates, untaxed = _found(session, asked)
    wanted = asked.parameters.get("agency_id")
    if wanted:
        rates = {one: row for one, row in rates.items() if _agency(session, one) == wanted}
    columns = [sheet.column("", "String"), *(sheet.column(title, "Money") for title in _TITLES)]
    report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
    if rates or (untaxed is not None and not wanted):
        rows = _rows(session, rates)
        if untaxed is not None and not wanted:
            rows.append({**sheet.cells(UNTAXED, [untaxed, untaxed, None, None]), "group": "**"})
        tax = sum(row.tax for row in rates.values())
        totals = [None, None, None, tax] if wanted else [sold, None, None, tax]
        report["Rows"] = {"Row": [*rows, sheet.section(None, [], sheet.cells("TOTAL", totals), "GrandTotal")]}
    return report, bool(report["Rows"])


def _agency(session: Session, rate: str) -> str:
    return ref_id(session.find("TaxRate", rate), "AgencyRef") or ""


def _found(session: Session, asked: Asked) -> tuple[int, dict[str, _Rate], int | None]:
    """All sales of the period, the figures of each rate, and what was sold without any, None when nothing was.

    On the cash basis as much of a base counts as of its document's sale, so that a document that is paid off has
    counted whole.
    """
    select, table = session.store.select, basis.table(session, asked.basis)
    lines = sales.sold(session)
    start, end = asked.period.start.isoformat(), asked.period.end.isoformat()
    sale = (
        "SELECT p.entity AS entity, p.id AS id, "  # noqa: S608 - our own text
        "-sum(CASE WHEN p.date >= ? THEN p.cents ELSE 0 END) AS net, -sum(p.cents) AS counted, "
        f"sum(p.date >= ?) AS here FROM {table} AS p WHERE {lines.where} AND p.date <= ? GROUP BY 1, 2 HAVING here > 0"
    )
    values = (start, start, *lines.values, end)
    rates: dict[str, _Rate] = {}
    for rate, gross in select(
        f"WITH sale AS ({sale}) SELECT t.rate, sum(s.net) FROM "  # noqa: S608 - our own text
        "(SELECT DISTINCT entity, id, rate FROM taxed) AS t JOIN sale AS s USING (entity, id) GROUP BY 1",
        values,
    ):
        rates[rate] = _Rate(gross=gross)
    for rate, tax in select(
        f"SELECT t.rate, -sum(p.cents) FROM taxed AS t JOIN {table} AS p USING (entity, id, line) "  # noqa: S608 - ours
        "WHERE p.movement IS NULL AND p.date >= ? AND p.date <= ? GROUP BY 1",
        (start, end),
    ):
        rates.setdefault(rate, _Rate()).tax = tax
    for rate, base in _bases(session, asked, sale, values, lines):
        rates.setdefault(rate, _Rate()).taxable += base
    ((sold, nothing),) = select(
        f"WITH sale AS ({sale}) SELECT coalesce(sum(s.net), 0), sum(CASE WHEN EXISTS (SELECT 1 FROM taxed AS t "  # noqa: S608 - ours
        "WHERE t.entity = s.entity AND t.id = s.id) THEN NULL ELSE s.net END) FROM sale AS s",
        values,
    )
    return sold, rates, nothing


def _bases(session: Session, asked: Asked, sale: str, values: tuple[Any, ...], lines: What) -> list[tuple[str, int]]:
    """Rate and what of its bases counts in the period, in parts."""
    if asked.basis != "Cash":
        return session.store.select(
            f"WITH sale AS ({sale}) SELECT t.rate, sum(t.cents) FROM taxed AS t JOIN sale AS s USING (entity, id) GROUP BY 1",  # noqa: S608 - ours
            values,
        )
    whole = f"SELECT -sum(p.cents) FROM posting AS p WHERE p.entity = s.entity AND p.id = s.id AND {lines.where}"  # noqa: S608 - ours
    rows = session.store.select(
        f"WITH sale AS ({sale}) SELECT t.rate, t.cents, s.net, s.counted, ({whole}) "  # noqa: S608 - our own text
        "FROM taxed AS t JOIN sale AS s USING (entity, id)",
        (*values, *lines.values),
    )
    return [
        (rate, _share(base, counted, all_of_it) - _share(base, counted - net, all_of_it))
        for rate, base, net, counted, all_of_it in rows
    ]


def _share(base: int, part: int, whole: int) -> int:
    """``base * part / whole``, the half cent away from zero; all of it where the whole is nothing."""
    if not whole:
        return base if part == whole else 0
    sign = -1 if base * part * whole < 0 else 1
    return sign * ((2 * abs(base * part) + abs(whole)) // (2 * abs(whole)))


def _rows(session: Session, rates: Mapping[str, _Rate]) -> list[dict[str, Any]]:
    """A section an agency, by name, and in it a row a rate. Only the tax has a total: of one sale several rates are told."""
    agencies: dict[str, list[str]] = {}
    for rate in rates:
        agencies.setdefault(_agency(session, rate), []).append(rate)
    rows: list[dict[str, Any]] = []
    for agency in sorted(agencies, key=lambda one: (_name(session, "TaxAgency", one).casefold(), one)):
        name = _name(session, "TaxAgency", agency)
        mine = sorted(
            agencies[agency], key=lambda one: (_name(session, "TaxRate", one).casefold(), identity.number_of(one))
        )
        inner = [sheet.data(_name(session, "TaxRate", one), rates[one].figures(), one) for one in mine]
        tax = sum(rates[one].tax for one in mine)
        header = sheet.cells(name, [None] * len(_TITLES), agency or None)
        rows.append(sheet.section(header, inner, sheet.cells(f"Total {name}", [None, None, None, tax])))
    return rows


def _name(session: Session, entity: str, record_id: str) -> str:
    body = session.find(entity, record_id) or {}
    name = str(body.get("DisplayName") or body.get("Name") or record_id or "Not Specified")
    return naming.marked(name) if body.get("Active") is False else name


REPORTS: Final = (
    Report(
        "TaxSummary",
        build,
        by=("Total",),
        period="This Fiscal Year-to-date",
        options=frozenset({"agency_id"}),
        bases=("Accrual", "Cash"),
    ),
)
