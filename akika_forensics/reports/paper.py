"""The page of a report made ready for paper, where nothing opens, scrolls or searches.

Works on the parsed tree, because the engine of the PDF knows neither folded elements nor what a closed one hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from akika_forensics.reports.long_tables import ON_PAPER, LongTable, csv_of, file_name, named, said_of
from akika_widgets.views.markup import readable, shortened

_SVG: Final = "{http://www.w3.org/2000/svg}"
_MEDIA: Final = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_VARIABLE: Final = re.compile(r"(--[a-z][a-z0-9-]*)\s*:\s*([^;{}]+)")
_USE: Final = re.compile(r"var\(\s*(--[a-z][a-z0-9-]*)\s*(?:,\s*([^()]*))?\)")
_PLAIN: Final = re.compile(r"-?\d+(\.\d+)?")
_WIDEST, _HIGHEST = 172.0, 235.0  # millimetres between the margins of the style sheet
_MM_PER_PX: Final = 25.4 / 96
_RUN: Final = 240
_ENDLESS: Final = re.compile(rf"\S{{{_RUN + 1},}}")
_UNPRINTED: Final = frozenset({"script", "button", "input", "select", "textarea", "noscript", "template"})


def prepare(root: ET.Element, stem: str, taken: tuple[str, ...] = ()) -> tuple[LongTable, ...]:
    """Change the tree of a whole page into what is printed.

    Pictures have their colours written out, captions stand above their tables;
    folded parts marked ``ak-on-paper`` are open, others leave only their heading; controls and repeated style sheets go;
    a table of more than `ON_PAPER` rows is cut. Returned are the tables that were cut, whole, under names that are not
    among ``taken``; the words below each say that ``<stem>-<name>.csv`` holds all of it.
    """
    _drop_repeated_styles(root)
    for parent, child in _pairs(root):
        if child.tag in _UNPRINTED:
            _drop(parent, child)
    _unfold(root)
    _shorten_endless(root)
    for picture in root.iter(f"{_SVG}svg"):
        _colour(picture)
        _fit(picture)
    cut = _cut(root, stem, taken)
    _captions_above(root)
    return cut


def _pairs(root: ET.Element) -> list[tuple[ET.Element, ET.Element]]:
    return [(parent, child) for parent in root.iter() for child in list(parent) if isinstance(child.tag, str)]


def _drop(parent: ET.Element, child: ET.Element) -> None:
    """Take an element out; the text that follows it stays."""
    at = list(parent).index(child)
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")
    parent.remove(child)


def _classes(element: ET.Element) -> list[str]:
    return element.get("class", "").split()


def _drop_repeated_styles(root: ET.Element) -> None:
    # Each view carries the sheet of all views, so that it can stand alone; read once, it holds for the whole page.
    head = root.find("head")
    known = " ".join(style.text or "" for style in head.iter("style")) if head is not None else ""
    for parent, child in _pairs(root):
        if child.tag == "style" and parent.tag == "div" and (child.text or "") in known:
            _drop(parent, child)


def _shorten_endless(root: ET.Element) -> None:
    # The time to break a run of signs without a blank over lines grows with its square; the whole is in the notebook.
    for element in root.iter():
        if element.tag not in {"style", f"{_SVG}style"} and element.text:
            element.text = _ENDLESS.sub(lambda run: shortened(run[0], _RUN), element.text)
        if element.tail:
            element.tail = _ENDLESS.sub(lambda run: shortened(run[0], _RUN), element.tail)


def _colour(picture: ET.Element) -> None:
    """Write the colours for light paper in place of the names that the picture's own sheet gives them."""
    sheets = [element for element in picture.iter(f"{_SVG}style") if element.text]
    named: dict[str, str] = {}
    for sheet in sheets:
        sheet.text = _MEDIA.sub("", sheet.text or "")
        for name, value in _VARIABLE.findall(sheet.text):
            named.setdefault(name, value.strip())

    def written(text: str) -> str:
        return _USE.sub(lambda use: named.get(use[1]) or (use[2] or "").strip() or "currentColor", text)

    for sheet in sheets:
        sheet.text = written(sheet.text or "")
    for element in picture.iter():
        for key, value in element.attrib.items():
            if "var(" in value:
                element.set(key, written(value))


def _fit(picture: ET.Element) -> None:
    """Give a picture the size it has on the page: as drawn, or as much smaller as the page demands."""
    box = picture.get("viewBox", "").replace(",", " ").split()
    if len(box) == 4 and all(_PLAIN.fullmatch(side) for side in box):
        width, height = float(box[2]) * _MM_PER_PX, float(box[3]) * _MM_PER_PX
        if width and height:
            scale = min(1.0, _WIDEST / width, _HIGHEST / height)
            picture.set("style", f"width:{width * scale:.2f}mm;height:{height * scale:.2f}mm")


def _captions_above(root: ET.Element) -> None:
    # As part of its table a caption may be left alone at the foot of a page.
    parents = {child: parent for parent in root.iter() for child in parent}
    for table in list(root.iter("table")):
        caption = table.find("caption")
        if caption is not None:
            table.remove(caption)
            caption.tag, caption.tail = "div", None
            caption.set("class", " ".join([*_classes(caption), "ak-caption"]))
            parent = parents[table]
            parent.insert(list(parent).index(table), caption)


def _unfold(root: ET.Element) -> None:
    for element in list(root.iter("details")):
        inner = list(element)
        summary = next((child for child in inner if child.tag == "summary"), None)
        kept = "ak-on-paper" in _classes(element) or element.get("open") is not None
        element.tag = "div"
        element.attrib.pop("open", None)
        element.set("class", " ".join([*_classes(element), "ak-unfolded" if kept else "ak-folded"]))
        if summary is not None:
            summary.tag = "div"
            named = any("ak-key" in _classes(part) for part in summary.iter())
            summary.set("class", " ".join([*_classes(summary), "ak-summary", *(["ak-named"] if named else [])]))
        if not kept:
            element.text = None
            for child in inner:
                if child is summary:
                    child.tail = None
                else:
                    element.remove(child)


def _cut(root: ET.Element, stem: str, taken: tuple[str, ...]) -> tuple[LongTable, ...]:
    parents = {child: parent for parent in root.iter() for child in parent}
    long = [
        table for table in root.iter("table") if len(list(_rows(table))) > ON_PAPER and _is_outermost(table, parents)
    ]
    found = []
    for table, name in zip(long, named((_caption(table) for table in long), taken), strict=True):
        rows = list(_rows(table))
        whole = LongTable(name, len(rows), csv_of(_texts(row) for row in (*_heads(table), *rows)))
        for row in rows[ON_PAPER:]:
            parents[row].remove(row)
        for group in list(table):
            if group.tag == "tbody" and not list(group):
                table.remove(group)
        _say_below(table, parents[table], said_of(ON_PAPER, len(rows), file_name(stem, name)))
        found.append(whole)
    return tuple(found)


def _is_outermost(element: ET.Element, parents: dict[ET.Element, ET.Element]) -> bool:
    above = parents.get(element)
    while above is not None:
        if above.tag == "table":
            return False
        above = parents.get(above)
    return True


def _rows(table: ET.Element) -> Iterator[ET.Element]:
    for group in table:
        if group.tag == "tbody":
            yield from (row for row in group if row.tag == "tr")


def _heads(table: ET.Element) -> Iterator[ET.Element]:
    for group in table:
        if group.tag == "thead":
            yield from (row for row in group if row.tag == "tr")


def _texts(row: ET.Element) -> list[str]:
    """The texts of a row's cells; a cell over several columns leaves the others empty."""
    found: list[str] = []
    for cell in row:
        if cell.tag in {"td", "th"}:
            width = cell.get("colspan", "1")
            found.append(" ".join(readable(" ".join(cell.itertext())).split()))
            found.extend([""] * (min(int(width), 100) - 1 if width.isdigit() else 0))
    return found


def _caption(table: ET.Element) -> str:
    caption = table.find("caption")
    return (caption.text or "") if caption is not None else ""


def _say_below(table: ET.Element, parent: ET.Element, words: str) -> None:
    said = ET.Element("p", {"class": "ak-attached"})
    said.text = words
    said.tail, table.tail = table.tail, None
    parent.insert(list(parent).index(table) + 1, said)
