"""The books of a snapshot in the workbench, by events: read once, every statement, down to the request, and out through custody."""

from __future__ import annotations

import csv
import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.books import Ledger
from akika_forensics.case.captured import Kept
from akika_forensics.case.statements import books as of_snapshot
from akika_forensics.errors import WrongUse
from akika_widgets.views.live import Event
from akika_widgets.views.wording import amount
from akika_widgets.workbench import figuring
from akika_widgets.workbench.app import Workbench
from akika_widgets.workbench.book_shelf import MOST, BookShelf
from akika_widgets.workbench.books_choice import NAMES
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared

from .journey_scene import ANNA, Bench, Scene, damaged

HOSTILE = "<img src=x onerror=alert(1)>=1+1"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with damaged(tmp_path_factory.mktemp("books"), incident="", snapshots=0) as made:
        account = json.loads(made.twin.dump()["Account", "35"])
        made.twin.update("Account", {**account, "Name": HOSTILE})
        employee = next(key[1] for key in made.twin.dump() if key[0] == "Employee")
        made.twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
        made.case.capture()
        yield made


@pytest.fixture
def bench(scene: Scene) -> Bench:
    made = scene.bench()
    made.at("books")
    if made.do("read"):
        made.ended("books")
    return made


def part(bench: Bench, kind: str) -> Any:
    found = [view for view in bench.workbench.views() if type(view).__name__ == kind]
    assert found, [type(view).__name__ for view in bench.workbench.views()]
    return found[0]


def figure(bench: Bench, row: str, column: int = -1) -> tuple[Any, Decimal]:
    """Press a figure of a row by its name; the table and what stood there."""
    table = part(bench, "LiveFigures")
    place = next(at for at, one in enumerate(table.table.rows) if one.name == row)
    at = column % len(table.table.columns)
    assert table.dispatch(Event("figure", f"{place}.{at}")), table.notice
    return table, table.table.rows[place].values[at]


def test_books_are_read_once_and_are_there_for_everybody(
    scene: Scene, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Choose a statement" in bench.workbench.stage.lead()

    def never(*_args: object, **_more: object) -> Ledger:
        raise AssertionError("the books were read again")

    monkeypatch.setattr(Ledger, "of", never)
    monkeypatch.setattr(of_snapshot, "cash_postings", never)
    other = scene.bench(User("ben", "token"))
    other.at("books")
    for kind in NAMES:
        assert other.do("kind", kind)
        assert 'wb-trouble" role' not in other.text(), kind
    for kind in NAMES:
        other.do("kind", kind)
        assert other.do("basis", "cash"), "the tie-out had the cash basis already"
    assert other.workbench.stage.standing().words == "s1, tied out"


def test_each_statement_stands_beside_its_picture_and_its_tie_out(bench: Bench) -> None:
    pictures = {
        "balance-sheet": 2,
        "profit-and-loss": 2,
        "cash-flow": 3,
        "receivables": 2,
        "payables": 2,
        "trial-balance": 1,
    }
    for kind, number in pictures.items():
        assert bench.do("kind", kind)
        shown = [type(view).__name__ for view in bench.workbench.views()]
        assert shown.count("Drawn") == number, kind
        assert shown.count("LiveFigures") == 1
        text = bench.text()
        assert "<img" not in text
        if kind != "cash-flow":
            assert "agree to the cent; residual 0.00" in text, kind
    assert bench.do("kind", "register")
    assert part(bench, "PagedTable").number


def test_a_figure_leads_to_postings_a_document_and_its_digests(scene: Scene, bench: Bench) -> None:
    bench.do("kind", "profit-and-loss")
    bench.do("by", "month")
    table, value = figure(bench, "Total Income")
    postings = part(bench, "PagedTable")
    assert postings.model.frame["counts"].sum() == value != 0
    assert "add up to the figure" in bench.workbench.stage.lead()
    first = postings.listed()[0]
    assert postings.dispatch(Event("choose", first))
    document = str(part(bench, "DrilledDocument").render())
    entity, key = postings.model.frame.select("entity", "id").row(int(first))
    stored = next(one for one in scene.case.snapshot("s1").records() if (one.key.entity, one.key.id) == (entity, key))
    # By another way than the vault's index.
    assert hashlib.sha256(stored.payload).hexdigest() in document
    assert part(bench, "DrillHead").dispatch(Event("back"))
    assert part(bench, "LiveFigures") is table
    assert 'data-focus-first="data_focus_first"' in str(table.render()), "its reader is back at the figure"


def test_every_figure_of_every_statement_is_what_its_postings_add_up_to(bench: Bench) -> None:
    for kind in ("trial-balance", "balance-sheet", "cash-flow", "receivables", "payables"):
        bench.do("kind", kind)
        table = part(bench, "LiveFigures")
        for row, one in enumerate(table.table.rows):
            for column, value in enumerate(one.values):
                if value is None or not one.asked:
                    continue
                assert table.dispatch(Event("figure", f"{row}.{column}")), (kind, one.name, table.notice)
                assert part(bench, "DrillHead").drilled.total == value, (kind, one.name)
                part(bench, "DrillHead").dispatch(Event("back"))


def test_a_statement_leaves_as_a_file_that_custody_lists(scene: Scene, bench: Bench) -> None:
    bench.do("kind", "trial-balance")
    for form in ("csv", "xlsx", "csv"):
        assert bench.do("write", form), bench.workbench.stage.notice
        bench.ended("statement")
    folder = scene.shared.statements_folder
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 3, "nothing is written over"
    acts = [act for act in scene.case.custody.acts() if act.act == "exported"][-3:]
    assert sorted(file["name"] for act in acts for file in act.details["files"]) == names
    with next(folder.glob("*.csv")).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(Decimal(row["debit"] or 0) for row in rows) == sum(Decimal(row["credit"] or 0) for row in rows) > 0
    assert not any(row["name"].startswith("=") for row in rows)
    assert str(folder) in bench.text()
    assert not bench.do("write", "svg")
    assert bench.workbench.stage.notice == "Rows alone have no picture."
    bench.do("kind", "cash-flow")
    assert bench.do("write", "svg")
    bench.ended("statement")
    (picture,) = folder.glob("*.svg")
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert scene.case.custody.acts("exported")[-1].details["files"][0]["name"] == picture.name


def test_what_only_reports_show_is_told_on_the_page_and_in_the_workbook(scene: Scene, bench: Bench) -> None:
    said = "1 transaction of the kind Payroll Check (970.00) is taken from QuickBooks"
    bench.do("kind", "profit-and-loss")
    assert said in bench.text()
    assert bench.do("write", "xlsx"), bench.workbench.stage.notice
    bench.ended("statement")
    file = next(scene.shared.statements_folder.glob("profit-and-loss-*.xlsx"))
    with zipfile.ZipFile(file) as book:
        assert said.encode() in b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    file.unlink()
    bench.do("kind", "receivables")
    assert said not in bench.text()
    shown = scene.case.books("s1").statement("profit-and-loss")._repr_mimebundle_()
    assert "Payroll Check" in shown["text/plain"]
    assert "reports alone" in shown["text/html"]


def test_what_is_not_offered_is_refused(bench: Bench) -> None:
    for act, value in (
        ("kind", "poem"),
        ("basis", "hope"),
        ("by", "moon"),
        ("start", "soon"),
        ("write", "pdf"),
        ("snapshot", "s9"),
    ):
        assert not bench.do(act, value), act
        assert bench.workbench.stage.notice
    bench.do("kind", "register")
    bench.do("account", HOSTILE)
    assert "<img" not in bench.text()
    bench.do("account", "35")
    assert bench.do("end", "2026-09-30")
    assert bench.do("start", "2027-01-01"), "a first day after the last is left out"
    assert part(bench, "PagedTable")


def test_a_planted_residual_is_told_just_there(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bent(Kept):
        """One figure of one report is another, by 1.00."""

        def __getitem__(self, name: str) -> bytes:
            held = super().__getitem__(name)
            if not name.startswith("BalanceSheet/Accrual"):
                return held
            report = json.loads(held)
            rows = [*report["Rows"]["Row"]]
            while rows:
                row = rows.pop()
                rows += row.get("Rows", {}).get("Row", ())
                cells = row.get("ColData")
                if cells and cells[0].get("id") == "35":
                    cells[-1]["value"] = str(Decimal(cells[-1]["value"]) + 1)
            return json.dumps(report).encode()

    monkeypatch.setattr("akika_forensics.case.statements.reading.Kept", Bent)
    bench = Bench(Workbench(Shared(scene.case, scene.folder / "plans"), ANNA))
    bench.at("books")
    assert bench.do("read")
    bench.ended("books")
    place = bench.workbench.stage.standing()
    assert (place.standing, place.words) == ("now", "s1, 1 figure differs")
    text = bench.text()
    assert f"the largest residual is {amount(Decimal(-1))}: 1 unexplained." in text
    assert "What does not agree" in text
    assert text.count('class="bare"') == 2, "one square, and one in the legend"
    bench.do("kind", "profit-and-loss")
    assert "agree to the cent; residual 0.00" in bench.text()


def test_a_large_statement_is_worked_out_beside_the_page(
    scene: Scene, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    made = figuring.figures_of

    def slowly(*args: Any) -> Any:
        begun.set()
        assert go_on.wait(60)
        return made(*args)

    monkeypatch.setattr(figuring, "LARGE", 0)
    monkeypatch.setattr(figuring, "figures_of", slowly)
    end = "2026-09-29"
    assert bench.do("end", end)
    assert bench.do("kind", "receivables"), "the page answers while it is worked out"
    working = part(bench, "JobView")
    assert begun.wait(60)
    assert "Working out a statement of s1" in str(working.render())
    assert not bench.workbench.desk.why_wait(), "it keeps nobody from writing"
    assert not [view for view in bench.workbench.views() if type(view).__name__ == "LiveFigures"]
    assert bench.do("kind", "receivables"), "asked for anew: the first one is not waited for"
    assert bench.do("kind", "payables")
    second = part(bench, "JobView")
    assert second is not working
    assert second.dispatch(Event("stop"))
    go_on.set()
    assert second.job.wait(60)
    assert second.job.snapshot().state == "stopped"
    assert part(bench, "JobView") is second, "what was stopped is not begun again by itself"
    assert bench.do("kind", "payables")
    assert part(bench, "JobView").job.wait(60)
    assert part(bench, "LiveFigures").table.rows
    assert working.job.wait(60)


def test_without_a_snapshot_there_are_no_books(tmp_path: Path, state_dir: Path) -> None:
    with damaged(tmp_path, incident="", snapshots=0) as empty:
        bench = empty.bench()
        stage = bench.at("books")
        assert stage.standing().words == "there is no snapshot"
        assert "First take a snapshot" in stage.lead()
        assert not bench.do("write", "csv")


def test_a_notebook_shows_the_same(scene: Scene, bench: Bench) -> None:
    books = scene.case.books("s1")
    for kind in NAMES:
        shown = books.statement(kind, account="35")
        bundle = shown._repr_mimebundle_()
        assert "agree" in bundle["text/plain"] or kind == "register", kind
        assert ("<svg" in bundle["text/html"]) == (kind not in {"trial-balance", "register"}), kind
        assert "<img" not in bundle["text/html"]
        assert len(shown.frame)
    bench.do("kind", "balance-sheet")
    here = [one.values for one in part(bench, "LiveFigures").table.rows]
    assert here == [one.values for one in books.statement("balance-sheet").figures.table.rows]
    assert books.map().differing == 0
    with pytest.raises(WrongUse, match="before"):
        books.statement("cash-flow", date(2026, 1, 1), date(2026, 2, 1))


def test_few_books_are_held() -> None:
    class Held:
        def __init__(self, name: str) -> None:
            self.books = type("Books", (), {"snapshot": name})()

    shelf = BookShelf()
    for number in range(MOST + 1):
        shelf.put(Held(f"s{number}"))  # type: ignore[arg-type]
        shelf.get("s0")
    assert shelf.get("s0") is not None
    assert [shelf.get(f"s{number}") is not None for number in range(1, MOST + 1)] == [False] * (MOST - 1) + [True]
