"""What changes did to the books, for ``diff``: by period, class, location, party and document, and closed periods apart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.cli.speech import counted, say, table
from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    import polars as pl

    from akika_forensics.case.moved import Moved

_PLURAL: Final = {
    "period": "periods", "class": "classes", "location": "locations", "party": "parties", "document": "documents",
}  # fmt: skip
_SHOWN: Final = {
    "period": ("month", "closed", "account_name", "change", "documents"),
    "class": ("class_name", "account_name", "change", "documents"),
    "location": ("department_name", "account_name", "change", "documents"),
    "party": ("party_entity", "name", "account_name", "change", "documents"),
    "document": ("date", "entity", "id", "label", "kind", "account_name", "change", "because"),
}
_FEW: Final = 20
"""So many rows of closed periods are told before the rest is counted; the whole is asked for by document."""


def require(by: str) -> None:
    """Raises WrongUse for a way that there is not."""
    if by != "account" and by not in _SHOWN:
        raise WrongUse(f"There is no effect by {by!r}.", do=f"There is one by account, {', '.join(_SHOWN)}.")


def as_json(moved: Moved) -> dict[str, Any]:
    """Under the plural of each way its rows, money with two decimals; ``closed_periods`` the rows of documents that moved one."""
    told = {many: _rows(moved.by(one)) for one, many in _PLURAL.items()}
    return {**told, "closed_periods": _rows(moved.in_closed_periods)}


def tell(moved: Moved, by: str) -> None:
    rows = moved.by(by)
    say()
    _table(rows, by)
    if rows.is_empty():
        say("Nothing moved.")


def tell_closed(moved: Moved) -> None:
    """Closed periods that moved, where there are any; whoever reads on the quick has to see it."""
    rows = moved.in_closed_periods
    if rows.is_empty():
        return
    say()
    say(f"CLOSED PERIODS MOVED: {counted(len(rows), 'posting')} of days up to the closing date.")
    _table(rows.head(_FEW), "document")
    if len(rows) > _FEW:
        say(f"and {len(rows) - _FEW:,} more: `akika diff ... --by document` tells all.")


def _table(rows: pl.DataFrame, by: str) -> None:
    shown = rows.select(_SHOWN[by])
    money = [place for place, name in enumerate(shown.columns) if name in ("change", "documents")]
    table(
        [name.replace("_", " ") for name in shown.columns],
        [list(map(_text, row)) for row in shown.iter_rows()],
        right=money,
    )


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "closed" if value else ""
        case list():
            from akika_forensics.case.moved import named_causes

            return named_causes(value)
        case Decimal():
            return f"{value:,.2f}"
        case _:
            return str(value)


def _rows(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows.iter_rows(named=True)]


def _plain(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value
