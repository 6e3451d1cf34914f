"""What lies over the picture of a live timeline: a button for each bar, and the ground to draw on."""

from __future__ import annotations

from datetime import datetime

from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.timeline_picture import LEFT, PLOT, RIGHT, WIDTH, Drawing, words_of
from akika_widgets.views.view import anchor


def bars_over(drawn: Drawing, chosen: datetime | None, *, name: str) -> Markup:
    """A button for each bar that stands for anything (act ``bar``), walked by the arrow keys; drawing across them asks for ``zoom``.

    ``chosen``: where the chosen bar begins. ``name`` tells two timelines of one page apart. A picture has no buttons inside that every screen reader finds; these are plain ones.
    """
    edges = drawn.bins.edges
    places = [place for place, number in enumerate(drawn.sums) if number]
    first = next((place for place in places if edges[place] == chosen), places[0] if places else -1)
    return tag(
        "div",
        *(_bar(drawn, place, name, chosen=edges[place] == chosen, first=place == first) for place in places),
        class_="ak-over",
        style=(
            f"left:{LEFT / WIDTH:.4%};width:{(RIGHT - LEFT) / WIDTH:.4%};"
            f"top:{drawn.top / drawn.height:.4%};height:{PLOT / drawn.height:.4%}"
        ),
        data_across=True,
        data_brush="zoom",
        role="group",
        aria_label="Bars",
    )


def _bar(drawn: Drawing, place: int, name: str, *, chosen: bool, first: bool) -> Markup:
    begin, end = (drawn.x(edge) for edge in drawn.bins.edges[place : place + 2])
    words = f"{drawn.bins.words(place)}: {words_of({kind: counts[place] for kind, counts in drawn.counts.items()})}"
    return tag(
        "button",
        type="button",
        id=anchor("bar", name, drawn.bins.edges[place]),
        style=f"left:{(begin - LEFT) / (RIGHT - LEFT):.4%};width:{(end - begin) / (RIGHT - LEFT):.4%}",
        data_row=True,
        data_act="bar",
        data_value=place,
        tabindex="0" if first else "-1",
        aria_pressed=str(chosen).lower(),
        aria_label=words,
        title=words,
    )
