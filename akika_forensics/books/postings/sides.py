"""Each kind of side of a rule, carried out for all documents of a type at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
import polars.selectors as cs

from akika_forensics.books.documents.values import cents, home, path, ref, to_cents
from akika_forensics.books.postings import accounts
from akika_forensics.books.postings.control import met
from akika_forensics.books.postings.frame import EXCHANGE, TAX, TOTAL
from akika_forensics.books.postings.of_type import NO_SIDES, OfType, beside, sided
from akika_forensics.books.rules.rule import CREDIT, AsEntered, Each, OpenTax, Rule, Settled, TakenUp, Tax, Whole

_STEP: Final = 1 << 20
"""Between the places of two sides of a rule: more lines than a document can have."""
_AMOUNT: Final = pl.col("amount")
_OPEN_SIDE: Final = "open_side"


def made(rule: Rule, documents: OfType) -> list[pl.DataFrame]:
    """The sides of a rule, each with the columns of ``SIDE``. Sides that have no account have none."""
    found: list[pl.DataFrame] = []
    elsewhere = tuple(kind for side in rule.sides if isinstance(side, Each) for kind in side.kinds)
    for number, side in enumerate(rule.sides):
        first = number * _STEP
        match side:
            case Whole():
                found.append(_whole(side, first, documents))
            case Settled():
                found.append(_settled(side, first, documents))
            case Each():
                found.append(_each(side, first, documents, elsewhere))
            case AsEntered():
                found.append(_as_entered(side, first, documents))
            case TakenUp():
                found.extend(_taken_up(side, first, documents))
            case Tax():
                found.extend(_tax(pl.lit(side.side), first, documents))
            case OpenTax():
                found.extend(_open_tax(first, documents))
    return found


def _whole(side: Whole, first: int, documents: OfType) -> pl.DataFrame:
    sign = pl.col("sign") * side.side
    given = cents(*side.amount.split("."))
    less = cents(side.less) if side.less else pl.lit(0, pl.Decimal(38, 2))
    amount = documents.home(given - less)
    if side.home and documents.foreign:
        at_home = cents(side.home)
        amount = (
            pl.when((pl.col("rate") != 1) & (at_home != 0)).then(at_home - home(less, pl.col("rate"))).otherwise(amount)
        )
    return sided(
        documents.heads,
        place=pl.lit(first),
        line=side.line,
        account=accounts.picked(side.accounts, documents.context.chart),
        amount=sign * amount,
        foreign=sign * (given - less),
    )


def _settled(side: Settled, first: int, documents: OfType) -> pl.DataFrame:
    """Each document at its own rate, the unapplied rest at the payment's."""
    heads = documents.heads.with_columns(given=cents("TotalAmt"))
    if documents.foreign or documents.context.rates.height:
        cleared = _cleared(side.side, documents)
        heads = heads.join(cleared, on="doc", how="left", maintain_order="left")
        rest = pl.col("given") - pl.col("applied").fill_null(0)
        amount = pl.col("cleared").fill_null(0) + home(rest, pl.col("rate"))
    else:
        amount = pl.col("given")
    return sided(
        heads,
        place=pl.lit(first),
        line=TOTAL,
        account=accounts.picked(side.accounts, documents.context.chart),
        amount=amount * side.side,
        foreign=pl.col("given") * side.side,
    )


def _cleared(side: int, documents: OfType) -> pl.DataFrame:
    """doc, applied (in the payment's currency), cleared (at home): what the lines pay, less the credits that they use up.

    ``side`` is the payment's own: a document on the other side is paid, one on the same side is used up.
    """
    rates = documents.context.rates.rename({"entity": "linked_entity", "id": "linked"})
    lines = documents.lines.filter(pl.col("linked").is_not_null())
    found = documents.context.standing
    sides = found.receivable if side == CREDIT else found.payable
    numbered = lines.with_columns(payer_party="party").with_row_index("application")
    lines = met(numbered, sides, "linked_entity", "linked").join(
        rates, on=["linked_entity", "linked"], how="left", maintain_order="left"
    )
    lines = lines.with_columns(
        value=pl.when(pl.col("stands").sign() == side).then(-_AMOUNT).otherwise(_AMOUNT),
        at=pl.coalesce("their_rate", "rate"),
    )
    return lines.group_by("doc").agg(applied=pl.col("value").sum(), cleared=home(pl.col("value"), pl.col("at")).sum())


def _each(side: Each, first: int, documents: OfType, elsewhere: Sequence[str]) -> pl.DataFrame:
    wanted = documents.kinds.intersection(side.kinds) if side.kinds else documents.kinds.difference(elsewhere)
    if not wanted:
        return NO_SIDES
    some = _AMOUNT != 0
    if wanted != documents.kinds:
        some &= pl.col("kind").is_in(pl.Series(sorted(wanted, key=str), dtype=pl.String).implode(), nulls_equal=True)
    rows = documents.lines.filter(some)
    if rows.height:
        rows = rows.join(documents.context.items, on="item", how="left", maintain_order="left")
    return _by_line(documents, rows, side.side, first, accounts.picked(side.accounts, documents.context.chart))


def _by_line(documents: OfType, rows: pl.DataFrame, side: int | pl.Expr, first: int, account: pl.Expr) -> pl.DataFrame:
    sign = pl.col("sign") * side
    return sided(
        rows,
        place=pl.col("place").cast(pl.Int64) + first,
        line=pl.col("name"),
        account=account,
        foreign=sign * _AMOUNT,
        amount=sign * documents.home(_AMOUNT),
    )


def _as_entered(side: AsEntered, first: int, documents: OfType) -> pl.DataFrame:
    rows = documents.lines.filter(pl.col("side").is_in(["Debit", "Credit"]))
    debit = pl.when(pl.col("side") == "Debit").then(1).otherwise(-1)
    return _by_line(documents, rows, debit, first, accounts.picked(side.accounts, documents.context.chart))


def _taken_up(side: TakenUp, first: int, documents: OfType) -> list[pl.DataFrame]:
    rows = documents.lines.with_columns(taken=pl.coalesce("linked_entity", "linked_type"))
    of_receipt = documents.context.receipts.rename({"entity": "taken", "id": "linked"})
    rates = documents.context.rates.rename({"entity": "taken", "id": "linked"})
    rows = rows.join(of_receipt, on=["taken", "linked"], how="left", maintain_order="left")
    rows = rows.join(rates, on=["taken", "linked"], how="left", maintain_order="left")
    at = pl.coalesce("their_rate", "rate")
    sign = pl.col("sign") * side.side
    came, goes = home(_AMOUNT, at), home(_AMOUNT, pl.col("rate"))
    lines = sided(
        rows,
        place=pl.col("place").cast(pl.Int64) + first,
        line=pl.col("name"),
        account=accounts.picked(side.accounts, documents.context.chart),
        foreign=sign * _AMOUNT,
        amount=sign * came,
    )
    gains = sided(
        rows.filter(at != pl.col("rate")),
        place=pl.col("place").cast(pl.Int64) + first,
        line=EXCHANGE,
        account=pl.lit(documents.context.chart.exchange_gain, pl.String),
        foreign=pl.lit(None, pl.Decimal(38, 2)),
        amount=sign * (goes - came),
        item=pl.lit(None, pl.String),
    )
    return [lines, gains]


def _tax(side: pl.Expr, first: int, documents: OfType) -> list[pl.DataFrame]:
    """A side for each tax line; what the total has beyond them goes by the document's code. ``side`` is over documents or lines."""
    chart = documents.context.chart
    own = ("doc", "rate", "sign", "party_entity", "party", "class", "department")
    heads = documents.heads.select(
        *own,
        cs.by_name(_OPEN_SIDE, require_all=False),
        code=ref("TxnTaxDetail", "TxnTaxCodeRef"),
        given=path("TxnTaxDetail", "TotalTax"),
        taxed=path("TxnTaxDetail").is_not_null(),
    ).filter("taxed")
    if not heads.height:
        return []
    taxes = beside(documents.taxes, heads.select("doc", "code"))
    sign = pl.col("sign") * side
    lines = sided(
        taxes,
        place=pl.col("place").cast(pl.Int64) + first,
        line=TAX,
        account=accounts.by_rate(chart, pl.col("rate_id"), pl.col("code")),
        foreign=sign * _AMOUNT,
        amount=sign * documents.home(_AMOUNT),
    )
    seen = taxes.group_by("doc").agg(seen=_AMOUNT.sum())
    rest = heads.join(seen, on="doc", how="left", maintain_order="left").with_columns(
        rest=to_cents(pl.col("given")) - pl.col("seen").fill_null(0)
    )
    beyond = sided(
        rest.filter(pl.col("given").is_not_null()),
        place=pl.lit(first + _STEP - 1),
        line=TAX,
        account=accounts.by_code(chart, pl.col("code")),
        foreign=sign * pl.col("rest"),
        amount=sign * documents.home(pl.col("rest")),
    )
    return [lines, beyond]


def _open_tax(first: int, documents: OfType) -> list[pl.DataFrame]:
    """The tax of an entry closes what its lines leave open."""
    debit = pl.when(pl.col("side") == "Debit").then(_AMOUNT).when(pl.col("side") == "Credit").then(-_AMOUNT)
    left = documents.lines.group_by("doc").agg(left=debit.sum()).filter(pl.col("left") != 0)
    if not left.height:
        return []
    heads = documents.heads.join(left, on="doc", how="inner", maintain_order="left")
    heads = heads.filter(cents("TxnTaxDetail", "TotalTax") != 0)
    side = pl.when(pl.col("left") > 0).then(-1).otherwise(1).alias(_OPEN_SIDE)
    taxed = heads.with_columns(side)
    taxes = beside(documents.taxes, taxed.select("doc", _OPEN_SIDE))
    return _tax(pl.col(_OPEN_SIDE), first, OfType(documents.context, taxed, documents.lines, taxes))
