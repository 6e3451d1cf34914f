"""The books against QuickBooks' own lists: each transaction with its day, amount and name, each account with its name, type and balance.

Both ways: what a list has and was not captured, and what was captured and a list does not have, is a problem by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.chart import Account, Chart
from akika_forensics.books.documents import fields
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import TOTAL
from akika_forensics.books.reported.figures import LISTED, LISTED_BALANCE
from akika_forensics.books.reported.labels import CREDIT_TYPES, TAX_PAYMENT, is_known
from akika_forensics.books.reported.listings import ACCOUNTS, TRANSACTIONS
from akika_forensics.books.reported.listings import LISTED as ROWS
from akika_forensics.books.tie_out.captured import Captured, Stamp
from akika_forensics.books.tie_out.why import CHANGED, MISSING, UNKNOWN
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey

COMPARED: Final = pl.Schema(
    {
        "control": pl.String(),
        "report": pl.String(),
        "measure": pl.String(),
        "subject": pl.String(),
        "name": pl.String(),
        "end": pl.Date(),
        "ours": MONEY,
        "theirs": MONEY,
        "reason": pl.String(),
    }
)
_KEY: Final = ("entity", "id")
_NOT_ALWAYS: Final = frozenset({"ReimburseCharge"})
"""Records that nobody has seen to be in lists whenever they are there."""

_NO_NAME: Final = frozenset(
    {
        *("JournalEntry", "Deposit", "Transfer", "CreditCardPayment", "InventoryAdjustment", "TaxPayment"),
        *("TimeActivity", "ReimburseCharge"),
    }
)
"""Records that have no customer or vendor of their own, or of which nobody knows whose name a list shows."""

_NO_AMOUNT: Final = frozenset({"InventoryAdjustment", "TimeActivity", "ReimburseCharge"})
"""Records of which nobody knows what a list shows as their amount: their day is compared, and that they are there."""


class Window(NamedTuple):
    """The days that one list of transactions is of. ``whole``: it lists all of them, not those alone that were changed, and was not cut off."""

    start: date
    end: date
    whole: bool


class Lists(NamedTuple):
    """``lines``: columns of `COMPARED`. ``missing``: as in `documents.Against`."""

    lines: pl.DataFrame
    missing: pl.DataFrame
    findings: tuple[Finding, ...]


def times(rows: pl.DataFrame) -> Mapping[RecordKey, Stamp]:
    """When each transaction was made and last changed, by the lists."""
    known = rows.filter(pl.col("entity").is_not_null() & pl.col("id").is_not_null())
    columns = (*_KEY, "created", "modified")
    return {RecordKey(entity, key): Stamp(*at) for entity, key, *at in known.select(columns).iter_rows()}


def transactions(
    ledger: Ledger,
    rows: pl.DataFrame,
    windows: Sequence[Window],
    captured: Captured,
    moved: frozenset[RecordKey],
    why: Mapping[RecordKey, str],
) -> Lists:
    """``rows`` of all lists, columns of `listings.LISTED`; those that post nothing are compared where ``captured`` has records.

    ``moved`` are the documents that moved during the capture; ``why``: of each that differs in the general ledger, the reason.
    """
    known = _known(ledger, captured)
    payments = known.filter(pl.col("entity") == TAX_PAYMENT)["id"].to_list()
    paid = pl.col("entity").is_null() & pl.col("id").is_in(payments)
    told = rows.with_columns(entity=pl.when(paid).then(pl.lit(TAX_PAYMENT)).otherwise("entity"))
    strange = [
        label for label in told.filter(pl.col("entity").is_null())["label"].unique().sort() if not is_known(label)
    ]
    if not captured.records:
        told = told.filter(pl.col("entity").is_null() | pl.col("entity").is_in(sorted(fields.POSTING)))
    named = told.filter(pl.col("entity").is_not_null() & pl.col("id").is_not_null()).unique(
        _KEY, keep="first", maintain_order=True
    )
    both = named.join(known, on=list(_KEY), how="left", maintain_order="left").join(
        _amounts(ledger, named), on=list(_KEY), how="left", maintain_order="left"
    )
    both = both.with_columns(
        side=pl.when(pl.col("account").is_in(_credit(ledger.chart))).then(-1).otherwise(1),
        ours=pl.coalesce("own", pl.when(~pl.col("posts")).then("total")),
    )
    missing = both.filter(pl.col("ours_date").is_null() & ~pl.col("captured").fill_null(value=False))
    lines = both.with_columns(
        theirs=pl.col("side") * pl.col("shown").fill_null(0), ours=pl.col("ours").fill_null(0)
    ).with_columns(reason=_why(missing, moved, why))
    bare = pl.col("posts").eq(other=False) & pl.col("total").is_null()
    lines = lines.filter(~pl.col("entity").is_in(list(_NO_AMOUNT)) & ~bare.fill_null(value=False)).select(
        "control",
        report=pl.lit(TRANSACTIONS),
        measure=pl.lit(LISTED),
        subject=pl.format("{}:{}", "entity", "id"),
        name=pl.format("{} {}", "label", "id"),
        end=pl.coalesce("date", "ours_date"),
        ours="ours",
        theirs="theirs",
        reason=pl.when(pl.col("ours") != pl.col("theirs")).then("reason").otherwise(pl.lit("")),
    )
    findings = [*_otherwise(both, moved), *_unlisted(known, named, windows, moved), *_strange(strange, told)]
    return Lists(
        lines.select(pl.col(name).cast(kind) for name, kind in COMPARED.items()).drop_nulls("end"),
        missing.select("entity", "id", "label", "date", size=pl.col("shown").fill_null(0).abs()),
        tuple(findings),
    )


def _known(ledger: Ledger, captured: Captured) -> pl.DataFrame:
    """What was captured: entity, id, captured, ours_date, ours_party, total, posts."""
    columns = [*_KEY, pl.col("date").alias("ours_date"), pl.col("party").alias("ours_party"), "total"]
    return pl.concat(
        [
            ledger.context.documents.heads.select(columns).with_columns(posts=pl.lit(value=True)),
            captured.others.select(columns).with_columns(posts=pl.lit(value=False)),
        ]
    ).with_columns(captured=pl.lit(value=True))


def _amounts(ledger: Ledger, named: pl.DataFrame) -> pl.DataFrame:
    """entity, id, own: what each listed document posts as a whole to the account that the list shows it in; where it has no
    such side, its first there.
    """
    rows = ledger.frame.join(named.select(*_KEY, "account"), on=[*_KEY, "account"], how="semi").sort("place")
    whole = pl.col("line") == TOTAL
    return rows.group_by(_KEY, maintain_order=True).agg(
        own=pl.when(whole.any()).then(pl.col("amount").filter(whole).sum()).otherwise(pl.col("amount").first()),
    )


def _credit(chart: Chart) -> list[str]:
    return [one.id for one in chart.accounts.values() if one.type in CREDIT_TYPES]


def _why(missing: pl.DataFrame, moved: frozenset[RecordKey], why: Mapping[RecordKey, str]) -> pl.Expr:
    """The figure is of one document alone: what is known of that is why."""
    known = {str(RecordKey(*key)): MISSING for key in missing.select(*_KEY).iter_rows()}
    known |= {str(key): reason for key, reason in why.items() if key.id}
    known |= {str(key): CHANGED for key in moved}
    if not known:
        return pl.lit("")
    return pl.format("{}:{}", "entity", "id").replace_strict(known, default="", return_dtype=pl.String)


def _otherwise(both: pl.DataFrame, moved: frozenset[RecordKey]) -> Iterator[Finding]:
    """Documents that the list has on another day or with another name."""
    has_names = bool(both["party"].is_not_null().any())
    another = ~pl.col("entity").is_in(list(_NO_NAME)) & pl.col("party").ne_missing(pl.col("ours_party")) & has_names
    found = both.filter(pl.col("ours_date").is_not_null()).with_columns(day=pl.col("date") != pl.col("ours_date"))
    found = found.filter(pl.col("day") | another)
    columns = (*_KEY, "label", "date", "ours_date", "party", "ours_party", "day")
    for entity, key, label, day, own, party, of, on_day in found.select(columns).iter_rows():
        record = RecordKey(entity, key)
        said = (
            f"of {day}, captured as of {own}"
            if on_day
            else f"with the name {party or 'of nobody'}, captured with {of or 'none'}"
        )
        tail = f": {CHANGED}" if record in moved else ""
        yield Finding("listed_otherwise", f"QuickBooks' list has {label} {key} {said}{tail}.", record)


def _unlisted(
    known: pl.DataFrame, named: pl.DataFrame, windows: Sequence[Window], moved: frozenset[RecordKey]
) -> Iterator[Finding]:
    """Documents of days whose transactions are listed, and that are in no list."""
    days = [pl.col("ours_date").is_between(one.start, one.end) for one in windows if one.whole]
    if not days:
        return
    always = ~pl.col("entity").is_in(list(_NOT_ALWAYS))
    rest = known.filter(pl.any_horizontal(days), always).join(named, on=list(_KEY), how="anti").sort("ours_date", *_KEY)
    for entity, key, day in rest.select(*_KEY, "ours_date").iter_rows():
        record = RecordKey(entity, key)
        yield Finding(
            "document_unlisted",
            f"{record} of {day} was captured, and QuickBooks' list of its days does not have it{f': {CHANGED}' if record in moved else ''}.",
            record,
        )


def _strange(labels: Sequence[str], told: pl.DataFrame) -> Iterator[Finding]:
    for label in labels:
        count = told.filter(pl.col("label") == label).height
        yield Finding("type_unknown", f"QuickBooks' list has {count} transactions of the type {label}: {UNKNOWN}.")


def accounts(
    ledger: Ledger, control: str, rows: pl.DataFrame, day: date, postings: pl.DataFrame, *, whole: bool
) -> Lists:
    """``rows``: columns of `listings.CHART`. ``postings``: all, whatever their date; an account in another currency holds that."""
    chart = ledger.chart
    sums = postings.group_by("account").agg(pl.col("amount").sum(), pl.col("foreign").sum())
    held = {account: (home, foreign) for account, home, foreign in sums.iter_rows()}
    found, findings = [], []
    for account, name, kind, shown in rows.iter_rows():
        own = chart.accounts.get(account)
        if own is None:
            what = f"QuickBooks' list has the account {name} ({account}), which was not captured."
            findings.append(Finding("account_not_captured", what, RecordKey("Account", account)))
        else:
            findings.extend(_another(own, name, kind))
        if shown is None:
            continue
        foreign = own is not None and own.currency not in (None, chart.home_currency)
        ours = held.get(account, (0, 0))[foreign]
        side = -1 if own is not None and own.type in CREDIT_TYPES else 1
        found.append((control, ACCOUNTS, LISTED_BALANCE, account, name, day, ours, side * shown, ""))
    listed = set(rows["account"])
    for own in chart.accounts.values() if whole else ():
        if own.active and own.id not in listed:
            what = f"The account {own.name} ({own.id}) was captured, and QuickBooks' list of accounts does not have it."
            findings.append(Finding("account_unlisted", what, RecordKey("Account", own.id)))
    return Lists(pl.DataFrame(found, schema=COMPARED, orient="row"), pl.DataFrame(schema=_NONE), tuple(findings))


_NONE: Final = {**{name: ROWS[name] for name in ("entity", "id", "label", "date")}, "size": MONEY}


def _another(own: Account, name: str, kind: str) -> Iterator[Finding]:
    key = RecordKey("Account", own.id)
    if name != own.name and not name.endswith(f" {own.name}"):
        yield Finding("account_differs", f"{key} is {name} in QuickBooks' list, captured as {own.name}.", key)
    if _type(kind) != _type(own.type):
        yield Finding(
            "account_differs",
            f"{key} ({own.name}) is of the type {kind} in QuickBooks' list, captured as {own.type}.",
            key,
        )


def _type(words: str) -> str:
    """``Accounts receivable (A/R)`` and ``Other Current Assets`` are what records call Accounts Receivable and Other Current Asset.

    Source: what the screens call the types of accounts.
    """
    kind = re.sub(r"\s*\([^)]*\)", "", words).casefold().replace("liabilities", "liability").strip()
    return kind.removesuffix("s")


def sized(missing: pl.DataFrame, report: str, moved: frozenset[RecordKey]) -> Iterator[Finding]:
    """Documents that a report has and that were not captured."""
    for entity, key, label, day, size in missing.select("entity", "id", "label", "date", "size").iter_rows():
        record = RecordKey(entity, key) if key else None
        tail = f": {CHANGED}" if record in moved else ""
        yield Finding(
            "document_missing",
            f"QuickBooks' {report} has {label} {key} of {day} ({money_text(size)}), which was not captured{tail}.",
            record,
        )
