"""The page around the stages: which books these are, said plainly; names that are only ever text; the way through."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.opening import init_vault
from akika_forensics.model.company import PRODUCTION_HOST, Company
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_widgets.views.live import Event
from akika_widgets.views.markup import readable
from akika_widgets.workbench import frame
from akika_widgets.workbench.app import Workbench, create_app
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages.stage import BESIDE, STAGES, workbench_stylesheet

ANNA = User("anna", "token")
OUTSIDE = re.compile(r"https?://|@import|url\(|//[a-z]", re.IGNORECASE)


@pytest.mark.parametrize(
    ("address", "local", "words"),
    [
        (f"https://{PRODUCTION_HOST}", False, "Production: these are real books"),
        ("https://sandbox-quickbooks.api.intuit.com", False, "Sandbox"),
        ("http://127.0.0.1:8000", True, "Twin on this machine"),
    ],
)
def test_which_books_these_are_is_said_in_words(address: str, local: bool, words: str) -> None:
    drawn = frame.header(Company("4620816365291234500", "Craig's Design", address), local=local, user=ANNA)
    assert words in drawn
    assert "realm 4620816365291234500" in drawn
    assert "Craig&#x27;s Design" in drawn


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_are_only_ever_text(company: str, user: str) -> None:
    drawn = frame.header(Company("1", company, "http://127.0.0.1:1"), local=True, user=User(user, "password"))
    read = ET.fromstring(f"<div>{drawn}</div>")  # noqa: S314 - the XML is our own
    bdis = ["".join(one.itertext()) for one in read.iter("bdi")]
    # XML reads a carriage return as a line end; nothing else may be lost or added.
    assert [text.replace("\r", "\n") for text in bdis] == [
        readable(company).replace("\r", "\n"),
        readable(user).replace("\r", "\n"),
    ]
    assert {one.tag for one in read.iter()} <= {"div", "p", "span", "button", "bdi", "strong", "a"}
    assert "<" not in frame.title(Company("1", company, "http://127.0.0.1:1"))


def test_the_page_names_nothing_outside() -> None:
    for text in (frame.template(), str(frame.head()), workbench_stylesheet()):
        assert not OUTSIDE.search(text), OUTSIDE.search(text)


def test_every_stage_has_its_way_and_where_one_is_is_said(tmp_path: Path) -> None:
    bench = Workbench(_empty(tmp_path), ANNA)
    drawn = str(bench.ways.render())
    assert STAGES[0][0] == "first_hour"
    assert bench.stage.name == "company"
    for name, title in STAGES:
        assert f'data-value="{name}"' in drawn
        assert title in drawn
    steps = [name for name, _ in STAGES if name not in BESIDE]
    assert [int(one) for one in re.findall(r">(\d+)\.<", drawn)] == list(range(1, len(steps) + 1))
    assert steps == ["company", "changed", "hanging", "plan", "approve", "execute", "verified"]
    assert drawn.count('aria-current="step"') == 1
    assert not bench.ways.dispatch(Event("go", "nowhere"))
    assert bench.ways.dispatch(Event("go", "execute"))
    assert bench.stage.name == "execute"
    assert bench.stage.came == 1


def test_a_vault_without_a_company_says_so_on_every_stage(tmp_path: Path) -> None:
    shared = _empty(tmp_path)
    bench = Workbench(shared, ANNA)
    for name, _ in STAGES:
        bench.ways.dispatch(Event("go", name))
        drawn = "".join(str(view.render()) for view in bench.views())
        assert "Traceback" not in drawn
    bench.ways.dispatch(Event("go", "company"))
    assert "Connect the company: then a first snapshot" in str(bench.stage.render())
    assert "No company is connected" in frame.header(None, local=False, user=ANNA)


def test_one_app_is_made_for_each_session(tmp_path: Path) -> None:
    shared = _empty(tmp_path)
    first, second = create_app(shared, ANNA), create_app(shared, ANNA)
    assert first is not second


def _empty(folder: Path) -> Shared:
    case = init_vault(folder / "vault", Secret("the vault's own words"), recovery_sheet=None, cost=KdfCost.CHEAP)
    return Shared(case, folder / "plans")


def test_why_a_stage_cannot_be_done_yet_reads_as_one_sentence(tmp_path: Path) -> None:
    bench = Workbench(_empty(tmp_path), ANNA)
    drawn = str(bench.ways.render())
    assert "not yet: The vault is connected to no company." in drawn
    assert "because The" not in drawn
