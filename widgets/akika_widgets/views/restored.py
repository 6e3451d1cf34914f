"""What became of a restore: every damaged record, every account, what is left by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_widgets.views.kinds import ALIKE
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.table import LONG, ROWS, FigureTable, TableView, marked, named, opened
from akika_widgets.views.verified_balances import VerifiedBalances
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import amount, counted

_MEANING: Final = (
    ("exact", "Exact", "equal to the state before in every field that can be written; a removed import counts here"),
    ("exact_but_for", "Exact but for the closed list", "a new Id and references to it, edit counter, times, creator"),
    ("differs", "Differs in named fields", "as the approved plan said it would"),
    ("by_hand", "Left for a person", "what the interface of QuickBooks does not allow"),
    ("wrong", "Not as the plan said", "each is named below"),
)
_FIDELITY: Final = {
    "exact": ("✓", "exact", "good"),
    "exact_but_for": ("✓", "exact but for", "good"),
    "differs": ("≠", "differs", "changed"),
    "by_hand": ("◇", "by hand", "changed"),
}


class RestoredView(View):
    """The verification of a restore: figures, then every record, then every account that the plan moves.

    ``verification`` is the record that verifying leaves: ``exact``, ``exact_but_for``, ``differs``, ``by_hand``, ``wrong``, ``residual``,
    ``records`` (record, now, label, action, fidelity, agrees, differences), ``balances`` (account, account_name, before, predicted,
    actual, reported, residual) and ``unexpected``. None says that nothing was verified yet.
    """

    def __init__(
        self,
        verification: Mapping[str, Any] | None,
        *,
        title: str = "Verification",
        limit: int = ROWS,
        figures: bool = True,
    ) -> None:
        self.title = title
        self.verification = verification
        self.figures = figures
        self.limit = limit

    def summary(self) -> View:
        """The figures alone, with the verdict: what a reader wants to know first."""
        if self.verification is None:
            return self
        return _Result(self.verification, self.title)

    def details(self) -> RestoredView:
        """The same without the figures: every record and every account."""
        return RestoredView(self.verification, title=self.title, limit=self.limit, figures=False)

    @property
    def parts(self) -> tuple[TableView, ...]:
        """The tables, in the order in which they stand."""
        if self.verification is None:
            return ()
        figures = (_Result(self.verification, self.title),) if self.figures else ()
        return (
            *figures,
            _Records(self.verification.get("records", ()), self.limit),
            VerifiedBalances(self.verification.get("balances", ()), limit=self.limit),
        )

    def plain(self) -> str:
        if self.verification is None:
            return f"{self.title}: nothing has been verified yet."
        return "\n".join(part.text() for part in self.parts)

    def html(self) -> Markup:
        if self.verification is None:
            return styled(tag("p", self.title, ": nothing has been verified yet."))
        unexpected = [str(one) for one in self.verification.get("unexpected", ())]
        listed = (
            tag("ul", *(tag("li", tag("bdi", shortened(one, LONG))) for one in unexpected[: self.limit]))
            if unexpected
            else None
        )
        heading = tag("p", "Records outside the plan that moved meanwhile:") if unexpected else None
        return join([*(part.html() for part in self.parts), styled(heading, listed) if unexpected else None])


def clean(verification: Mapping[str, Any]) -> bool:
    """True when nothing is wrong and no account is off by a cent."""
    return not int(verification.get("wrong", 0)) and money(verification.get("residual")) == ZERO


def verdict(verification: Mapping[str, Any]) -> str:
    """One sentence: does the company agree with the approved plan."""
    wrong, residual = int(verification.get("wrong", 0)), money(verification.get("residual"))
    if clean(verification):
        return "the books agree with the approved plan, to the cent"
    said = []
    if wrong:
        said.append(f"{wrong:,} record{'' if wrong == 1 else 's'} not as the plan said")
    if residual != ZERO:
        said.append(f"largest residual {amount(residual)}")
    return "the books do not agree with the approved plan: " + ", ".join(said)


def _figures(verification: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    rows: list[tuple[str, Any, str]] = [
        (words, int(verification.get(name, 0)), meaning) for name, words, meaning in _MEANING
    ]
    rows.append(
        (
            "Largest residual",
            money(verification.get("residual")),
            "of any account, against the prediction and QuickBooks' own report",
        )
    )
    return rows


class _Result(FigureTable):
    """The figures of a verification under its verdict."""

    def __init__(self, verification: Mapping[str, Any], title: str) -> None:
        super().__init__(_figures(verification), title=title, sub=verdict(verification))
        self.sign = ("✓", "good") if clean(verification) else ("≠", "removed")


class _Records(TableView):
    nothing = "the plan touched no record."

    def __init__(self, rows: Sequence[Mapping[str, Any]], limit: int) -> None:
        self.rows = sorted(rows, key=lambda row: bool(row.get("agrees")))
        super().__init__("Each record", "as it was before the incident, against as it is now", limit)

    def plain(self) -> str:
        lines = [
            f"  {'ok' if row.get('agrees') else 'NO':<3} {row.get('action', ''):<11} {row.get('record', '')} → {row.get('now', '')}: {str(row.get('fidelity', '')).replace('_', ' ')}"
            for row in self.rows[: self.limit]
        ]
        return "\n".join([self.title, *lines])

    def html(self) -> Markup:
        if not self.rows:
            return self._empty()
        rows = [_record_row(run) for run in _runs(self.rows)]
        return self._drawn([(word, False) for word in ("Record", "Action", "Is now", "Fidelity", "Differences")], rows)


def _runs(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Records one after another of which the same is said, together from `ALIKE` on."""
    runs: list[list[Mapping[str, Any]]] = []
    for same, group in groupby(rows, key=_sameness):
        held = list(group)
        runs += [held] if same is not None and len(held) >= ALIKE else [[row] for row in held]
    return runs


def _sameness(row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What is said of a record that needs no word of its own; None for one that does."""
    if row.get("differences") or not row.get("agrees") or _now(row) != "gone":
        return None
    return (str(row.get("record", "")).partition(":")[0], row.get("action"), row.get("fidelity"))


def _record_row(run: Sequence[Mapping[str, Any]]) -> Markup:
    row = run[0]
    entity = str(row.get("record", "")).partition(":")[0]
    differences = (tag("div", tag("bdi", shortened(str(one), LONG))) for one in list(row.get("differences", ()))[:20])
    head = tag(
        "tr",
        tag("th", _name(row) if len(run) == 1 else counted(len(run), entity), scope="row"),
        tag("td", shortened(str(row.get("action", "")).replace("_", " "), LONG), class_="ak-whole-word"),
        tag("td", tag("bdi", _now(row))),
        tag("td", _fidelity(row)),
        tag("td", *differences, class_="ak-quiet"),
        class_="ak-opens" if len(run) > 1 else None,
    )
    return head if len(run) == 1 else join([head, opened((_name(one) for one in run), columns=5)])


def _name(row: Mapping[str, Any]) -> Markup:
    return named(str(row.get("label") or row.get("record", "")), row.get("record", ""))


def _now(row: Mapping[str, Any]) -> str:
    if row.get("action") == "remove" and row.get("agrees"):
        return "gone"
    return shortened(str(row.get("now", "")), LONG)


def _fidelity(row: Mapping[str, Any]) -> Markup:
    if not row.get("agrees"):
        return marked("✗", "not as planned", "removed")
    name = str(row.get("fidelity", ""))
    return marked(*_FIDELITY.get(name, ("·", shortened(name, 60), "quiet")))
