"""Cases worked by hand, at least one of each type: the program posts just these sides, and the page shows them."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from pathlib import Path

import pytest
from books.worked import Case, cases

from akika_forensics.books import Ledger
from akika_forensics.books.documents.fields import POSTING
from akika_forensics.books.rules import BY_ENTITY, NON_POSTING
from akika_forensics.model.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.title)
def test_a_worked_case_comes_out(case: Case) -> None:
    ledger = Ledger.of(case.records)
    found = defaultdict(list)
    for one in ledger.postings:
        found[ledger.chart.name(one.account)].append(one.amount)
    assert {name: sorted(sides) for name, sides in found.items()} == {
        name: sorted(sides) for name, sides in case.sides.items()
    }
    assert not ledger.unposted


def test_the_figures_balance_by_themselves() -> None:
    """Whoever worked them out can slip too."""
    for case in CASES:
        assert sum(amount for sides in case.sides.values() for amount in sides) == 0, case.title


def test_every_type_that_posts_has_a_rule_and_a_worked_case() -> None:
    assert {one.entity for one in CASES} == POSTING == BY_ENTITY.keys()


def test_every_transaction_posts_or_is_said_not_to() -> None:
    transactions = {name for name, row in CATALOGUE.items() if row.is_transaction}
    assert transactions | {"RecurringTransaction"} == POSTING | NON_POSTING.keys()


def test_the_page_is_made_of_the_rules_and_of_the_cases() -> None:
    spec = importlib.util.spec_from_file_location("postings", ROOT / "tools" / "postings.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), "run: python tools/postings.py --write"
