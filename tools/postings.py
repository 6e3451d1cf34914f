"""Write docs/postings.md anew out of the posting rules and of the cases worked by hand.

``python tools/postings.py`` prints it; ``--write`` writes it. A test holds the page against both.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from akika_forensics.books.rules import DEBIT, NON_POSTING, RULES, Rule
from akika_forensics.books.rules.rule import (
    Account,
    AsEntered,
    Each,
    Kept,
    Named,
    OfItem,
    OfReceipt,
    OnLine,
    OpenTax,
    Settled,
    Side,
    Tax,
    Whole,
)

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "postings.md"
WORKED = DOCS / "postings" / "worked.toml"

_HEAD = """\
# What each transaction posts

Made by `python tools/postings.py --write` from the rules that the program carries out and from cases worked by hand (`docs/postings/worked.toml`); a test
holds the page against both, and the program against the cases.

The books are rebuilt from the captured documents alone, by double entry, in the company's currency, to the cent. An account comes from the document
wherever the document names one; where it does not, from the item, or from the accounts that the company keeps for a purpose. No account is guessed by its name
where an Id exists. The one that QuickBooks gives no Id for, the liability account of a tax agency, is found by the rule that [the tax module](../akika_forensics/books/tax.py)
states. An amount for which no account can be named goes to the account **(unresolved)**, as a problem, with the document.

- **Whose**: every side is the customer's or vendor's of the document, or of its line where the line names one; so with class and location.
- **Currency**: an amount in another currency is posted at the document's rate, each side to the cent; where QuickBooks gives the total in the company's currency
  itself, that counts. A payment clears what it pays at the rate of what it pays.
- **Rounding**: what is then missing for debits to equal credits goes, up to a cent a side, to Exchange Gain or Loss (foreign documents) or to the account of the largest line, and is told as a
  note. More is a problem, in (unresolved).
- **Stock**: first in, first out over the whole history of an item. Where a rule there is ours and not QuickBooks', [the module](../akika_forensics/books/fifo.py) says so.
- **Voided** documents have no amounts and post nothing.
"""

_PURPOSES = {
    "receivable": "the company's Accounts Receivable in the document's currency",
    "payable": "the company's Accounts Payable in the document's currency",
    "undeposited": "Undeposited Funds",
    "discount": "the company's account for discounts",
    "shipping": "the company's shipping account, for the shipping item",
    "tax": "the only tax liability account, if there is just one",
}
_ROLES = {
    "income": "the item's income account",
    "cost": "the item's stock account if it is tracked, else its expense account",
}


def page() -> str:
    """The whole page."""
    data = tomllib.loads(WORKED.read_text(encoding="utf-8"))
    cases: dict[str, list[dict[str, Any]]] = {}
    for case in data["case"]:
        cases.setdefault(case["type"], []).append(case)
    parts = [_HEAD, "## Contents\n", *_contents()]
    for rule in RULES:
        parts += [f"\n## {rule.title}\n", *_rule(rule)]
        for case in cases.get(rule.entity, ()):
            parts += _case(case)
    parts += ["\n## What never posts\n", "| Transaction | Because it is |", "|---|---|"]
    parts += [f"| {name} | {why} |" for name, why in NON_POSTING.items()]
    return "\n".join(parts) + "\n"


def _contents() -> Iterator[str]:
    for rule in RULES:
        anchor = "".join(one for one in rule.title.lower().replace(" ", "-") if one.isalnum() or one == "-")
        yield f"- [{rule.title}](#{anchor}) (`{rule.entity}`)"


def _rule(rule: Rule) -> Iterator[str]:
    if rule.sides:
        yield "| | Amount | Account: the first that is named |"
        yield "|---|---|---|"
        for side in rule.sides:
            yield f"| {_way(side)} | {_amount(side)} | {_accounts(side)} |"
        yield ""
    if rule.turned:
        yield f"Debit and credit change places where {rule.turned}.\n"
    if rule.stock:
        yield f"{rule.stock}\n"
    if rule.note:
        yield f"{rule.note}\n"
    yield f"Source: {rule.source}.\n"


def _way(side: Side) -> str:
    match side:
        case AsEntered():
            return "As the line says"
        case OpenTax():
            return "Whichever is open"
        case _:
            return "Debit" if side.side == DEBIT else "Credit"


def _amount(side: Side) -> str:
    match side:
        case Whole():
            field = f"`{side.amount}`" + (f" less `{side.less}`" if side.less else "")
            return f"{side.what}: {field}"
        case Settled():
            return f"{side.what}: `TotalAmt`, in other currencies at the rates of what is paid"
        case Each() if side.kinds:
            return f"{side.what}: each `{'`, `'.join(side.kinds)}`"
        case Tax() | OpenTax():
            return f"{side.what}: each tax line, and what the total has beyond them"
        case _:
            return side.what


def _accounts(side: Side) -> str:
    match side:
        case Tax() | OpenTax():
            return "the liability account of the rate's agency; else of the document's tax code"
        case _:
            return "; ".join(_account(one) for one in side.accounts) or "none: (unresolved)"


def _account(choice: Account) -> str:
    match choice:
        case Named(field, when, _):
            return f"`{field}`" + (f" where `{when[0]}` is {when[1]}" if when else "")
        case OnLine(field):
            return f"the line's `{field}`"
        case OfItem(role):
            return _ROLES[role]
        case OfReceipt():
            return "where the receipt was put, else Undeposited Funds"
        case Kept(purpose):
            return _PURPOSES[purpose]


def _case(case: dict[str, Any]) -> Iterator[str]:
    yield f"### {case['title']}\n"
    yield f"{case['says']}\n"
    sides: dict[str, tuple[list[str], list[str]]] = {}
    for place, rows in enumerate((case["debit"], case["credit"])):
        for account, amounts in rows.items():
            sides.setdefault(account, ([], []))[place].extend(amounts)
    if not sides:
        return
    yield "```text"
    yield from list(_drawn(sides))[:-1]
    yield "```\n"


def _drawn(sides: dict[str, tuple[list[str], list[str]]]) -> Iterator[str]:
    """T accounts, as many beside one another as fit."""
    row: list[list[str]] = []
    for account, (debits, credits_) in sides.items():
        row.append(_drawing(account, debits, credits_))
        if sum(len(one[0]) + 4 for one in row) > 92:
            yield from _beside(row[:-1])
            row = row[-1:]
    yield from _beside(row)


def _drawing(account: str, debits: Sequence[str], credits_: Sequence[str]) -> list[str]:
    half = max(11, -(-len(account) // 2) + 1)
    rows = [account.center(2 * half + 1), "─" * half + "┬" + "─" * half]
    for place in range(max(len(debits), len(credits_))):
        left = debits[place] if place < len(debits) else ""
        right = credits_[place] if place < len(credits_) else ""
        rows.append(f"{left:>{half - 1}} │{right:>{half - 1}} ")
    return rows


def _beside(row: list[list[str]]) -> Iterator[str]:
    height = max((len(one) for one in row), default=0)
    for line in range(height):
        yield "    ".join(one[line] if line < len(one) else _rest(one) for one in row).rstrip()
    if height:
        yield ""


def _rest(drawing: list[str]) -> str:
    """A T goes down as far as its neighbours'."""
    return "".join("│" if one == "┬" else " " for one in drawing[1])


def main() -> None:
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
