"""What a figure of a statement is made of: its postings, and of the chosen one the document, its digests and the request that brought it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import polars as pl

from akika_forensics.case.statements import Drilled
from akika_widgets.views import controls
from akika_widgets.views.columns import TableColumn, counted_rows
from akika_widgets.views.listing import Column, Listing
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, shortened, style_block, tag
from akika_widgets.views.paged_table import PagedTable
from akika_widgets.views.paging import TableModel
from akika_widgets.views.wording import amount, entity_words
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import workbench_stylesheet

PAGE: Final = 15
REGISTER_PAGE: Final = 25
_PARTS: Final = {
    "opening": "before the period",
    "moved": "in the period",
    "earlier years": "closed from earlier years",
    "applied": "applied by a payment",
}
_COLUMNS: Final = (
    TableColumn("date", "Date", "date"),
    TableColumn("document", "Document"),
    TableColumn("name", "Name"),
    TableColumn("account_name", "Account", choices=True),
    TableColumn("part", "When", choices=True),
    TableColumn("amount", "Posted, debit positive", "money"),
    TableColumn("counts", "Counts as", "money", total=True),
)
_REGISTER: Final = (
    TableColumn("date", "Date", "date"),
    TableColumn("document", "Document"),
    TableColumn("name", "Name"),
    TableColumn("amount", "Posted, debit positive", "money", total=True),
    TableColumn("balance", "Balance", "money"),
)


class DrillHead(LiveView):
    """The figure, what of it stood before the period and what moved in it, and the way back."""

    def __init__(self, drilled: Drilled, back: Callable[[], None]) -> None:
        super().__init__()
        self.drilled = drilled
        self.title = "What the figure is made of"
        self._back = back

    def body(self) -> Markup:
        found = self.drilled
        facts = [("the figure", amount(found.total)), ("postings", f"{len(found.rows):,}")]
        if found.opening:
            facts[1:1] = [("before the period", amount(found.opening)), ("in the period", amount(found.moved))]
        return join(
            [
                style_block(workbench_stylesheet()),
                tag(
                    "div",
                    # The reader comes here from a figure that is there no more.
                    tag("h2", shortened(found.title, 240), tabindex="-1", data_focus="1", data_focus_first=True),
                    tag(
                        "dl",
                        *(tag("div", tag("dt", words), tag("dd", said)) for words, said in facts),
                        class_="wb-facts",
                    ),
                    tag(
                        "div",
                        controls.button(self, "← Back to the statement", "back", keys="b"),
                        class_="ak-bar ak-middle",
                    ),
                    tag("p", "Choose a posting to see its document, and what brought it.", class_="ak-quiet"),
                ),
            ]
        )

    def act_back(self, event: Event) -> None:
        del event
        self._back()


class DrilledDocument(LiveView):
    """The document of the chosen posting: under which digests the vault holds it, and which request brought it."""

    def __init__(self, drilled: Drilled, desk: Desk) -> None:
        super().__init__()
        self.drilled = drilled
        self.desk = desk
        self.title = "The document"
        self._key: tuple[str | None, str | None] | None = None
        self._found: dict[str, Any] = {}
        self._postings = pl.DataFrame()

    def show(self, entity: str | None, key: str | None) -> None:
        """Take up a document; only this one is read from the vault."""
        if (entity, key) == self._key:
            return
        mine = self.drilled.rows.filter(pl.col("entity").eq_missing(entity) & pl.col("id").eq_missing(key))
        with self.desk.shared.lock:
            found = replace(self.drilled, rows=mine).documents
        self._key, self._postings = (entity, key), mine
        self._found = next(found.iter_rows(named=True), {})

    def body(self) -> Markup:
        if not self._found:
            return tag("p", "No posting is chosen.", class_="ak-quiet")
        found = self._found
        rows = [
            ("Document", f"{_kind(found['entity']).capitalize()} {found['number'] or ''}".strip(), f"Id {found['id']}"),
            ("Date", found["date"], None),
            ("Name", found["name"], None),
            ("Counts in the figure as", amount(found["counts"]), f"in {counted_rows(len(self._postings), 'postings')}"),
            ("Digest in the vault", found["digest"], "of its canonical value"),
            ("SHA-256 as received", found["sha256"], None if found["length"] is None else f"{found['length']:,} bytes"),
            ("Brought by", found["brought_by"], "the snapshot in which these very bytes were new"),
            ("Asked for at (UTC)", found["requested_at"], None),
            ("Request", found["request"], None),
            ("QuickBooks' own mark of the answer", found["intuit_tid"], "intuit_tid"),
            ("SHA-256 of the answer", found["answer_sha256"], None),
            ("Remark", found["remark"], None),
        ]
        shown = [(word, said, note) for word, said, note in rows if said not in (None, "")]
        columns = [Column("What"), Column("As it is"), Column("Of what", "quiet")]
        listing = Listing(f"{_kind(found['entity']).capitalize()} and where it comes from", columns, shown)
        return join([listing.html()])


def postings_table(drilled: Drilled, on_choose: Callable[[str], None]) -> PagedTable:
    """The postings of a figure; what they count adds up to it."""
    rows = with_documents(drilled.rows)
    # A column that says the same of each row says nothing.
    alike = {name for name in ("part", "account_name") if rows[name].n_unique() < 2}
    return PagedTable(
        TableModel([column for column in _COLUMNS if column.name not in alike], rows),
        title="Postings",
        sub=f"what they count adds up to {amount(drilled.total)}",
        rows="postings",
        page=PAGE,
        on_choose=on_choose,
    )


def register_table(drilled: Drilled, rows: pl.DataFrame, on_choose: Callable[[str], None]) -> PagedTable:
    """The postings of an account in a period, with the balance after each; ``rows``: as `Books.register` gives them."""
    numbers = drilled.rows.select("entity", "id", "number").unique(["entity", "id"], keep="first")
    named = rows.join(numbers, on=["entity", "id"], how="left", nulls_equal=True, maintain_order="left")
    return PagedTable(
        TableModel(_REGISTER, with_documents(named)),
        title="Register",
        sub=f"the balance at the end is {amount(drilled.total)}, debit positive",
        rows="postings",
        page=REGISTER_PAGE,
        on_choose=on_choose,
    )


def with_documents(rows: pl.DataFrame) -> pl.DataFrame:
    """Postings with the words for their document and for their part of the figure."""
    kinds = {one: _kind(one).capitalize() for one in rows["entity"].drop_nulls().unique()}
    parts = pl.col("part").replace(_PARTS) if "part" in rows.columns else pl.lit("")
    number = pl.col("number") if "number" in rows.columns else pl.lit(None, pl.String)
    return rows.with_columns(
        document=pl.concat_str(
            [pl.col("entity").replace(kinds), pl.coalesce(number, "id")], separator=" ", ignore_nulls=True
        ),
        part=parts,
    )


def _kind(entity: str | None) -> str:
    return entity_words(entity).one if entity else "document"
