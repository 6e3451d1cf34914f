"""Lists of amounts that answer: tie-out, verified and predicted balances."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from plan_samples import prediction
from view_samples import TieOut, verification

from akika_forensics.restore.document import BalanceLine, Prediction
from akika_widgets.views.balance import PredictedBalance, shown_of, total_of
from akika_widgets.views.live import Event
from akika_widgets.views.live_lines import LiveLines
from akika_widgets.views.tables import TieOutTable
from akika_widgets.views.verified_balances import VerifiedBalances

LINES = [
    TieOut("1", "Checking", Decimal("10.00"), Decimal("10.00")),
    TieOut("2", "accrued", Decimal("-4.00"), Decimal("-5.50")),
    TieOut("3", "Sales", Decimal("-6.00"), Decimal("-6.00")),
]


def names(view: LiveLines[Any]) -> list[str]:
    return [getattr(line, "account_name", None) or line.name for line in view.found]


def foot(view: LiveLines[Any]) -> str:
    found = re.search(r"<tfoot>(.*?)</tfoot>", view.render())
    assert found
    return re.sub(r"<[^>]+>", "|", found.group(1)).replace("||", "|")


def test_what_does_not_agree_is_shown_first_and_everything_on_demand() -> None:
    view = TieOutTable(LINES).live()
    assert names(view) == ["accrued"]
    assert foot(view) == "|Sum of the 1 shown|−4.00|−5.50|1.50|"
    view.dispatch(Event("lines_show", "all"))
    assert len(view.found) == 3
    assert foot(view) == "|Sum|0.00|−1.50|1.50|"


def test_when_everything_agrees_everything_is_shown() -> None:
    assert names(TieOutTable([LINES[0], LINES[2]]).live()) == ["Checking", "Sales"]


def test_sorting_goes_both_ways_and_names_ignore_capitals() -> None:
    view = TieOutTable(LINES).live()
    view.dispatch(Event("lines_show", "all"))
    view.dispatch(Event("lines_sort", "name"))
    assert names(view) == ["accrued", "Checking", "Sales"]
    view.dispatch(Event("lines_sort", "name"))
    assert names(view) == ["Sales", "Checking", "accrued"]
    view.dispatch(Event("lines_sort", "ours"))
    assert names(view) == ["Checking", "accrued", "Sales"]
    assert 'aria-sort="descending"' in view.render()
    assert not view.dispatch(Event("lines_sort", "colour"))


def test_the_search_looks_at_names_and_numbers() -> None:
    view = TieOutTable([*LINES, TieOut("9", "Old", Decimal(1), Decimal(2), "Balance sheet")]).live()
    view.dispatch(Event("lines_show", "all"))
    view.dispatch(Event("lines_find", "BALANCE old"))
    assert names(view) == ["Old"]
    view.dispatch(Event("lines_find", "no such"))
    assert "No line fits these choices." in view.render()
    assert not view.dispatch(Event("lines_page", "on"))


def test_balances_of_a_verification() -> None:
    rows = [*verification(residual="1.00")["balances"], *verification("Sales")["balances"]]
    rows[1]["reported"] = None
    table = VerifiedBalances(rows)
    assert [line.reported for line in table.lines] == [Decimal("2.00"), None]
    view = table.live()
    assert names(view) == ["a name"]
    view.dispatch(Event("lines_show", "all"))
    assert foot(view) == "|Sum|2.00|4.00|4.00|2.00|1.00|"


def test_the_predicted_balance_says_what_moves_and_what_stays_different() -> None:
    balance = PredictedBalance(prediction())
    assert balance.verdict[1] == "1 account will differ from the state before the incident"
    assert [(line.name, line.moved, line.remaining) for line in balance.accounts] == [
        ("Sales", Decimal("-150.00"), Decimal("50.00")),
        ("Receivable", Decimal("200.00"), Decimal("0.00")),
        ("Checking", Decimal("0.00"), Decimal("0.00")),
    ]
    assert "1 other neither moves nor differs" in str(balance.html())
    view = balance.live()
    assert names(view) == ["Sales", "Receivable"]
    assert not balance.caution


@pytest.mark.parametrize(("number", "words"), [(1, "1 step is marked"), (3, "3 steps are marked")])
def test_figures_of_a_plan_with_skipped_steps_say_what_they_are(number: int, words: str) -> None:
    balance = PredictedBalance(prediction(), skipped=number)
    for said in (balance.text(), str(balance.html()), str(balance.live().render())):
        assert words in said
        assert "those of the plan as it stands" in said


def test_customers_and_vendors_stand_beside_the_accounts() -> None:
    party = [BalanceLine(account="Customer:1", name="Rock", before=Decimal(3), now=Decimal(0), predicted=Decimal(3))]
    view = PredictedBalance(prediction(), receivable=party).live()
    view.dispatch(Event("lines_sheet", "receivable"))
    assert names(view) == ["Rock"]
    assert not view.dispatch(Event("lines_sheet", "payable"))


AMOUNTS = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), max_size=8), st.sampled_from(["all", "differences"]))
def test_the_sum_is_that_of_the_lines_and_movements_add_up(rows: list[tuple[Decimal, ...]], show: str) -> None:
    lines = tuple(
        BalanceLine(account=str(n), name=f"A{n}", before=b, now=w, predicted=p) for n, (b, w, p) in enumerate(rows)
    )
    balance = PredictedBalance(Prediction(as_of="2026-11-23", lines=lines))
    view = balance.live()
    view.dispatch(Event("lines_show", show))
    assert set(view.found) == set(balance.accounts if show == "all" else shown_of(balance.accounts))
    total = total_of(balance.accounts)
    assert total.now + total.moved == total.predicted == total.before + total.remaining
