"""``statement``: the books of a snapshot as of any day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import counted, note, say, say_json, table
from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    from akika_forensics.case.statements import Books
    from akika_forensics.case.statements.asked import Asked


def statement(
    context: typer.Context,
    kind: str = typer.Argument(
        help="trial-balance, balance-sheet, profit-and-loss, cash-flow, receivables, payables or register."
    ),
    snapshot: str = typer.Argument("latest", help="A snapshot: s1, first, latest."),
    as_of: str = typer.Option("", "--as-of", help="The last day, 2026-11-30; when left out, the day of the snapshot."),
    since: str = typer.Option("", "--from", help="The first day of a period; when left out, that of the fiscal year."),
    basis: str = typer.Option("accrual", help="accrual or cash."),
    by: str = typer.Option(
        "total",
        help="Columns: month, quarter or year of a balance sheet; of a profit and loss also class, location or customer.",
    ),
    account: str = typer.Option("", help="The Id of the account of a register."),
    drill: str = typer.Option(
        "",
        help="What a figure rests on: the Id of its row's account, or the row's name ('Net Income', 'Total Equity'); of receivables "
        "and payables a customer or vendor, an age, a document such as Invoice:130, or all.",
    ),
    column: str = typer.Option(
        "", help="With --drill: the column, as the statement heads it; when left out, the total."
    ),
    party: str = typer.Option("", help="With --drill: what is of one name alone, such as Customer:5."),
    item: str = typer.Option("", help="With --drill: what is of one item alone, by its Id."),
    documents: bool = typer.Option(
        False, "--documents", help="With --drill: the documents with their digests and requests, not the postings."
    ),
    out: Path | None = typer.Option(
        None, help="A new .csv or .xlsx file, or .svg for the picture, not encrypted; custody lists it."
    ),
) -> None:
    from akika_forensics.case.company_day import company_day
    from akika_forensics.case.statements import books_of
    from akika_forensics.case.statements import drill as drill_into
    from akika_forensics.case.statements.asked import KINDS, ask, frame_of
    from akika_forensics.case.statements.remarks import about, report_only, report_only_of
    from akika_forensics.cli import drilling

    options: Options = context.obj
    if kind not in KINDS:
        raise WrongUse(f"There is no statement {kind!r}.", do=f"There are {', '.join(KINDS)}.")
    drilling.require_row(drill, documents=documents, column=column, party=party, item=item)
    case = open_case(options)
    found = case.snapshot(snapshot)
    end = _day(as_of) or company_day(found.info)
    books = books_of(case.vault, found)
    asked = ask(books, kind, end, _day(since), basis=basis, by=by, account=account or drill)
    drilled = None
    if drill:
        figure = drilling.figure(books, asked, drill, column=column, party=party, item=item)
        drilled = drill_into(case.vault, books, figure)
        frame, title = drilling.chosen(drilled, documents=documents), drilled.title
    else:
        frame, title = frame_of(books, asked), asked.title
    problems = [one.what for one in books.ledger.unposted]
    told = report_only(books, asked) if drilled is None else report_only_of(books, drilled.rows)
    if out is not None:
        from akika_forensics.case.export.statement import PICTURE, write, write_picture

        if out.suffix.lower() == PICTURE:
            if drilled is not None:
                raise WrongUse("What a figure rests on has no picture.", do="Write it as .csv or .xlsx.")
            write_picture(case.custody, _picture(books, asked), out, title=f"{title}, picture", snapshot=found.info.id)
        else:
            lines = about(books, found.info.company.name, told)
            write(case.custody, frame, out, title=title, about=lines, snapshot=found.info.id)
    if options.json:
        rows = [{name: _plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]
        say_json(
            {
                "snapshot": found.info.id,
                "statement": kind,
                "basis": basis,
                "from": asked.start.isoformat(),
                "as_of": end.isoformat(),
                "rows": rows,
                "report_only": [one.as_dict() for one in told],
                "problems": problems,
                "file": str(out) if out else None,
                **({} if drilled is None else {"figure": _plain(drilled.total), "opening": _plain(drilled.opening)}),
            }
        )
        return
    if out is not None:
        said = "its picture" if out.suffix.lower() == ".svg" else f"{len(frame)} rows"
        say(f"{title}: {said} in {out}, not encrypted.")
    else:
        say(title)
        if drilled is not None:
            say(
                f"{_shown(drilled.total)}: {counted(len(drilled.rows), 'posting')}, of which {_shown(drilled.opening)} before {asked.start}."
            )
            frame = drilling.for_people(drilled, documents=documents)
        money = [place for place, kind_of in enumerate(frame.dtypes) if kind_of.is_decimal()]
        table(frame.columns, [[_shown(value) for value in row] for row in frame.iter_rows()], right=money)
    for line in (*(one.sentence() for one in told), *problems):
        note(f"akika: {line}")


def _picture(books: Books, asked: Asked) -> str:
    from akika_forensics.case.statements.pictures import pictures_of

    drawn = next((svg for one in pictures_of(books, asked) if (svg := one.svg()) is not None), None)
    if drawn is None:
        raise WrongUse(
            f"A {asked.kind.replace('-', ' ')} has no picture.",
            do="Balance sheet, profit and loss, cash flow, receivables and payables have one.",
        )
    return str(drawn)


def _day(said: str) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise WrongUse(f"{said!r} is no day.", do="Write it as 2026-11-30.") from None


def _plain(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


COMMANDS = (
    Command(
        "statement", "The books of a snapshot: trial balance, balance sheet, profit and loss and others.", statement
    ),
)
