"""The live record graph without a browser: events go in, columns and a list come out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from test_hostile_text import HOSTILE
from test_record_graph import company
from view_samples import graph

from akika_forensics.case.values import NAMED, graph_view
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views.graph_records import FOLLOWED, KnownRecords
from akika_widgets.views.graph_scene import LARGEST, near, place_id, reached
from akika_widgets.views.live import Event
from akika_widgets.views.live_graph import LiveGraph
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.visible_graph import FEW, FOLDED

CUSTOMER, INVOICE, PAYMENT, DEPOSIT = (
    RecordKey("Customer", "1"),
    RecordKey("Invoice", "130"),
    RecordKey("Payment", "60"),
    RecordKey("Deposit", "7"),
)
CHAIN = [(DEPOSIT, PAYMENT), (PAYMENT, INVOICE), (INVOICE, CUSTOMER), (PAYMENT, CUSTOMER)]


def node(key: RecordKey, state: str = "unchanged") -> GraphNode:
    return GraphNode(key, f"{key.entity} {key.id}", state)


class Books:
    """A source of records that counts how often it is asked."""

    def __init__(self, nodes: Iterable[GraphNode], edges: Iterable[tuple[RecordKey, RecordKey]]) -> None:
        self.nodes = {one.key: one for one in nodes}
        self.edges = list(edges)
        self.asked: list[tuple[RecordKey, str]] = []

    def expand(self, key: RecordKey, way: str) -> tuple[list[GraphNode], list[tuple[RecordKey, RecordKey]]]:
        self.asked.append((key, way))
        pairs = [(b if way == "needs" else a) for a, b in self.edges if (a if way == "needs" else b) == key]
        return [self.nodes[one] for one in pairs], [edge for edge in self.edges if edge[0] in {key, *pairs}]

    def levels(self, keys: Iterable[RecordKey]) -> list[list[RecordKey]]:
        left, ranks = set(keys), []
        while left:
            level = sorted(key for key in left if not any(a == key and b in left for a, b in self.edges))
            ranks.append(level)
            left -= set(level)
        return ranks


def chain(*, removed: Iterable[RecordKey] = ()) -> tuple[Books, LiveGraph]:
    books = Books(
        [node(key, "removed" if key in removed else "unchanged") for key in (CUSTOMER, INVOICE, PAYMENT, DEPOSIT)],
        CHAIN,
    )
    held = [edge for edge in CHAIN if edge[0] == INVOICE]
    view = GraphView(
        [books.nodes[INVOICE], books.nodes[CUSTOMER]], held, [INVOICE], expand=books.expand, levels=books.levels
    )
    return books, view.live()


def big(size: int, focus: int | None = None) -> LiveGraph:
    nodes, edges = company(size)
    return GraphView(nodes, edges, [nodes[focus].key] if focus is not None else []).live()


def ids(live: LiveGraph) -> set[str]:
    return set(live.columns()["id"])


def do(live: LiveGraph, act: str, value: str = "") -> bool:
    done = live.dispatch(Event(act, value))
    check(live)
    return done


def check(live: LiveGraph) -> None:
    """What holds of every picture."""
    columns = live.columns()
    count = len(columns["id"])
    assert len(set(columns["id"])) == count <= LARGEST
    for name in ("label", "above", "spoken", "entity", "role", "state", "symbol", "focus", "size", "rank", "x", "y"):
        assert len(columns[name]) == count, name
    assert len(columns["src"]) == len(columns["dst"]) == len(columns["tone"]) == len(columns["weight"])
    assert all(0 <= place < count for place in (*columns["src"], *columns["dst"]))
    if not columns["big"]:
        assert len(columns["lines"]) == count
        assert len(columns["via"]) == len(columns["src"])
        assert all(len(points) % 2 == 0 and points for points in columns["via"])
    assert live.chosen_id() in {"", *columns["id"]}
    assert set(live.found()) <= set(columns["id"])
    assert json.loads(json.dumps(columns)) == columns, "columns are plain values"
    assert columns is live.columns(), "an unchanged picture is not sent again"


# -- walking ---------------------------------------------------------------------------------------------------------------


def test_the_focus_is_chosen_and_its_neighbours_are_listed() -> None:
    _, live = chain()
    assert live.chosen == INVOICE
    text = words(live)
    assert "Needs (1)" in text
    assert "Hangs on it (1)" in text
    assert "Customer 1" in text


def test_choosing_a_record_asks_once_for_what_it_needs_and_what_hangs_on_it() -> None:
    books, live = chain()
    assert do(live, "choose", "Customer:1")
    assert do(live, "choose", "Invoice:130")
    assert do(live, "choose", "Customer:1")
    assert books.asked == [(INVOICE, "needs"), (INVOICE, "dependents"), (CUSTOMER, "needs"), (CUSTOMER, "dependents")]
    assert live.notice == "Customer 1 (Customer:1), unchanged. It needs 0; 2 hang on it."
    assert ids(live) == {"Customer:1", "Invoice:130"}, "to look is not to expand"


def test_expanding_adds_what_hangs_on_a_record_with_its_references() -> None:
    _, live = chain()
    assert do(live, "expand", "Invoice:130")
    assert ids(live) == {"Customer:1", "Invoice:130", "Payment:60"}
    columns = live.columns()
    names = columns["id"]
    pairs = {(names[a], names[b]) for a, b in zip(columns["src"], columns["dst"], strict=True)}
    assert pairs == {("Invoice:130", "Customer:1"), ("Payment:60", "Invoice:130"), ("Payment:60", "Customer:1")}
    assert live.notice == "1 more in the picture."
    assert not do(live, "expand", "Invoice:130")
    assert live.notice == "All that it needs and all that hangs on it is in the picture."


def test_a_direction_is_followed_to_its_end_and_back() -> None:
    _, live = chain()
    assert do(live, "way", "dependents")
    assert ids(live) == {"Invoice:130", "Payment:60", "Deposit:7"}
    assert "What hangs on it: " in words(live)
    assert do(live, "way", "needs")
    assert ids(live) == {"Invoice:130", "Customer:1"}
    assert do(live, "clear")
    assert live.way == "all"
    assert do(live, "clear")
    assert live.chosen is None
    assert not do(live, "way", "needs")
    assert live.notice == "Choose a record first."


def test_a_direction_without_an_end_is_cut_off_and_says_so() -> None:
    keys = [RecordKey("Invoice", str(at)) for at in range(FOLLOWED + 400)]
    books = Books([node(key) for key in keys], [])

    def expand(key: RecordKey, way: str) -> tuple[list[GraphNode], list[tuple[RecordKey, RecordKey]]]:
        following = keys[int(key.id) + 1 : int(key.id) + 2] if way == "needs" else []
        return [books.nodes[one] for one in following], [(key, one) for one in following]

    live = GraphView([books.nodes[keys[0]]], [], [keys[0]], expand=expand).live()
    assert do(live, "way", "needs")
    assert f"followed for {FOLLOWED:,} records" in live.notice
    assert len(live.nodes) < len(keys)


def test_what_the_source_of_records_raises_is_said_and_changes_nothing() -> None:
    class Gone(Exception):
        what, means, do = "The vault is shut.", "", "Open it."

    def expand(key: RecordKey, way: str) -> Any:
        raise Gone

    live = GraphView([node(INVOICE), node(CUSTOMER)], [], [INVOICE], expand=expand).live()
    before = live.columns()
    assert "Look for more" in words(live)
    assert not do(live, "expand", "Invoice:130")
    assert live.notice == "The vault is shut. Open it."
    assert live.columns() is before


@pytest.mark.parametrize("value", ["Invoice:999", "nothing", "*Invoice/removed", "\u202e"])
def test_what_is_not_there_cannot_be_chosen(value: str) -> None:
    _, live = chain()
    assert not do(live, "choose", value)
    assert live.notice == "That record is not in the picture."
    assert live.chosen == INVOICE


@pytest.mark.parametrize("act", ["way", "scope", "kind", "state"])
def test_values_nobody_offered_are_refused(act: str) -> None:
    _, live = chain()
    before = live.columns()
    assert not do(live, act, "<script>")
    assert live.columns() is before


# -- search ----------------------------------------------------------------------------------------------------------------


def test_a_search_walks_its_hits_in_the_order_of_the_picture() -> None:
    live = big(30)
    assert do(live, "find", "invoice 1")
    hits = live.found()
    assert len(hits) > 1
    assert live.chosen_id() == hits[0]
    assert f"1 of {len(hits)}" in words(live)
    seen = [live.chosen_id()]
    for _ in hits[1:]:
        assert do(live, "step", "on")
        seen.append(live.chosen_id())
    assert seen == hits
    assert do(live, "step", "on")
    assert live.chosen_id() == hits[0]
    assert do(live, "step", "back")
    assert live.chosen_id() == hits[-1]
    assert do(live, "find", "no such record")
    assert live.notice == "Not found in the picture."
    assert not do(live, "step", "on")


def test_a_search_finds_what_is_inside_stacks_and_what_is_not_in_the_picture() -> None:
    live = big(400, focus=4)
    assert live.scope == "near"
    outside = next(key for key in live.nodes if key not in live.scene.place_of)
    do(live, "find", str(outside))
    assert outside in live.elsewhere()
    assert "Found, but not in the picture" in words(live)
    assert do(live, "choose", str(outside))
    assert live.chosen == outside
    assert str(outside) in ids(live)
    folded = big(200)
    stack = next(place for place, one in folded.scene.drawn.items() if one.stack)
    inside = RecordKey(*folded.scene.members[stack][0].key)
    do(folded, "find", str(inside))
    assert place_id(stack) in folded.found()


# -- extent ----------------------------------------------------------------------------------------------------------------


def test_few_records_are_each_drawn_and_more_are_collapsed_at_first() -> None:
    assert len(ids(big(FEW))) == FEW
    live = big(200)
    assert live.scope == "types"
    columns = live.columns()
    assert len(columns["id"]) < FEW
    assert sum(columns["size"]) == 200
    assert all(size == 1 or size >= FOLDED for size in columns["size"])
    assert do(live, "scope", "whole")
    assert len(ids(live)) == 200


@pytest.mark.parametrize("size", [301, 2_000, 6_000])
def test_the_first_picture_has_at_most_three_hundred_places(size: int) -> None:
    for focus in (None, 4):
        live = big(size, focus)
        check(live)
        assert len(ids(live)) <= 300


def test_a_stack_opens_and_a_chosen_member_stands_alone() -> None:
    live = big(200)
    stack = next(place for place, one in live.scene.drawn.items() if one.stack)
    members = live.scene.members[stack]
    assert do(live, "choose", str(members[0].key))
    assert str(members[0].key) in ids(live)
    assert live.scene.drawn[stack].size == len(members) - 1
    assert do(live, "expand", place_id(stack))
    assert {str(one.key) for one in members} <= ids(live)


def test_more_than_a_picture_can_hold_is_refused_with_a_way_out() -> None:
    live = big(6_000)
    assert not do(live, "scope", "whole")
    assert live.notice.endswith("choose a type or a state first.")
    assert do(live, "kind", "Deposit")
    assert do(live, "scope", "whole")
    assert {key.partition(":")[0] for key in ids(live)} == {"Deposit"}
    assert do(live, "kind", "")
    assert len(ids(live)) <= LARGEST


def test_filters_keep_the_chosen_record() -> None:
    live = big(60)
    customer = next(str(key) for key in live.nodes if key.entity == "Customer")
    do(live, "choose", customer)
    assert do(live, "kind", "Deposit")
    assert customer in ids(live)
    assert do(live, "state", "removed")
    assert customer in ids(live)


def test_above_a_thousand_there_are_no_labels_and_no_curves() -> None:
    live = big(1_500)
    assert not live.columns()["big"]
    do(live, "scope", "whole")
    columns = live.columns()
    assert columns["big"]
    assert columns["lines"] == columns["via"] == []
    assert len(columns["label"]) == 1_500


# -- restore order ---------------------------------------------------------------------------------------------------------


def test_the_restore_order_numbers_what_was_removed_and_names_its_steps() -> None:
    _, live = chain(removed=[INVOICE, PAYMENT, DEPOSIT])
    do(live, "expand")
    do(live, "choose", "Payment:60")
    do(live, "expand")
    assert do(live, "order")
    columns = live.columns()
    ranks = dict(zip(columns["id"], columns["rank"], strict=True))
    assert ranks == {"Customer:1": 0, "Invoice:130": 1, "Payment:60": 2, "Deposit:7": 3}
    assert [words for _, words in columns["headings"]] == ["Already there", "Step 1", "Step 2", "Step 3"]
    places = dict(zip(columns["id"], columns["x"], strict=True))
    assert places["Customer:1"] < places["Invoice:130"] < places["Payment:60"] < places["Deposit:7"]
    assert live.notice == "3 records in 3 steps: what others need comes first."
    assert "Restore order: 3 steps" in words(live)
    assert do(live, "order")
    assert set(live.columns()["rank"]) == {0}


def test_without_an_order_the_button_says_so() -> None:
    live = graph().live()
    assert not do(live, "order")
    assert live.notice == "No restore order is known for these records."


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30), st.sets(st.integers(0, 11)))
def test_what_a_record_needs_has_an_earlier_number(pairs: list[tuple[int, int]], gone: set[int]) -> None:
    keys = [RecordKey("Invoice", str(at)) for at in range(12)]
    edges = [(keys[max(a, b)], keys[min(a, b)]) for a, b in pairs if a != b]
    books = Books([node(key, "removed" if int(key.id) in gone else "unchanged") for key in keys], edges)
    live = GraphView(books.nodes.values(), edges, levels=books.levels).live()
    do(live, "order")
    rank = {place: live.scene.rank[place] for place in live.scene.rank}
    assert {int(key.id) for key in rank} == (gone or set(range(12)))
    assert all(rank[b] < rank[a] for a, b in edges if a in rank and b in rank)


# -- whatever is done ------------------------------------------------------------------------------------------------------

ACTS = [
    "choose",
    "clear",
    "expand",
    "expand_needs",
    "expand_dependents",
    "way",
    "scope",
    "find",
    "step",
    "order",
    "kind",
    "state",
]


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_done_the_picture_stays_sound(data: st.DataObject) -> None:
    nodes, edges = company(data.draw(st.sampled_from([0, 1, 12, 60, 340])), seed=data.draw(st.integers(0, 3)))
    books = Books(nodes, edges)
    first = nodes[: len(nodes) // 2 + 1]
    focus = [one.key for one in first[2 : data.draw(st.integers(2, 9))]]
    live = GraphView(first, edges, focus, expand=books.expand, levels=books.levels).live()
    check(live)
    for _ in range(data.draw(st.integers(1, 8))):
        act = data.draw(st.sampled_from(ACTS))
        offered = {
            "way": ["all", "needs", "dependents"],
            "scope": ["near", "types", "whole"],
            "find": ["", "in", "1", "zzz"],
            "step": ["on", "back"],
            "kind": [value for value, _ in live.kinds()],
            "state": [value for value, _ in live.states()],
        }.get(act, ["", *sorted(ids(live))])
        do(live, act, data.draw(st.sampled_from(offered)))
        parse(live)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_labels_stay_text_in_the_list_and_plain_in_the_columns(text: str) -> None:
    plain = parse(graph("a plain name").live()).names
    live = graph(text).live()
    check(live)
    do(live, "find", text)
    assert parse(live).names == plain
    columns = json.dumps(live.columns())
    columns.encode("utf-8")
    assert not set("\x00\x07\x1b\x7f\x85\u202e\u2066\ufffe\uffff") & set("".join(json.loads(columns)["label"]))
    assert len(columns) < 60_000


def test_ids_of_different_places_differ_whatever_they_hold() -> None:
    odd = ["1", "1\u202e", "\x00", "", "x" * 900, "x" * 901, "half \ud800", "half \udc00", "a/b"]
    keys = [RecordKey("Invoice", one) for one in odd]
    assert len({place_id(key) for key in keys}) == len(odd)
    live = GraphView([node(key) for key in keys], []).live()
    check(live)
    for key in keys:
        assert do(live, "choose", place_id(key))
        assert live.chosen == key


class Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.ids: list[str] = []
        self.words: list[str] = []
        self.style = False

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(name)
        self.style = name == "style"
        self.ids += [value for key, value in attrs if key == "id" and value]

    def handle_endtag(self, name: str) -> None:
        self.style = False

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.words.append(data)


def parse(live: LiveGraph) -> Markup:
    markup = Markup()
    markup.feed(live.render())
    assert len(markup.ids) == len(set(markup.ids)), "an id stands once"
    return markup


def words(live: LiveGraph) -> str:
    return " ".join("".join(parse(live).words).split())


# -- the parts -------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=40), st.integers(1, 21))
def test_the_neighbourhood_is_whole_steps_and_never_too_much(pairs: list[tuple[int, int]], limit: int) -> None:
    keys = [RecordKey("Invoice", str(at)) for at in range(21)]
    edges = [(keys[a], keys[b]) for a, b in pairs]
    found = near([keys[0]], edges, keys, limit)
    assert keys[0] in found
    assert len(found) <= limit
    everything = {keys[0]}
    while more := {other for a, b in edges for other in (a, b) if {a, b} & everything} - everything:
        if len(everything) + len(more) > limit:
            break
        everything |= more
    assert found == everything


def test_what_is_reached_in_a_circle_ends() -> None:
    towards = {INVOICE: [PAYMENT], PAYMENT: [INVOICE, CUSTOMER]}
    assert reached(INVOICE, towards) == {INVOICE, PAYMENT, CUSTOMER}


def test_known_records_are_complete_without_a_source() -> None:
    known = KnownRecords([node(INVOICE)], [(INVOICE, CUSTOMER)])
    assert known.complete(INVOICE, "needs")
    assert known.beside(INVOICE, "needs") == []
    assert known.linked("needs") == {INVOICE: [CUSTOMER]}


# -- from a snapshot -------------------------------------------------------------------------------------------------------


class Held:
    """As much of a snapshot as a picture needs."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}
        self.read = 0

    def records(self) -> Iterable[Record]:
        return self._records.values()

    def get_many(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        found = {key: self._records[key] for key in keys if key in self._records}
        self.read += len(found)
        return found


def record(entity: str, ident: str, **body: Any) -> Record:
    return Record(RecordKey(entity, ident), encode({"Id": ident, **body}))


def test_a_case_expands_through_the_whole_snapshot() -> None:
    customer = record("Customer", "1", DisplayName="Amy")
    reference = {"CustomerRef": {"value": "1"}}
    invoices = [record("Invoice", str(at), DocNumber=f"N{at}", **reference) for at in range(1, NAMED + 51)]
    payment = record("Payment", "5000", **reference, Line=[{"LinkedTxn": [{"TxnId": "7", "TxnType": "Invoice"}]}])
    held = Held([customer, *invoices, payment])
    view: Any = graph_view(held, [RecordKey("Invoice", "7")], 1, {RecordKey("Invoice", "7"): "removed"})  # type: ignore[arg-type]
    live = view.live()
    assert ids(live) == {"Customer:1", "Invoice:7", "Payment:5000"}
    labels = {one.label for one in view.nodes}
    assert labels == {"Customer Amy", "Invoice N7", "Payment 5000"}
    before = held.read
    assert do(live, "expand", "Customer:1")
    assert held.read - before == NAMED, "beyond these nobody waits for names"
    assert len(live.nodes) == NAMED + 52
    assert sum(live.columns()["size"]) == NAMED + 52
    assert live.nodes[RecordKey("Invoice", "7")].state == "removed"
    assert do(live, "order")
    assert list(live.scene.rank.values()) == [1]


def test_a_case_gives_the_order_of_its_graph() -> None:
    records = [record("Customer", "1"), record("Invoice", "2", CustomerRef={"value": "1"})]
    view = graph_view(Held(records), [RecordKey("Invoice", "2")], None, {})  # type: ignore[arg-type]
    keys = [one.key for one in records]
    assert view.levels is not None
    assert view.levels(keys) == ReferenceGraph.of(records).levels(keys) == [[keys[0]], [keys[1]]]
