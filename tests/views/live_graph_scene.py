"""A live record graph to do things with, a source of records that counts, and what holds of every picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_record_graph import company

from akika_forensics.model.record import RecordKey
from akika_widgets.views.graph_scene import LARGEST
from akika_widgets.views.live import Event
from akika_widgets.views.live_graph import LiveGraph
from akika_widgets.views.record_graph import GraphNode, GraphView

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
