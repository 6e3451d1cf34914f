"""The rows of a difference: one record with its fields, several alike in a line each, one field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views.field_rows import ChangeLike, Row, is_whole, leaf_rows_of, rows_of
from akika_widgets.views.gist import Gist, gist_of, is_transaction
from akika_widgets.views.kinds import Kind, kind_of, state
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.wording import ABSENT, amount, counted

LONG: Final = 320


def difference_table(title: str, sub: Markup | None, bodies: Sequence[Markup]) -> Markup:
    """The table of a difference: change, field, before, after, by how much."""
    columns = tag("colgroup", *(tag("col", class_=f"ak-c{number}") for number in range(1, 6)))
    headings = [
        *(tag("th", word, scope="col") for word in ("Change", "Field", "Before", "After")),
        tag("th", "Difference", scope="col", class_="ak-number"),
    ]
    head = tag("thead", tag("tr", *headings))
    table = tag("table", tag("caption", title, sub), columns, head, *bodies, class_="ak-difference")
    return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=title)


def _header(kind: Kind, *content: object) -> Markup:
    return tag(
        "tr", tag("th", state(kind), *content, colspan=5, scope="rowgroup"), class_=f"ak-record ak-is-{kind.tone}"
    )


def _gist(change: ChangeLike) -> Gist:
    return gist_of(change.key.entity, change.before if change.after is None else change.after)


def named_change(change: ChangeLike) -> Markup:
    return join(
        [tag("bdi", shortened(change.label, LONG)), " ", tag("bdi", shortened(str(change.key), LONG), class_="ak-key")]
    )


def one_record(change: ChangeLike, *, quiet: bool = True) -> Markup:
    """A record with its fields, each on its row."""
    whole = is_whole(change)
    header = _header(kind_of(change.kind), " ", named_change(change))
    return tag("tbody", header, *_field_rows(change, quiet=quiet), class_="ak-whole" if whole else None)


def _field_rows(change: ChangeLike, *, quiet: bool = True) -> list[Markup]:
    whole = is_whole(change)
    cells = [field_row(row, whole=whole) for row in rows_of(change) if quiet or not row.quiet]
    folded = leaf_rows_of(change) if whole else []
    if folded:
        summary = tag("summary", f"all {len(folded)} fields as recorded", class_="ak-quiet")
        details = tag("details", summary, inner_table(folded), class_="ak-fields")
        cells.append(tag("tr", tag("td"), tag("td", details, colspan=4)))
    return cells


def foldable_record(change: ChangeLike, *, opened: bool, ident: str, value: str) -> Markup:
    """One record of a live view: a button that opens it (act ``open`` with ``value``), and its fields when it is open."""
    words = tag(
        "button",
        tag("span", "▾ " if opened else "▸ ", class_="ak-symbol", aria_hidden="true"),
        named_change(change),
        type="button",
        id=ident,
        class_="ak-fold",
        data_act="open",
        data_value=value,
        data_row=True,
        aria_expanded=str(opened).lower(),
    )
    gist = tag("span", tag("bdi", shortened(_gist(change).words(), LONG)), class_="ak-gist")
    header = _header(kind_of(change.kind), " ", words, " ", gist)
    if not opened:
        return tag("tbody", header)
    whole = is_whole(change)
    return tag("tbody", header, *_field_rows(change), class_="ak-whole" if whole else None)


def many_records(group: Sequence[ChangeLike]) -> Markup:
    kind = kind_of(group[0].kind)
    entity = group[0].key.entity
    gists = [_gist(change) for change in group]
    rows = [_line(change, gist, kind) for change, gist in zip(group, gists, strict=True)]
    known = [gist.total for gist in gists if gist.total is not None]
    if known and is_transaction(entity):
        total = sum(known, ZERO)
        moved = amount(total if kind.tone == "added" else -total, sign=True)
        rows.append(
            tag(
                "tr", tag("td"), tag("td", "Together", colspan=3), tag("td", moved, class_="ak-number"), class_="ak-sum"
            )
        )
    return tag("tbody", _header(kind, " ", counted(len(group), entity)), *rows, class_="ak-whole")


def _line(change: ChangeLike, gist: Gist, kind: Kind) -> Markup:
    there = tag("bdi", shortened(Gist(gist.date, gist.party, None).words(), LONG) or "as recorded")
    gone = change.kind == "removed"
    label = named_change(change)
    rows = leaf_rows_of(change)
    name = tag("details", tag("summary", label), inner_table(rows)) if rows else label
    moved = (
        ""
        if gist.total is None or not is_transaction(change.key.entity)
        else amount(gist.total if kind.tone == "added" else -gist.total, sign=True)
    )
    return tag(
        "tr",
        tag("td"),
        tag("td", name),
        tag("td", old(there) if gone else nothing()),
        tag("td", nothing() if gone else tag("ins", there)),
        tag("td", moved, class_="ak-number"),
    )


def inner_table(rows: Sequence[Row]) -> Markup:
    return tag(
        "table",
        tag(
            "tbody",
            *(
                tag(
                    "tr",
                    tag("th", row.words, scope="row", title=row.path),
                    tag("td", value_cell(row.before if row.after is None else row.after)),
                    class_="ak-quiet" if row.quiet else None,
                )
                for row in rows
            ),
        ),
        class_="ak-inner",
    )


def field_row(row: Row, *, whole: bool) -> Markup:
    if row.before is None:
        kind = Kind("+", "set", "added")
    elif row.after is None:
        kind = Kind("\N{MINUS SIGN}", "cleared", "removed")
    else:
        kind = Kind("≠", "changed", "changed")
    return tag(
        "tr",
        tag("td", None if whole else state(kind)),
        tag("th", row.words, scope="row", title=row.path),
        tag("td", nothing() if row.before is None else old(value_cell(row.before))),
        tag("td", nothing() if row.after is None else tag("ins", value_cell(row.after))),
        tag("td", row.delta, class_="ak-number"),
        class_="ak-quiet" if row.quiet else None,
    )


def value_cell(text: str | None) -> Markup:
    return tag("bdi", shortened(text or "", LONG), class_="ak-value")


def old(child: object) -> Markup:
    return tag("del", child)


def nothing() -> Markup:
    return tag("span", ABSENT, class_="ak-none", aria_label="nothing")
