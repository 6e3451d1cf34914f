"""The books of a snapshot: statements with their pictures, beside what QuickBooks' own reports say, down to what each figure rests on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from akika_forensics.case.statements import BASES, Figure, drill
from akika_forensics.case.statements.asked import COLUMNS, Asked
from akika_forensics.case.statements.figures import StatementFigures, figures_of
from akika_forensics.case.statements.pictures import pictures_of
from akika_forensics.case.statements.reading import ReadBooks, read_books
from akika_forensics.case.statements.remarks import report_only
from akika_forensics.jobs import Work
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.live_figures import LiveFigures
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.table import marked
from akika_widgets.workbench.books_choice import BY, NAMES, Wanted, of_a_period
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.figuring import Figuring
from akika_widgets.workbench.stages.drilling import DrilledDocument, DrillHead, postings_table, register_table
from akika_widgets.workbench.stages.stage import Drawn, Place, Shown, Stage, bar
from akika_widgets.workbench.statement_files import FORMS, why_no_picture, write_statement


class BooksStage(Stage):
    name = "books"
    heading = "Books"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.wanted = Wanted()
        self._figuring = Figuring(desk)
        self._of: Hashable = None
        self._parts: tuple[Any, ...] = ()
        self._figures: tuple[StatementFigures, LiveFigures] | None = None
        self._asked_about: Figure | None = None
        self._drilled: tuple[Any, ...] | None = None
        self._seen: Figure | None = None

    # -- how it stands -----------------------------------------------------------------------------------------------

    @property
    def info(self) -> SnapshotInfo | None:
        """The snapshot that was chosen, or the latest."""
        found = self.desk.snapshots()
        chosen = next((one for one in found if one.id == self.desk.choices.books), None)
        return chosen or (found[-1] if found else None)

    def read(self) -> ReadBooks | None:
        """The books of the snapshot, once somebody had them read."""
        return self.desk.shared.shelf.get(self.info.id) if self.info else None

    def place(self) -> Place:
        info = self.info
        if info is None:
            return Place("later", "there is no snapshot")
        read = self.read()
        if read is None:
            return Place("now", "to be read")
        different = read.ties.different
        if different:
            return Place(
                "now",
                f"{info.id}, {different:,} figure{'' if different == 1 else 's'} differ{'s' if different == 1 else ''}",
            )
        return Place("done", f"{info.id}, tied out")

    def lead(self) -> str:
        info = self.info
        if info is None:
            return "First take a snapshot of the company."
        if self.read() is None:
            return f"Have the books of {info.id} rebuilt from its documents and held against QuickBooks' own reports."
        if self._asked_about is not None:
            return "These postings add up to the figure, to the cent; choose one to see its document."
        return "Choose a statement; press a figure to see what it is made of."

    def draw(self) -> Iterable[Markup | None]:
        found, info = self.desk.snapshots(), self.info
        if info is None:
            yield bar(self.onward("company", "Take a snapshot"))
            return
        options = [(one.id, f"{one.id}, {one.taken_at:%Y-%m-%d %H:%M} UTC") for one in reversed(found)]
        snapshot = controls.select(self, "Snapshot", "snapshot", options, info.id, act="snapshot")
        read = self.read()
        if read is None:
            yield tag("div", snapshot, class_="ak-bar")
            yield bar(controls.button(self, f"Read the books of {info.id}", "read", kind="main", explain=True))
            return
        if self._asked_about is not None:
            return
        asked = self._asked(read)
        yield tag("div", controls.choices(self, "Statement", "kind", tuple(NAMES.items()), asked.kind), class_="ak-bar")
        yield tag("div", snapshot, *self._choices(read, asked), class_="ak-bar wb-choosing")
        yield self._tie(read, asked)
        yield bar(
            *(
                controls.button(self, f"Write as {words}", "write", form, explain=form == "csv")
                for form, words in FORMS.items()
            )
        )
        file: Path | None = self.desk.memory.known(("statement file", info.id, asked))
        if file is not None:
            where = tag("code", tag("bdi", str(file)))
            yield tag("p", "Written, not encrypted, on the machine that serves this page: ", where, class_="wb-good")

    def _choices(self, read: ReadBooks, asked: Asked) -> Iterable[Markup | None]:
        if asked.kind not in ("receivables", "payables"):
            options = [(one, f"{one} basis") for one in BASES]
            yield controls.select(self, "Basis", "basis", options, asked.basis, act="basis")
        if asked.kind in COLUMNS:
            by = [(one, BY[one]) for one in COLUMNS[asked.kind]]
            yield controls.select(self, "Columns by", "by", by, asked.by, act="by")
        if asked.kind == "register":
            accounts = read.books.ledger.chart.accounts.values()
            named = sorted(((one.id, one.name) for one in accounts), key=lambda one: (one[1].casefold(), one[0]))
            yield controls.select(self, "Account", "account", named, asked.account, act="account")
        if of_a_period(asked.kind, asked.by):
            yield controls.field(self, "From", "start", asked.start.isoformat(), act="start", kind="date")
        yield controls.field(self, "To", "end", asked.end.isoformat(), act="end", kind="date")

    def _tie(self, read: ReadBooks, asked: Asked) -> Markup:
        tie = read.ties.of(asked)
        mark = tie.mark
        said = tag("p", marked(mark.symbol, mark.word, mark.tone), " ", tie.sentence())
        unposted = len(read.books.ledger.unposted)
        odd = (
            tag(
                "p",
                f"{unposted:,} documents or amounts could not be posted as they should be; check the snapshot to see which.",
            )
            if unposted
            else None
        )
        good = tie.compared and not tie.differing
        alone = [tag("p", one.sentence()) for one in report_only(read.books, asked)]
        return tag("div", said, *alone, odd, class_="wb-good" if good and not odd else "wb-tie")

    # -- what stands below it ----------------------------------------------------------------------------------------

    def parts(self) -> tuple[Any, ...]:
        going = tuple(view for kind in ("books", "statement") if (view := self.desk.job_view(kind)) is not None)
        read = self.read()
        if read is None:
            return going
        if self._drilled is not None:
            return (*going, *self._drilled)
        asked = self._asked(read)
        if self._of != (read.books.snapshot, asked):
            if not self._figuring.ready(read, asked):
                working = self._figuring.view()
                return going if working is None else (*going, working)
            self._parts, self._of = self._made(read, asked), (read.books.snapshot, asked)
        return (*going, *self._parts)

    def _asked(self, read: ReadBooks) -> Asked:
        return self.wanted.asked(read.books, read.day)

    def _made(self, read: ReadBooks, asked: Asked) -> tuple[Any, ...]:
        books, memory = read.books, self.desk.memory
        tie = read.ties.of(asked)
        off = [Shown(tie.listing())] if tie.differing else []
        pictures = memory.once(("pictures", books.snapshot, asked), lambda: pictures_of(books, asked))
        if asked.kind == "register":
            return (*self._register(read, asked), *off)
        shown = memory.once(("figures", books.snapshot, asked), lambda: figures_of(books, asked))
        table = LiveFigures(shown.table, on_figure=self._press)
        table.subscribe(self._look_for_figure)
        self._figures = (shown, table)
        return (*(Drawn(one) for one in pictures), table, *off, Drawn(read.ties.map()))

    def _register(self, read: ReadBooks, asked: Asked) -> tuple[Any, ...]:
        figure = Figure(
            statement="register", end=asked.end, start=asked.start, basis=asked.basis, account=asked.account
        )
        found = drill(self.desk.case.vault, read.books, figure)
        rows = read.books.register(asked.account, asked.start, asked.end, asked.basis)
        document = DrilledDocument(found, self.desk)
        table = register_table(found, rows, lambda key: document.show(*_document(rows, key)))
        table.subscribe(document.changed)
        return (table, document)

    def _press(self, row: int, column: int) -> None:
        if self._figures is not None:
            self._asked_about = self._figures[0].figure(row, column)

    def _look_for_figure(self) -> None:
        """What was pressed in the table is taken up when the table has let go of its lock."""
        if self._asked_about != self._seen:
            self._seen = self._asked_about
            self._drill()
            self.notice = ""
            self.changed()

    def _drill(self) -> None:
        read, figure = self.read(), self._asked_about
        if read is None or figure is None:
            self._drilled = None
            return
        found = drill(self.desk.case.vault, read.books, figure)
        head = DrillHead(found, self._back)
        head.subscribe(self._look_for_figure)
        document = DrilledDocument(found, self.desk)
        table = postings_table(found, lambda key: document.show(*_document(found.rows, key)))
        table.subscribe(document.changed)
        self._drilled = (head, table, document)

    def _back(self) -> None:
        self._asked_about = None
        if self._figures is not None:
            self._figures[1].came += 1
            self._figures[1].changed()

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act == "snapshot":
            return "" if self.desk.snapshot(event.value) else "There is no such snapshot."
        if event.act == "read":
            return self.desk.why_wait()
        if event.act == "write":
            if event.value not in FORMS:
                return "There is no such form."
            read = self.read()
            if read is None:
                return "Have the books read first."
            return (why_no_picture(self._asked(read)) if event.value == "svg" else "") or self.desk.why_wait()
        return ""

    def act_snapshot(self, event: Event) -> None:
        self.desk.choices.books = event.value
        self._leave()
        self.notice = f"{event.value} is chosen."

    def act_read(self, event: Event) -> None:
        del event
        info, desk = self.info, self.desk
        if info is None:
            return

        def work(work: Work) -> str:
            work.progress(f"rebuilding the books of {info.id}")
            desk.shared.shelf.put(read_books(desk.case.vault, desk.case.snapshot(info.id)))
            return info.id

        desk.start("books", f"Reading the books of {info.id}", work)
        self.notice = f"The books of {info.id} are being read."

    def _choose(self, event: Event) -> None:
        self.wanted = self.wanted.with_(event.act, event.value)
        self._leave()
        read = self.read()
        self.notice = f"{self._asked(read).title}." if read else ""

    act_kind = act_basis = act_by = act_start = act_end = act_account = _choose

    def _leave(self) -> None:
        self._asked_about = self._seen = self._drilled = None
        self._figuring.leave()

    def act_write(self, event: Event) -> None:
        read, desk, form = self.read(), self.desk, event.value
        info = self.info
        if read is None or info is None:
            return
        asked = self._asked(read)

        def work(work: Work) -> str:
            work.progress(asked.title)
            file = write_statement(desk, read, info, asked, form)
            desk.memory.put(("statement file", info.id, asked), file)
            return file.name

        desk.start("statement", f"Writing a statement of {info.id}", work)
        self.notice = f"The statement is being written as {FORMS[form]}."


def _document(rows: pl.DataFrame, key: str) -> tuple[str | None, str | None]:
    """Of which document a posting is; rows are known by their number."""
    entity, ident = rows.select("entity", "id").row(int(key))
    return entity, ident
