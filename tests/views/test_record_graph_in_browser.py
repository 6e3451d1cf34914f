"""The record graph in a browser: what is drawn, what mouse and keys do, and that text from the books stays text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from browsing import served, violations

sys.path.insert(0, str(Path(__file__).parent))
from live_graph_scene import CHAIN, CUSTOMER, DEPOSIT, INVOICE, PAYMENT, Books, node
from test_hostile_text import HOSTILE
from test_record_graph import company
from view_samples import graph

from akika_forensics.model.record import RecordKey
from akika_widgets.views.bindings import module
from akika_widgets.views.graph_binding import shown
from akika_widgets.views.live import Still
from akika_widgets.views.live_graph import LiveGraph
from akika_widgets.views.record_graph import GraphNode, GraphView

pytestmark = pytest.mark.browser
CANVAS = ".ak-graph-canvas"
THEME = resources.files("akika_widgets.views").joinpath("theme.css").read_text(encoding="utf-8")


@contextmanager
def opened(page: Any, live: Any) -> Iterator[Any]:
    """The canvas of a live graph that Panel serves."""
    with served(lambda: live.__panel__()) as address:
        page.goto(address)
        canvas = page.locator(CANVAS)
        canvas.wait_for()
        until(page, lambda: canvas.evaluate("element => Boolean(element.__cy)"))
        yield canvas


def until(page: Any, holds: Any) -> None:
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to hold")


def drawn(canvas: Any) -> set[str]:
    return set(canvas.evaluate("element => element.__cy.nodes().map(node => node.id())"))


def marked(canvas: Any, mark: str) -> set[str]:
    return set(canvas.evaluate("(element, mark) => element.__cy.nodes('.' + mark).map(node => node.id())", mark))


def point(canvas: Any, ident: str) -> dict[str, float]:
    """Where a node stands, once the picture has come to rest."""
    where = "(element, id) => element.__cy.getElementById(id).renderedPosition()"
    before = canvas.evaluate(where, ident)
    for _ in range(60):
        canvas.page.wait_for_timeout(60)
        now = canvas.evaluate(where, ident)
        if now == before:
            return {"x": now["x"], "y": now["y"]}
        before = now
    raise AssertionError(f"{ident} does not come to rest")


def chain() -> LiveGraph:
    books = Books([node(key) for key in (CUSTOMER, INVOICE, PAYMENT, DEPOSIT)], CHAIN)
    books.nodes[INVOICE] = node(INVOICE, "removed")
    first = [books.nodes[INVOICE], books.nodes[CUSTOMER]]
    return GraphView(first, CHAIN[2:3], expand=books.expand, levels=books.levels).live()


def test_a_click_chooses_dims_the_others_and_is_known_in_python(page: Any) -> None:
    live = graph().live()
    with opened(page, live) as canvas:
        assert drawn(canvas) == set(live.columns()["id"])
        assert marked(canvas, "chosen") == {"Invoice:130"}
        canvas.click(position=point(canvas, "Customer:2"))
        until(page, lambda: live.chosen == RecordKey("Customer", "2"))
        until(page, lambda: marked(canvas, "chosen") == {"Customer:2"})
        until(page, lambda: marked(canvas, "dim") == {"Invoice:130", "Payment:60", "Item:a name"})
        page.get_by_role("heading", name="a name", exact=False).first.wait_for()
        until(page, lambda: page.get_by_role("status").inner_text().startswith("Customer a name (Customer:2)"))
        # The free ground beside the nodes chooses nothing.
        canvas.click(position={"x": 30, "y": 300})
        until(page, lambda: live.chosen is None)
        until(page, lambda: marked(canvas, "dim") == set())


def test_a_double_click_shows_more_and_keeps_what_was_there(page: Any) -> None:
    live = chain()
    with opened(page, live) as canvas:
        assert drawn(canvas) == {"Invoice:130", "Customer:1"}
        canvas.dblclick(position=point(canvas, "Invoice:130"))
        until(page, lambda: drawn(canvas) == {"Invoice:130", "Customer:1", "Payment:60"})
        assert canvas.evaluate("element => element.__cy.edges().length") == 3
        until(page, lambda: live.chosen == INVOICE)


def test_the_picture_has_ink_where_its_words_are(page: Any) -> None:
    with opened(page, graph().live()) as canvas:
        point(canvas, "Invoice:130")
        ink = """element => {
            const words = element.querySelector("canvas.ak-graph-words");
            const {data} = words.getContext("2d").getImageData(0, 0, words.width, words.height);
            let count = 0;
            for (let at = 3; at < data.length; at += 4) count += data[at] > 200;
            return count;
        }"""
        assert canvas.evaluate(ink) > 2_000


def test_with_keys_alone(page: Any) -> None:
    live = chain()
    with opened(page, live) as canvas:
        for _ in range(30):
            page.keyboard.press("Tab")
            if canvas.evaluate("element => element.getRootNode().activeElement === element"):
                break
        else:
            raise AssertionError("the canvas is not reached with Tab")
        page.keyboard.press("ArrowLeft")
        until(page, lambda: live.chosen is not None)
        page.keyboard.press("ArrowRight")
        until(page, lambda: live.chosen == INVOICE)
        page.keyboard.press("ArrowLeft")
        until(page, lambda: live.chosen == CUSTOMER)
        page.keyboard.press("Enter")
        until(page, lambda: "Payment:60" in drawn(canvas))
        page.keyboard.press("+")
        page.keyboard.press("+")
        near = canvas.evaluate("element => element.__cy.zoom()")
        page.keyboard.press("f")
        assert canvas.evaluate("element => element.__cy.zoom()") < near
        page.keyboard.press("Escape")
        until(page, lambda: live.chosen is None)
        page.keyboard.press("/")
        page.keyboard.type("payment")
        until(page, lambda: live.chosen == PAYMENT)
        until(page, lambda: marked(canvas, "hit") == {"Payment:60"})
        until(page, lambda: canvas.get_attribute("aria-label").find("Chosen: Payment 60") > 0)


def test_keys_faster_than_the_answers_lose_no_step(page: Any) -> None:
    live = chain()
    with opened(page, live) as canvas:
        canvas.focus()
        page.keyboard.press("ArrowLeft")
        until(page, lambda: live.chosen is not None)
        page.keyboard.press("ArrowRight")
        for _ in range(8):
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowRight")
        until(page, lambda: live.chosen == INVOICE and marked(canvas, "chosen") == {str(INVOICE)})
        page.wait_for_timeout(300)
        assert live.chosen == INVOICE
        assert marked(canvas, "chosen") == {str(INVOICE)}


def test_a_search_is_walked_with_enter(page: Any) -> None:
    nodes, edges = company(30)
    live = GraphView(nodes, edges).live()
    with opened(page, live) as canvas:
        field = page.get_by_label("Find a record")
        field.press_sequentially("payment", delay=15)
        until(page, lambda: len(live.found()) > 2)
        first = live.chosen_id()
        assert first == live.found()[0]
        page.get_by_text(f"1 of {len(live.found())}").wait_for()
        field.press("Enter")
        until(page, lambda: live.chosen_id() == live.found()[1])
        until(page, lambda: marked(canvas, "chosen") == {live.found()[1]})
        field.press("Shift+Enter")
        until(page, lambda: live.chosen_id() == first)
        assert field.input_value() == "payment"


def test_everything_can_be_done_in_the_list(page: Any) -> None:
    live = chain()
    with opened(page, live) as canvas:
        side = page.get_by_role("region", name="The graph as a list")
        side.get_by_role("button", name="Invoice 130 removed").first.click()
        until(page, lambda: live.chosen == INVOICE)
        until(page, lambda: marked(canvas, "chosen") == {"Invoice:130"})
        side.get_by_role("button", name="Show 1 more in the picture").click()
        until(page, lambda: "Payment:60" in drawn(canvas))
        side.get_by_role("button", name="Payment 60 unchanged").first.focus()
        page.keyboard.press("Enter")
        until(page, lambda: live.chosen == PAYMENT)
        page.get_by_role("button", name="What it needs").click()
        until(page, lambda: live.way == "needs")
        page.get_by_role("button", name="Restore order").click()
        until(page, lambda: canvas.evaluate("e => e.__cy.getElementById('Invoice:130').data('rank')") == 1)
        side.get_by_text("Step 1 (1)").wait_for()


@pytest.mark.parametrize("name", ["script", "attribute", "end of svg", "direction override", "surrogate", "template"])
def test_hostile_labels_stay_text(page: Any, name: str) -> None:
    text = HOSTILE[name].replace("alert(1)", "window.__hacked=1")
    live = graph(text).live()
    with opened(page, live) as canvas:
        assert len(drawn(canvas)) == 5
        canvas.click(position=point(canvas, "Customer:2"))
        until(page, lambda: live.chosen == RecordKey("Customer", "2"))
        canvas.hover(position=point(canvas, "Customer:1"))
        page.get_by_label("Find a record").fill(text)
        until(page, lambda: live.search == text[:200] or not text.isprintable())
        assert page.evaluate("window.__hacked") is None
        assert page.locator(".ak-graph-frame :is(script, img, b)").count() == 0


def test_axe_has_nothing_serious_to_say(page: Any) -> None:
    nodes, edges = company(120)
    live = GraphView(nodes, edges, [nodes[4].key]).live()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        with opened(page, live):
            page.add_style_tag(content=THEME)
            assert violations(page) == []


def test_the_canvas_follows_the_theme_of_the_page(page: Any) -> None:
    with opened(page, graph().live()) as canvas:
        page.add_style_tag(content=THEME)
        ground = "element => element.__cy.getElementById('Customer:1').style('background-color')"
        assert canvas.evaluate(ground) == "rgb(255,255,255)"
        page.evaluate("document.documentElement.dataset.akikaTheme = 'dark'")
        until(page, lambda: canvas.evaluate(ground) == "rgb(22,25,29)")


def test_the_picture_of_reports_follows_it_too_inside_a_shadow_tree(page: Any) -> None:
    with served(lambda: Still(graph()).__panel__()) as address:
        page.goto(address)
        paper = page.locator("svg.ak-graph > rect.paper")
        paper.wait_for()
        assert paper.evaluate("element => element.getRootNode() instanceof ShadowRoot")
        fill = "element => getComputedStyle(element).fill"
        assert paper.evaluate(fill) == "rgb(255, 255, 255)"
        page.add_style_tag(content=THEME)
        page.evaluate("document.documentElement.dataset.akikaTheme = 'dark'")
        assert paper.evaluate(fill) == "rgb(22, 25, 29)"
        page.emulate_media(media="print")
        assert paper.evaluate(fill) == "rgb(255, 255, 255)"


def test_a_page_that_chose_light_has_light_pictures_on_a_dark_system(page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_content(f"<!DOCTYPE html><html lang='en'><style>{THEME}</style>{graph().svg()}</html>")
    fill = "element => getComputedStyle(element).fill"
    paper = page.locator("rect.paper")
    assert paper.evaluate(fill) == "rgb(22, 25, 29)"
    page.evaluate("document.documentElement.dataset.akikaTheme = 'light'")
    assert paper.evaluate(fill) == "rgb(255, 255, 255)"


def test_on_a_narrow_page_the_list_stands_below(page: Any) -> None:
    live = graph().live()
    with opened(page, live) as canvas:
        side = page.get_by_role("region", name="The graph as a list")
        assert side.bounding_box()["x"] > canvas.bounding_box()["x"] + canvas.bounding_box()["width"]
        page.set_viewport_size({"width": 420, "height": 800})
        until(page, lambda: side.bounding_box()["y"] > canvas.bounding_box()["y"] + canvas.bounding_box()["height"])
        assert page.evaluate("document.documentElement.scrollWidth") <= 420
        # The picture was fitted anew to its smaller place.
        until(page, lambda: 0 < point(canvas, "Payment:60")["x"] < 420)


def test_five_thousand_records_are_drawn_and_answer(page: Any) -> None:
    nodes, edges = company(5_000)
    live = GraphView(nodes, edges, drawn=5_000).live()
    live.visible.scope = "whole"
    live.visible.drop()
    with opened(page, live) as canvas:
        assert canvas.evaluate("element => element.__cy.nodes().length") == 5_000
        assert canvas.evaluate("element => element.__cy.edges()[0].style('curve-style')") == "haystack"
        canvas.evaluate(
            "(element, id) => { element.__cy.zoom(1); element.__cy.center(element.__cy.getElementById(id)); }",
            str(nodes[7].key),
        )
        canvas.click(position=point(canvas, str(nodes[7].key)))
        until(page, lambda: live.chosen == nodes[7].key)


# -- the same module as anywidget calls it ---------------------------------------------------------------------------------

PAGE = "<!DOCTYPE html><html lang='en'><head><title>Graph</title></head><body><main id='here'></main></body></html>"
START = """async ([source, values]) => {
    const {default: widget} = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
    const watchers = new Map();
    const model = window.model = {
        values, saved: 0,
        get: name => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => { model.saved += 1; },
        on: (name, call) => watchers.set(name, [...(watchers.get(name) ?? []), call]),
        off: (name, call) => watchers.set(name, (watchers.get(name) ?? []).filter(held => held !== call)),
        change(fresh) { Object.assign(values, fresh); for (const name of Object.keys(fresh)) for (const call of watchers.get(`change:${name}`) ?? []) call(); },
        listening: () => [...watchers.values()].flat().length,
    };
    window.stop = widget.render({model, el: document.querySelector("#here")});
}"""


def test_the_module_is_an_anywidget_and_leaves_nothing_behind(page: Any) -> None:
    live = chain()
    page.set_content(PAGE)
    page.evaluate(START, [module("graph"), {**shown(live), "events": [], "seen": 0}])
    canvas = page.locator(CANVAS)
    until(page, lambda: canvas.evaluate("element => Boolean(element.__cy)"))
    canvas.click(position=point(canvas, "Customer:1"))
    assert page.evaluate("model.values.events") == [{"n": 1, "act": "choose", "value": "Customer:1", "fields": {}}]
    page.get_by_role("button", name="Restore order").click()
    events = page.evaluate("model.values.events")
    assert [(one["n"], one["act"]) for one in events] == [(1, "choose"), (2, "order")], "canvas and list count together"
    page.evaluate("window.cy = document.querySelector('.ak-graph-canvas').__cy; stop()")
    assert page.locator("#here").inner_html() == ""
    assert page.evaluate("cy.destroyed()")
    assert page.evaluate("model.listening()") == 0


def test_changes_from_python_are_drawn_without_a_new_canvas(page: Any) -> None:
    live = chain()
    page.emulate_media(reduced_motion="reduce")
    page.set_content(PAGE)
    page.evaluate(START, [module("graph"), {**shown(live), "events": [], "seen": 0}])
    canvas = page.locator(CANVAS)
    until(page, lambda: canvas.evaluate("element => Boolean(element.__cy)"))
    canvas.evaluate("element => { window.first = element.__cy; }")
    live._expand("Invoice:130", ("needs", "dependents"))
    page.evaluate("fresh => model.change(fresh)", shown(live))
    assert drawn(canvas) == {"Invoice:130", "Customer:1", "Payment:60"}
    assert marked(canvas, "chosen") == {"Invoice:130"}
    assert canvas.evaluate("element => element.__cy === window.first")
    assert not canvas.evaluate("element => element.__cy.nodes().some(node => node.animated())")
    empty = GraphView([], []).live()
    page.evaluate("fresh => model.change(fresh)", shown(empty))
    assert drawn(canvas) == set()
    page.evaluate("fresh => model.change(fresh)", shown(live))
    assert len(drawn(canvas)) == 3


def test_the_widget_of_a_notebook_answers_like_the_view() -> None:
    live = chain()
    made = live.widget()
    bundle = made._repr_mimebundle_()
    found = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in found
    assert made._esm == module("graph")
    assert "layout" not in {name for name in type(made).class_own_traits() if not name.startswith("_")}
    made.events = [{"n": 1, "act": "choose", "value": "Invoice:130", "fields": {}}]
    assert (made.seen, made.chosen) == (1, "Invoice:130")
    before = made.data
    made.events = [{"n": 1, "act": "clear"}, {"n": 2, "act": "expand", "value": "Invoice:130"}]
    assert made.seen == 2
    assert made.chosen == "Invoice:130", "what was answered is not answered again"
    assert len(before["id"]) == 2
    assert len(made.data["id"]) == 3
    made.close()


def test_a_static_view_shows_its_live_form_where_notebooks_ask_for_it() -> None:
    view = GraphView([GraphNode(INVOICE, "Invoice 130")], [])
    assert isinstance(view.live(), LiveGraph)
    assert set(view._repr_mimebundle_()) == {"image/svg+xml", "text/plain"}
