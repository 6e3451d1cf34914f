"""A live timeline as it is drawn: what moves along it, the picture with the bars over it, the kinds to tick, and what is listed below."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from akika_widgets.views import controls
from akika_widgets.views.markup import Markup, join, style_block, tag
from akika_widgets.views.paged_rows import paged_stylesheet
from akika_widgets.views.timeline_over import bars_over
from akika_widgets.views.timeline_picture import Drawing, looks_of, picture, span_words, words_of

if TYPE_CHECKING:
    from akika_widgets.views.live_timeline import LiveTimeline


def timeline_sheet(view: LiveTimeline, drawn: Drawing, chosen: datetime | None) -> Markup:
    """All of a timeline that has events; ``drawn`` is what is in view, ``chosen`` where the bar begins whose events are listed."""
    return join(
        [
            style_block(paged_stylesheet()),
            _bar(view),
            _picture(view, drawn, chosen),
            _spans(view, drawn),
            _listed(view),
        ]
    )


def _bar(view: LiveTimeline) -> Markup:
    looking = tag(
        "span",
        controls.button(view, "← Earlier", "move", "earlier", keys="e"),
        controls.button(view, "Later →", "move", "later", keys="l"),
        controls.button(view, "Closer", "closer", keys="+"),
        controls.button(view, "Wider", "wider", keys="-"),
        controls.button(view, "All", "whole", keys="0", name="All of it"),
        class_="ak-pages",
        role="group",
        aria_label="What is in view",
    )
    return tag("div", looking, controls.button(view, "List all in view", "all_in_view"), class_="ak-bar ak-middle")


def _kinds(view: LiveTimeline) -> Markup | None:
    kinds = view.view.events.kinds
    if len(kinds) < 2:
        return None
    looks = looks_of(kinds)
    boxes = [
        controls.checkbox(
            view,
            join([tag("bdi", f"{looks[kind].symbol} {looks[kind].word or '(no kind)'}".strip())]),
            "kind",
            str(place),
            checked=kind not in view.off,
        )
        for place, kind in enumerate(kinds)
    ]
    return tag("div", *boxes, class_="ak-bar ak-middle", role="group", aria_label="Kinds that are drawn")


def _picture(view: LiveTimeline, drawn: Drawing, chosen: datetime | None) -> Markup:
    over = bars_over(drawn, chosen, name=str(id(view)))
    box = tag("div", picture(drawn, view.view.words(drawn)), over, class_="ak-timeline-box")
    hint = "Draw across the bars to look closer; the arrow keys walk them, Enter lists what one stands for."
    return join(
        [
            tag("div", box, class_="ak-scroll", tabindex="0", role="region", aria_label=view.title),
            _kinds(view),
            tag("p", hint, class_="ak-hint"),
        ]
    )


def _spans(view: LiveTimeline, drawn: Drawing) -> Markup | None:
    if not drawn.spans:
        return None
    pressed = [
        controls.button(
            view,
            f"List {words_of(span.counts)}",
            "span",
            str(place),
            name=f"List {words_of(span.counts)}, {span_words(span, drawn.bins)}",
        )
        for place, span in enumerate(drawn.spans)
    ]
    return tag(
        "div",
        tag("span", "At a time between two snapshots:", class_="ak-quiet"),
        *pressed,
        class_="ak-bar ak-middle",
        role="group",
        aria_label="At a time between two snapshots",
    )


def _listed(view: LiveTimeline) -> Markup | None:
    if view.rows is None:
        return None
    nearer = controls.button(view, "Look closer at this", "bar_closer")
    end = controls.button(view, "Close the list", "close", kind="plain")
    return tag("section", tag("div", nearer, end, class_="ak-bar ak-middle"), view.rows.body(), aria_label="List")
