"""The page around the stages: who and what, the theme, the way through the journey. Our own HTML; nothing is asked of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from typing import Final

from akika_forensics.model.company import Company
from akika_widgets.views.controls import ticking
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, style_block, tag
from akika_widgets.views.view import anchor
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.pages import APP_NAME
from akika_widgets.workbench.stages.stage import BESIDE, STAGES, TITLES, Place, workbench_stylesheet

LOOK_EVERY: Final = 1_000
STEPS: Final = {name: number for number, (name, _) in enumerate((one for one in STAGES if one[0] not in BESIDE), 1)}
"""The steps of the journey by their numbers."""
_SIGNS: Final = {"done": ("✓", "done"), "now": ("●", "now"), "later": ("○", "not yet")}
_THEMES: Final = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


@cache
def template() -> str:
    """The page as a Jinja template: the roots ``ways`` and ``main`` stand in it, ``head`` and ``header`` are markup of ours."""
    return resources.files("akika_widgets.workbench").joinpath("frame.html").read_text(encoding="utf-8")


@cache
def head() -> Markup:
    """The page's own style sheets."""
    theme = resources.files("akika_widgets.views").joinpath("theme.css").read_text(encoding="utf-8")
    return join([style_block(theme), style_block(workbench_stylesheet())])


def title(company: Company | None) -> Markup:
    """The document's title, escaped."""
    return join([company.name, " · ", APP_NAME]) if company else join([APP_NAME])


def header(company: Company | None, *, local: bool, user: User, several: bool = False) -> Markup:
    """Which books these are, said plainly, and who is looking. ``several``: the vault holds more than one company."""
    themes = [
        tag("button", words, type="button", class_="wb-theme", data_theme=name, aria_pressed="false")
        for name, words in _THEMES
    ]
    return join(
        [
            tag("p", APP_NAME, class_="wb-brand"),
            _company(company, local=local, several=several),
            tag(
                "div",
                tag("span", *themes, role="group", aria_label="Theme", class_="wb-themes"),
                tag("span", tag("span", "Signed in: ", class_="wb-unseen"), tag("bdi", user.name), class_="wb-user"),
                tag("a", "Sign out", href="/sign-out", class_="wb-out"),
                class_="wb-right",
            ),
        ]
    )


def _company(company: Company | None, *, local: bool, several: bool) -> Markup:
    if company is None:
        words = "Several companies, and none was chosen" if several else "No company is connected"
        return tag("p", words, class_="wb-company")
    if company.production:
        kind, words = "production", "Production: these are real books"
    elif local:
        kind, words = "twin", "Twin on this machine"
    else:
        kind, words = "sandbox", "Sandbox"
    return tag(
        "p",
        tag("strong", tag("bdi", company.name), class_="wb-name"),
        tag("span", words, class_=f"wb-kind wb-{kind}"),
        tag("span", f"realm {company.realm_id}", class_="wb-realm"),
        class_="wb-company",
    )


class Ways(LiveView):
    """The stages with how each stands. It also looks, once a second, whether something moved."""

    title = "Stages"

    def __init__(self, places: Callable[[], Iterable[tuple[str, Place]]], desk: Desk) -> None:
        super().__init__()
        self._places, self._desk = places, desk

    def why_not(self, event: Event) -> str:
        return "There is no such stage." if event.act == "go" and event.value not in TITLES else ""

    def act_go(self, event: Event) -> None:
        self._desk.go(event.value)

    def body(self) -> Markup:
        items = [
            self._item(STEPS.get(name, 0), name, place, here=name == self._desk.at) for name, place in self._places()
        ]
        return join([style_block(workbench_stylesheet()), tag("ol", *items, class_="wb-ways"), ticking(LOOK_EVERY)])

    def _item(self, number: int, name: str, place: Place, *, here: bool) -> Markup:
        symbol, word = _SIGNS[place.standing]
        said = place.words or word
        if place.standing == "later" and place.words:
            # A reason is half a sentence; what an error says is a whole one.
            said = f"{word}: {place.words}" if place.words.endswith(".") else f"{word}, because {place.words}"
        return tag(
            "li",
            tag(
                "button",
                tag("span", symbol, class_="wb-sign", aria_hidden="true"),
                tag("span", f"{number}.", class_="wb-number") if number else None,
                tag("span", TITLES[name], class_="wb-way"),
                tag(
                    "span",
                    tag("span", f"{word}: ", class_="ak-unseen") if place.standing != "later" and place.words else None,
                    said,
                    class_="wb-said",
                ),
                type="button",
                id=anchor("way", id(self), name),
                data_act="go",
                data_value=name,
                aria_current="step" if here else None,
                class_=f"wb-step wb-{place.standing}",
            ),
        )
