"""The live record graph without a browser: events go in, columns and a list come out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from live_graph_scene import CUSTOMER, DEPOSIT, INVOICE, PAYMENT, Books, big, chain, check, do, ids, node, parse, words
from test_hostile_text import HOSTILE
from test_record_graph import company
from view_samples import graph

from akika_forensics.model.record import RecordKey
from akika_widgets.views.graph_records import FOLLOWED
from akika_widgets.views.graph_scene import LARGEST, place_id
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.visible_graph import FEW, FOLDED

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
