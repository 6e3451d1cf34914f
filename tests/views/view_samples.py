"""Changes, accounts, steps and graphs for the tests of the views, with any text in every text position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from plan_samples import large_plan, plan, prediction, small_plan, step

from akika_forensics.errors import WrongUse
from akika_forensics.jobs import JobSnapshot
from akika_forensics.model.company import Company
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views import waterfall
from akika_widgets.views.ageing_bars import Age, AgeingBars, Side
from akika_widgets.views.balance import PredictedBalance
from akika_widgets.views.columns import TableColumn
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.evidence_table import EvidenceTable
from akika_widgets.views.figures_table import FigureRow, FiguresTable
from akika_widgets.views.fills import Fill
from akika_widgets.views.job import JobPicture, JobView
from akika_widgets.views.listing import Column, Listing, Mark, Named
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.live_figures import LiveFigures
from akika_widgets.views.live_timeline import LiveTimeline
from akika_widgets.views.paged_table import PagedTable
from akika_widgets.views.paging import TableModel
from akika_widgets.views.period_bars import Part, PeriodBars, Stack
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.restored import RestoredView
from akika_widgets.views.review import PlanReview, Review
from akika_widgets.views.tables import AccountEffectTable, FigureTable, StepTable, TieOutTable
from akika_widgets.views.three_way import ThreeWay, ThreeWayView
from akika_widgets.views.tie_map import Tie, TieMap
from akika_widgets.views.timeline import Moment, TimelineView
from akika_widgets.views.verified_balances import VerifiedBalances
from akika_widgets.views.view import View
from akika_widgets.views.wholeness import ExplainedView, FindingsView, SnapshotsView


@dataclass(frozen=True)
class FieldChange:
    path: str
    before: Any
    after: Any
    how: str = "changed"


@dataclass(frozen=True)
class Change:
    key: RecordKey
    label: str
    kind: str
    fields: tuple[FieldChange, ...] = ()
    consequence: bool = False
    before: Record | None = None
    after: Record | None = None


@dataclass(frozen=True)
class Effect:
    account: str
    name: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class TieOut:
    account: str
    account_name: str
    ours: Decimal
    theirs: Decimal
    report: str = "TrialBalance"
    period: str = "2026-11-23"
    basis: str = "Accrual"

    @property
    def residual(self) -> Decimal:
        return self.ours - self.theirs


@dataclass(frozen=True)
class Step:
    id: str
    action: str
    record: str
    reason: str
    fidelity: str
    state: str
    label: str = ""
    why: str = ""


@dataclass(frozen=True)
class Snapshot:
    id: str
    company: Company
    records: int = 10
    new_versions: int = 2
    complete: bool = True
    scoped: bool = False
    taken_at: datetime = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    digest: str = "ab" * 32


@dataclass(frozen=True)
class Told:
    code: str
    what: str
    severity: str
    means: str
    do: str
    stored: str


@dataclass(frozen=True)
class Finding:
    code: str
    what: str
    severity: str = "problem"


def record(entity: str, body: dict[str, Any]) -> Record:
    return Record(RecordKey(entity, str(body["Id"])), encode(body))


def invoice(text: str = "Rock Fountain", number: str = "1037") -> Record:
    """A payload with ``text`` in names, descriptions, addresses and in a field nobody knows."""
    # JSON in UTF-8 cannot hold half a surrogate pair; names and labels made in Python can.
    text = text.encode("utf-8", "replace").decode()
    line = {
        "Id": "1",
        "Amount": Decimal("275.00"),
        "Description": text,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "5", "name": text}, "UnitPrice": 275, "Qty": 1},
    }
    return record(
        "Invoice",
        {
            "Id": "130",
            "DocNumber": number,
            "TxnDate": "2026-09-19",
            "CustomerRef": {"value": "24", "name": text},
            "Line": [line, {"Amount": Decimal("275.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}],
            "TotalAmt": Decimal("297.00"),
            "BillAddr": {"Line1": text},
            "Unforeseen": {text or "x": text},
        },
    )


def bills(number: int, vendor: str = "Hicks Hardware") -> Iterator[Change]:
    vendor = vendor.encode("utf-8", "replace").decode()
    for at in range(number):
        body = {
            "Id": str(300 + at),
            "DocNumber": f"IMP-{at}",
            "TxnDate": "2026-11-21",
            "VendorRef": {"value": "41", "name": vendor},
            "TotalAmt": Decimal("10.10"),
        }
        held = record("Bill", body)
        yield Change(held.key, f"Bill IMP-{at}", "added", (), False, None, held)


def changes(text: str = "a name") -> list[Change]:
    """One change of every kind, with ``text`` wherever a text can stand."""
    was = invoice(text)
    fields = (
        FieldChange("DisplayName", text, f"{text} (deleted)"),
        FieldChange("Unforeseen", {"a": text}, None),
        FieldChange("CustomerRef.value", "1", "2"),
        FieldChange("CustomerRef.name", text, f"{text}2"),
        FieldChange("Line[1]", None, {"Amount": Decimal(12), "Description": text, "DetailType": "SalesItemLineDetail"}),
        FieldChange("Line", [0, 1], [1, 0], "moved"),
        FieldChange("TotalAmt", Decimal("100.50"), Decimal("80.25")),
        FieldChange("SyncToken", "0", "1"),
    )
    key = RecordKey("Customer", "1")
    return [
        Change(was.key, f"Invoice {text}", "removed", (), False, was, None),
        *(
            Change(key._replace(id=kind), f"Customer {text}", kind, fields)
            for kind in ("changed", "deactivated", "reactivated", "voided")
        ),
        Change(RecordKey("Invoice", text), text, "changed", (FieldChange(text, text, text),)),
        Change(RecordKey("Customer", "9"), f"Customer {text}", "changed", (FieldChange("Balance", 0, 5),), True),
        *bills(6, text),
    ]


def verification(text: str = "a name", *, wrong: int = 0, residual: str = "0.00") -> dict[str, Any]:
    row = {
        "record": "Invoice:130",
        "now": "Invoice:301",
        "label": text,
        "action": "recreate",
        "fidelity": "exact_but_for",
        "agrees": not wrong,
        "differences": [text],
    }
    balance = {
        "account": "33",
        "account_name": text,
        "before": "1.00",
        "predicted": "2.00",
        "actual": "2.00",
        "reported": "2.00",
        "residual": residual,
    }
    return {
        "exact": 1,
        "exact_but_for": 1,
        "differs": 0,
        "by_hand": 0,
        "wrong": wrong,
        "residual": residual,
        "records": [row],
        "balances": [balance],
        "unexpected": [text],
    }


def graph(text: str = "a name") -> GraphView:
    keys = [
        RecordKey("Customer", "1"),
        RecordKey("Invoice", "130"),
        RecordKey("Payment", "60"),
        RecordKey("Item", text),
        RecordKey("Customer", "2"),
    ]
    states = ["unchanged", "removed", "added", "changed", text]
    nodes = [GraphNode(key, f"{key.entity} {text}", state) for key, state in zip(keys, states, strict=True)]
    edges = [(keys[1], keys[0]), (keys[2], keys[1]), (keys[1], keys[3]), (keys[4], keys[0])]
    return GraphView(nodes, edges, [keys[1]], title=text)


@dataclass
class Job:
    """Work as it stands, with ``text`` wherever work says something."""

    text: str
    shown: JobSnapshot = field(init=False)

    def __post_init__(self) -> None:
        text = self.text
        error = WrongUse(text or "x", means=text, do=text)
        self.shown = JobSnapshot(
            "j1", text, "capture", text, "failed", text, 1, 3, None, None, (text, text), error, 1, question=text, may_resume=True
        )  # fmt: skip

    def snapshot(self) -> JobSnapshot:
        return self.shown

    def cancel(self) -> bool:
        return False

    def resume(self) -> None:
        return None

    def answer(self, *, yes: bool) -> bool:
        return yes


def states(text: str = "a name") -> ThreeWay:
    """A record in four states, each with ``text`` in another place."""
    text = text.encode("utf-8", "replace").decode()
    before = invoice(text).body
    return ThreeWay(before, {**before, "DocNumber": text}, None, {**before, text or "x": text, "Line": []})


def reviewed(text: str = "a name") -> PlanReview:
    """A review in which something was said of steps and questions."""
    made = small_plan(text)
    review = Review.begin(made).mark(["s001"], "skip").comment("s002", text).comment("s005", text)
    return PlanReview(
        made,
        review=review.decide("Invoice:71", "adopt:9").decide("Bill:70", "keep"),
        results={"s001": Outcome(text, text), "s002": Outcome("verified", text)},
        three_way=lambda _step: states(text),
        conflict_states=lambda _note: states(text),
        receivable=prediction(text).lines,
        title=text,
    )


@dataclass(frozen=True)
class Outcome:
    state: str
    why: str


def after(view: LiveView, *events: Event) -> LiveView:
    """The view after these things were done to it."""
    for event in events:
        view.dispatch(event)
    return view


def paged(text: str = "a name") -> PagedTable:
    text = text.encode("utf-8", "replace").decode()
    columns = [TableColumn("a", text, choices=True), TableColumn("b", "Amount", "money", total=True)]
    return PagedTable(
        TableModel(columns, [(text, Decimal(1)), ("x", Decimal(2))]), title=text, sub=text, selectable=True
    )


def moments(text: str = "a name") -> TimelineView:
    """A timeline of kinds named ``text`` and of known ones, at times that are known and that are not."""
    at = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    held = [
        Moment(at, text, text, text),
        Moment(at + timedelta(hours=30), "added", text, text),
        Moment(at + timedelta(hours=30), "changed", text, text),
        Moment(at, text, text, text, at + timedelta(hours=48)),
    ]
    return TimelineView(held, title=text, sub=text)


def with_a_script(text: str = "a name") -> list[View]:
    """Views that carry a fixed script of their own: in a browser, it is the only one that runs."""
    clean = text.encode("utf-8", "replace").decode()
    columns = [TableColumn("a", clean), TableColumn("b", "Amount", "money", total=True)]
    rows = [(clean, Decimal(1)), ("x", Decimal(2))]
    return [EvidenceTable(columns, rows, name="evidence", title=clean, sub=clean)]


def live_samples(text: str) -> Iterator[LiveView]:
    """Each live view with ``text`` in every position that can come from outside, in each of its forms. One line a form."""
    find, open_all = Event("find", text), Event("open_page")
    yield after(
        DifferenceView(changes(text), before=text, after=text, title=text).live(), Event("reach", "all"), open_all
    )
    yield after(DifferenceView(changes(text), title=text).live(), find)
    yield DifferenceView([], before=text, after=text, title=text).live()
    yield TieOutTable([TieOut(text, text, Decimal(1), Decimal(2), text, text, text)], title=text).live()
    yield VerifiedBalances(verification(text)["balances"], title=text).live()
    yield after(
        PredictedBalance(prediction(text), skipped=2).live(), Event("lines_show", "all"), Event("lines_find", text)
    )
    yield after(reviewed(text).live(), Event("choose", "s005"), Event("write"))
    yield after(reviewed(text).live(), Event("mark_all", ""), Event("choose", "s001"), Event("skip"))
    yield after(reviewed(text).live(), find, Event("tab", "questions"))
    yield after(reviewed(text).live(), Event("tab", "left"))
    yield after(reviewed(text).live(), Event("tab", "balance"))
    yield after(PlanReview(large_plan(40)).live(), Event("page", "last"), Event("mark_all", "approved"))
    yield JobView(Job(text))
    yield after(paged(text), Event("find", text.encode("utf-8", "replace").decode()), Event("choose", "1"))
    listed = LiveTimeline(moments(text))
    yield after(listed, Event("all_in_view"))
    if listed.rows is not None:
        yield listed.rows
    yield after(LiveTimeline(moments(text)), Event("span", "0"))
    yield graph(text).live()
    yield FigureTable([(text, text, text)], title=text, sub=text).live()
    yield figures(text).live()
    yield after(LiveFigures(figures(text), on_figure=lambda _row, _column: None), Event("figure", "0.1"))


def every_view(text: str = "a name") -> list[View]:
    """Each view with ``text`` in every position that can come from outside."""
    effects = [Effect(text, text, Decimal(1), Decimal(3)), Effect("2", text, Decimal(3), Decimal(1))]
    company = Company("1", text, "http://127.0.0.1:1")
    table = AccountEffectTable(effects, title=text, before=text, after=text)
    return [
        DifferenceView(changes(text), before=text, after=text, title=text),
        DifferenceView([], before=text, after=text, title=text),
        graph(text),
        graph(text).folded(2),
        table,
        table.picture(),
        TieOutTable(
            [TieOut(text, text, Decimal(1), Decimal(2), text, text, text), TieOut("2", "b", Decimal(1), Decimal(1))],
            title=text,
        ),
        StepTable(
            [
                Step(text, text, text, text, text, text, text, text),
                Step("s2", "remove", "Bill:1", "", "exact", "verified"),
            ],
            title=text,
        ),
        moments(text),
        TimelineView([], title=text, sub=text),
        FigureTable([(text, text, text), ("n", 3, ""), ("m", Decimal("1.5"), "")], title=text, sub=text),
        RestoredView(verification(text, wrong=1, residual="1.00"), title=text),
        RestoredView(None, title=text),
        SnapshotsView([Snapshot(text, company)], title=text),
        FindingsView([Finding(text, text, text), Finding("code", text)], title=text),
        ExplainedView(
            [Told(text, text, text, text, text, text), Told("code", text, "problem", "", "", "")], title=text
        ),
        ThreeWayView(*states(text), title=text),
        PredictedBalance(prediction(text), receivable=prediction(text).lines, skipped=1, title=text),
        reviewed(text),
        PlanReview(plan(step(1, text="a name"), text="a name"), title=text),
        VerifiedBalances(verification(text)["balances"], title=text),
        JobPicture(Job(text).shown),
        Listing(
            text,
            [Column(text), Column("b", "code"), Column("c", "state")],
            [(Named(text, text), "ab" * 32, Mark("?", text, "quiet")), (text, "x", None)],
            sub=text,
        ),
        *statement_pictures(text),
        figures(text),
    ]


def figures(text: str) -> FiguresTable:
    """A statement of more columns than are drawn side by side, with ``text`` in all its names."""
    values = tuple(Decimal(one) if one % 3 else None for one in range(20))
    rows = [FigureRow(text, values, "account", text), FigureRow(text, values, "total"), FigureRow("b", values, "sum")]
    return FiguresTable(text, [text, *(f"m{one}" for one in range(18)), "Total"], rows, sub=text)


def statement_pictures(text: str) -> list[View]:
    """The pictures of statements with ``text`` in all their names."""
    values = (Decimal(5), Decimal(-2))
    parts = tuple(Part(text, Fill("added", pattern), values) for pattern in ("solid", "hollow", "slant"))
    steps = [waterfall.Step(text, Decimal(5), "level"), waterfall.Step(text, Decimal(-2))]
    return [
        PeriodBars([text, "Feb"], [Stack(text, parts), Stack("b", parts)], title=text, sub=text, line=parts[0]),
        PeriodBars([text, "Feb"], [Stack(text, parts[:1])], title=text),
        waterfall.Waterfall(steps, title=text, sub=text, up=text, down=text),
        AgeingBars([Side(text, (Age(text, Decimal(5), 1), Age("b", Decimal(0), 0)))], title=text, sub=text),
        TieMap([Tie(text, text, text, 3, 1, Decimal(1), 1, (text,)), Tie("b", "", "c", 1)], title=text, sub=text),
    ]
