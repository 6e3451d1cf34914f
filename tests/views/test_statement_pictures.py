"""Pictures of statements: what they show is what they were given, whatever the names and however large the amounts."""
# ruff: noqa: S314 - the XML is our own

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_widgets.views.ageing_bars import Age, AgeingBars, Side
from akika_widgets.views.fills import PATTERNS, TONES, Fill
from akika_widgets.views.money_scale import brief, scale_of
from akika_widgets.views.period_bars import DRAWN, Part, PeriodBars, Stack
from akika_widgets.views.tie_map import MONTHS, Tie, TieMap
from akika_widgets.views.view import View
from akika_widgets.views.waterfall import DRAWN as STEPS
from akika_widgets.views.waterfall import Step, Waterfall
from akika_widgets.views.wording import amount

AMOUNTS = st.one_of(
    st.just(Decimal(0)),
    st.decimals(-(10**6), 10**6, places=2),
    st.decimals(-(10**33), 10**33, places=2),
    st.sampled_from([Decimal("0.01"), Decimal("-0.01"), Decimal(10) ** 35, -(Decimal(10) ** 35)]),
)
NAMES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb", "\ud800", "]]>", "n" * 900]
    ),
)
FILLS = st.builds(Fill, st.sampled_from(TONES), st.sampled_from(("solid", "hollow", *PATTERNS)))


@st.composite
def bars(draw: Any) -> PeriodBars:
    periods = draw(st.lists(NAMES, max_size=DRAWN + 4))
    values = st.lists(AMOUNTS, min_size=len(periods), max_size=len(periods)).map(tuple)
    parts = st.builds(Part, NAMES, FILLS, values)
    stacks = draw(st.lists(st.builds(Stack, NAMES, st.lists(parts, max_size=3).map(tuple)), max_size=3))
    line = draw(st.one_of(st.none(), parts))
    return PeriodBars(periods, stacks, title=draw(NAMES), sub=draw(NAMES), line=line)


STEP = st.builds(Step, NAMES, AMOUNTS, st.sampled_from(["level", "move"]))
SIDE = st.builds(Side, NAMES, st.lists(st.builds(Age, NAMES, AMOUNTS, st.integers(0, 10**9)), max_size=7).map(tuple))
TIE = st.builds(
    Tie,
    NAMES,
    NAMES,
    NAMES,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    AMOUNTS,
    st.integers(0, 10**6),
    st.lists(NAMES, max_size=2).map(tuple),
)
PICTURES: st.SearchStrategy[View] = st.one_of(
    bars(),
    st.builds(lambda steps, title: Waterfall(steps, title=title, sub=title), st.lists(STEP, max_size=STEPS + 3), NAMES),
    st.builds(lambda sides, title: AgeingBars(sides, title=title, sub=title), st.lists(SIDE, max_size=3), NAMES),
    st.builds(lambda ties, title: TieMap(ties, title=title), st.lists(TIE, max_size=12), NAMES),
)
ALLOWED = {"svg", "title", "desc", "style", "rect", "text", "g", "line", "path", "defs", "pattern", "circle"}


@settings(max_examples=40, deadline=None)
@given(PICTURES)
def test_whatever_is_drawn_stays_on_the_paper_and_is_only_a_picture(view: View) -> None:
    svg = str(view.svg())
    root = ET.fromstring(svg)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    held = {id(one) for defs in root.iter() if _name(defs) == "defs" for one in defs.iter()}
    for one in root.iter():
        assert _name(one) in ALLOWED
        assert not [key for key in one.attrib if key.startswith("on") or "href" in key]
        if _name(one) == "rect" and id(one) not in held:
            x, y, wide, tall = (float(one.get(key, "0")) for key in ("x", "y", "width", "height"))
            assert wide >= 0
            assert tall >= 0
            assert x >= -0.2
            assert x + wide <= width + 2
            assert y >= -0.2
            assert y + tall <= height + 2
    assert root.find("{*}title") is not None
    assert (root.findtext("{*}desc") or "").strip(), "a picture says in words what it shows"
    assert len(svg) < 400_000
    assert "\u202e" not in view.text()
    assert svg == str(view.svg()), "the same picture is the same bytes"


def _name(one: ET.Element) -> str:
    return one.tag.rpartition("}")[2]


def elements(view: View, name: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(str(view.svg())).iter() if _name(one) == name]


def titles(view: View) -> list[str]:
    return [one.text or "" for one in elements(view, "title")]


def boxes(view: View, look: str) -> list[ET.Element]:
    return [one for one in elements(view, "rect") if look in (one.get("class") or "").split()]


# -- the scale ---------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.lists(AMOUNTS, max_size=6))
def test_a_scale_holds_every_value_and_zero_and_its_marks_are_even(values: list[Decimal]) -> None:
    scale = scale_of(values)
    assert scale.low <= min([*values, Decimal(0)])
    assert scale.high >= max([*values, Decimal(0)])
    assert Decimal(0) in scale.marks
    assert 2 <= len(scale.marks) <= 12
    steps = {later - earlier for earlier, later in pairwise(scale.marks)}
    assert len(steps) == 1
    ordered = sorted(values)
    assert [scale.share(value) for value in ordered] == sorted(scale.share(value) for value in values)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "0"),
        ("0.05", "0.05"),
        ("-0.01", "−0.01"),
        ("12345.67", "12,346"),
        ("-999999.99", "−1,000,000"),
        ("1250000", "1.25m"),
        ("-40000000", "−40m"),
        ("3000000000", "3bn"),
        ("1000000000000", "1T"),
        ("120000000000000000", "1.20e+17"),
    ],
)
def test_an_amount_for_a_narrow_place(value: str, words: str) -> None:
    assert brief(Decimal(value)) == words


# -- bars by period ----------------------------------------------------------------------------------------------------


def two_months(*, loss: bool = False) -> PeriodBars:
    cost = Decimal(900 if loss else 400)
    return PeriodBars(
        ["Jan 2026", "Feb 2026"],
        [
            Stack("Income", (Part("Sales", Fill("added"), (Decimal(500), Decimal(600))),)),
            Stack(
                "Costs",
                (
                    Part("Rent", Fill("changed"), (Decimal(200), cost)),
                    Part("None", Fill("edge"), (Decimal(0), Decimal(0))),
                ),
            ),
        ],
        title="Profit and loss by month",
        line=Part("Net income", Fill("edge"), (Decimal(300), Decimal(600) - cost)),
    )


def test_a_bar_is_as_tall_as_its_amount() -> None:
    tall = [float(one.get("height", "0")) for one in boxes(two_months(), "added") if float(one.get("width", "0")) > 14]
    assert tall[1] / tall[0] == pytest.approx(600 / 500, rel=0.01)


def test_what_is_zero_throughout_is_neither_drawn_nor_named() -> None:
    assert not [said for said in titles(two_months()) if said.startswith("None")]


def test_a_loss_is_said_and_its_sign_is_hollow() -> None:
    assert f"Feb 2026, Net income: {amount(Decimal(-300))}" in titles(two_months(loss=True))
    svg = str(two_months(loss=True).svg())
    assert svg.count('class="point hollow"') == 1
    assert (
        f"Feb 2026: Income 600.00, Costs 900.00, Net income {amount(Decimal(-300))}"
        in two_months(loss=True).description()
    )


def test_of_many_periods_the_latest_are_drawn_and_the_others_counted() -> None:
    many = PeriodBars(
        [f"m{place}" for place in range(DRAWN + 5)],
        [Stack("s", (Part("p", Fill("added"), tuple(Decimal(place) for place in range(DRAWN + 5))),))],
        title="t",
    )
    assert many.periods[0] == "m5"
    assert "5 earlier periods are not drawn" in str(many.svg())
    assert f"m{DRAWN + 4}, p: {DRAWN + 4}.00" in titles(many)


def test_a_part_needs_a_value_for_each_period() -> None:
    with pytest.raises(ValueError, match="each period"):
        PeriodBars(["a", "b"], [Stack("s", (Part("p", Fill("added"), (Decimal(1),)),))], title="t")


def test_nothing_is_said_as_nothing() -> None:
    empty = PeriodBars([], [], title="t")
    assert empty.description() == "There is nothing to show."
    assert Waterfall([], title="t").description() == "Nothing moved."
    assert AgeingBars([], title="t").description() == "Nothing is open."
    assert TieMap([]).description() == "Nothing was compared."


# -- steps, ages, ties -------------------------------------------------------------------------------------------------


def test_each_step_begins_where_the_one_before_ended() -> None:
    steps = [
        Step("begin", Decimal(100), "level"),
        Step("in", Decimal(50)),
        Step("out", Decimal(-120)),
        Step("end", Decimal(30), "level"),
    ]
    view = Waterfall(steps, title="Cash", up="came in", down="went out")
    came, went = boxes(view, "added")[-1], boxes(view, "changed")[-1]
    right = float(came.get("x", "0")) + float(came.get("width", "0"))
    assert right == pytest.approx(float(went.get("x", "0")) + float(went.get("width", "0")), abs=0.2)
    end = boxes(view, "edge")[-1]
    assert float(end.get("x", "0")) + float(end.get("width", "0")) == pytest.approx(float(went.get("x", "0")), abs=0.2)


def test_many_steps_still_add_up() -> None:
    moves = [Step(f"s{place}", Decimal(place + 1)) for place in range(STEPS + 20)]
    view = Waterfall([Step("begin", Decimal(5), "level"), *moves, Step("end", Decimal(9), "level")], title="t")
    assert len(view.steps) == STEPS
    assert sum(step.amount for step in view.steps if step.kind == "move") == sum(step.amount for step in moves)
    assert "23 smaller moves" in [step.name for step in view.steps]


def test_an_open_credit_is_drawn_to_the_other_side_of_zero() -> None:
    side = Side("What customers owe", (Age("Current", Decimal(100), 2), Age("1 - 30", Decimal(-50), 1)))
    view = AgeingBars([side], title="t")
    current, credit = boxes(view, "edge")[0], boxes(view, "focus")[0]
    assert float(credit.get("x", "0")) + float(credit.get("width", "0")) == pytest.approx(
        float(current.get("x", "0")), abs=0.2
    )
    assert (
        view.description()
        == f"What customers owe 50.00: Current 100.00 in 2 documents, 1 - 30 {amount(Decimal(-50))} in 1 document."
    )


def test_what_agrees_is_calm_and_what_has_no_reason_has_a_sign() -> None:
    ties = [
        Tie("BalanceSheet", "Accrual", "2026-10", 40),
        Tie("BalanceSheet", "Accrual", "2026-11", 40, 1, Decimal("-3.00"), 0, ("rounding",)),
        Tie("ProfitAndLoss", "Cash", "2026-11", 30, 2, Decimal("1.00"), 1, ("rounding",)),
    ]
    view = TieMap(ties)
    assert [len(boxes(view, look)) for look in ("calm", "told", "bare")] == [2, 2, 2], (
        "each once, and once in the legend"
    )
    assert view.verdict() == "3 of 110 figures do not agree, 1 of them unexplained"
    signs = [one.text for one in elements(view, "text") if "in-bare" in (one.get("class") or "")]
    assert signs == ["≠ 1"]
    assert (
        view.description()
        .split(". ")[1]
        .startswith("ProfitAndLoss, cash 2026-11: 2 of 30 figures differ, 1 of them unexplained")
    )
    assert TieMap(ties[:1]).verdict() == "all 40 figures agree to the cent"


def test_no_residual_is_left_out_for_want_of_room() -> None:
    months = [f"{2020 + place // 12}-{place % 12 + 1:02}" for place in range(MONTHS + 10)]
    ties = [Tie("TrialBalance", "Accrual", month, 10) for month in months]
    ties[0] = Tie("TrialBalance", "Accrual", months[0], 10, 1, Decimal("7.00"), 1)
    view = TieMap(ties)
    assert view.months[0] == "earlier"
    assert len(view.months) == MONTHS + 1
    assert view.differing == 1
    assert sum(one.compared for one in view.ties.values()) == 10 * len(months)
    assert [said for said in titles(view) if said.startswith("TrialBalance, accrual, earlier: 1 of 100 figures differ")]
