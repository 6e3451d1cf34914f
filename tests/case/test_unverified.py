"""What nobody has verified is named in words, folded on a screen, and stays text."""

from __future__ import annotations

from akika_forensics.case.results import RehearsalResult, Together
from akika_forensics.case.unverified import Unverified, sentence

ROW = {"belief": "orderby_id", "question": "Can every list be sorted by <b>Id</b>?", "taken": "from_the_list"}
DONE = {
    "state": "complete", "differences": [], "undo_state": "complete", "undo_differences": [],
    "residual": "0.00", "not_modelled": ["bank feeds"],
}  # fmt: skip


def test_each_fact_is_a_question_with_what_is_taken_for_granted() -> None:
    shown = Unverified([ROW, ROW])
    assert shown.text().splitlines()[0] == "It rests on 2 facts about QuickBooks that nobody has verified:"
    page = str(shown.html())
    assert "<summary>It rests on 2 facts about QuickBooks that nobody has verified.</summary>" in page
    assert "sorted by &lt;b&gt;Id&lt;/b&gt;?" in page
    assert "from the list" in page
    assert "orderby_id" not in page, "the switch's name is for the command line"


def test_nothing_unverified_is_said_as_such() -> None:
    assert "<details" not in str(Unverified([]).html())
    assert sentence([]) == ""


def test_a_rehearsal_names_them_below_its_outcome() -> None:
    told = RehearsalResult({**DONE, "unverified": [ROW]}).view()
    assert isinstance(told, Together)
    assert told.text().index("as predicted") < told.text().index("It rests on 1 fact")
    assert "It rests" not in RehearsalResult(DONE).view().text()
