"""What a plan leaves to its reviewer: questions with their answers, and what it does not do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from akika_forensics.restore.document import Note, Step
from akika_widgets.views import controls
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.plan_index import choices_for, may_adopt
from akika_widgets.views.plan_words import MARKS, choice_words, question_words
from akika_widgets.views.reviewing import SKIP, Review
from akika_widgets.views.table import LONG, marked, named
from akika_widgets.views.three_way import ThreeWay, ThreeWayView

NAMED: Final = 12


def question(view: LiveView, review: Review, place: int, note: Note, states: ThreeWay | None) -> Markup:
    """One question with its answers as buttons (act ``answer``, value ``place.number``)."""
    answer = review.decisions.get(note.record, "")
    choices = choices_for(note)
    pressed = [
        controls.button(view, _capital(one.words), "answer", f"{place}.{number}", pressed=one.value == answer)
        for number, one in enumerate(choices)
    ]
    back = controls.button(view, "Leave it open", "answer", f"{place}.", kind="plain") if answer else None
    adopt = None
    if may_adopt(note):
        ident = answer.removeprefix("adopt:") if answer.startswith("adopt:") else ""
        adopt = tag(
            "details",
            tag("summary", "Adopt another record"),
            controls.form(
                view,
                "adopt",
                controls.field(view, "Its Id in QuickBooks", f"ident{place}", ident, required=True),
                submit="Adopt this one",
                value=str(place),
                kind="",
            ),
        )
    if answer:
        state = marked("✓", choice_words(note, answer), "good")
    elif note.record in review.index.questions:
        state = marked("?", "not answered", "changed")
    else:
        state = marked("✓", "as decided before; it is in this plan", "quiet")
    return tag(
        "section",
        tag("h3", named(note.label, note.record)),
        tag("p", marked("·", question_words(note), "quiet"), " ", tag("bdi", shortened(note.what, 600))),
        tag("div", *pressed, back, class_="ak-bar ak-middle", role="group", aria_label="Answers"),
        adopt,
        tag("p", "Answer: ", state),
        None
        if states is None
        else tag("details", tag("summary", "The record in its states"), ThreeWayView(*states).drawn()),
        class_="ak-panel",
        aria_label=shortened(f"Question about {note.record}", 90),
    )


def falling(view: LiveView, review: Review, roots: Sequence[str], *, focus: int) -> Markup:
    """What else falls away when these steps are skipped, before that is chosen."""
    away = review.index.falls_with(roots)
    left: list[Step] = [review.index.steps[step_id] for step_id in away if step_id not in review.falls_away]
    number, rest = len(left), len(left) - NAMED
    one = len(roots) == 1
    what = f"{roots[0]} is" if one else f"{len(roots):,} steps are"
    lost = "1 other step falls" if number == 1 else f"{number:,} other steps fall"
    kind = MARKS[SKIP]
    return tag(
        "section",
        tag(
            "h3",
            marked(kind.symbol, f"If {what} skipped, {lost} away", "removed"),
            tabindex="-1",
            data_focus=f"f{focus}",
        ),
        tag("p", "They cannot be done without what would be skipped, and are left out with it:"),
        tag(
            "ul",
            *(tag("li", shortened(step.id, 40), " ", named(step.label, step.record)) for step in left[:NAMED]),
            tag("li", f"and {rest:,} more") if rest > 0 else None,
            class_="ak-plain-list",
        ),
        tag(
            "div",
            controls.button(view, f"Skip {len(roots) + number:,} steps", "skip_all", kind="danger", keys="y"),
            controls.button(view, "Leave them in the plan", "leave", keys="n"),
            class_="ak-bar ak-middle",
        ),
        class_="ak-panel ak-asks",
        role="alertdialog",
        aria_label="What else falls away",
    )


def summary(review: Review) -> Markup:
    """How far the review is."""
    counts = review.counts
    approved = f"{counts.approved:,} of {counts.steps:,} approved"
    parts = [
        marked(*(("✓", approved, "good") if counts.approved else ("·", approved, "quiet"))),
        marked("·", f"{counts.unmarked:,} not marked", "quiet"),
    ]
    if counts.skipped:
        parts.append(marked("⊘", f"{counts.skipped:,} to be skipped", "removed"))
    if counts.falls_away:
        parts.append(marked("↳", f"{counts.falls_away:,} fall{'s' if counts.falls_away == 1 else ''} away", "removed"))
    asked = len(review.open_questions)
    if asked:
        parts.append(marked("?", f"{asked:,} question{'' if asked == 1 else 's'} open", "changed"))
    if counts.comments:
        parts.append(marked("✎", f"{counts.comments:,} comment{'' if counts.comments == 1 else 's'}", "quiet"))
    if review.signed_off:
        parts.append(marked("✓", "review ended", "good"))
    return tag("ul", *(tag("li", part) for part in parts), class_="ak-counts", aria_label="State of the review")


def ending(view: LiveView, review: Review, *, anew: bool) -> Markup:
    """What is signed with the approval, and the ways to end the review. ``anew``: somebody makes new plans from decisions."""
    decided = len(review.new_decisions)
    word = "decision is" if decided == 1 else "decisions are"
    changes = (
        tag(
            "p",
            marked("!", f"{decided:,} {word} not in this plan.", "changed"),
            " A new plan is made from them: it has a digest of its own and no approval, and it may ask something else.",
        )
        if decided
        else None
    )
    return tag(
        "section",
        tag("h3", "Ending the review"),
        changes,
        controls.button(view, "Make a new plan from the decisions", "plan_anew", kind="main")
        if anew and decided
        else None,
        tag("p", "These words are signed with the approval:"),
        tag("blockquote", tag("bdi", shortened(review.words(), 4_000), class_="ak-value"), class_="ak-comment"),
        controls.button(view, "End the review", "sign_off", kind="" if decided else "main", explain=True),
        class_="ak-panel",
        aria_label="Ending the review",
    )


def notes(title: str, held: Sequence[Note], limit: int) -> Markup | None:
    """What the plan does not do, as a list; None when there is nothing."""
    if not held:
        return None
    rows = [
        tag(
            "tr",
            tag("th", named(note.label, note.record), scope="row"),
            tag("td", tag("bdi", shortened(note.what, 600))),
        )
        for note in held
    ]
    rest = len(rows) - limit
    more = tag("p", f"{rest:,} more are not drawn here.") if rest > 0 else None
    head = tag("thead", tag("tr", tag("th", "Record", scope="col"), tag("th", "What", scope="col")))
    table = tag("table", tag("caption", f"{title} ({len(rows):,})"), head, tag("tbody", *rows[:limit]))
    return join([tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=title), more])


def _capital(words: str) -> str:
    return shortened(words[:1].upper() + words[1:], LONG)
