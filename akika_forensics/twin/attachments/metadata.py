"""The Attachable that is sent beside a file: in JSON, or in the XML of the PHP and Ruby clients.

XML is read here and nowhere else: elements, their text and the ``type`` of a reference. A document type is refused,
so there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_KEY
from akika_forensics.twin import faults

_XML: Final = frozenset({"application/xml", "text/xml"})
_MOST_BYTES: Final = 1_000_000
_DEEPEST: Final = 8
_LISTS: Final = frozenset({"AttachableRef", "CustomField"})
_REFERENCES: Final = frozenset({"EntityRef"})


def read(text: bytes, media_type: str, part: str) -> dict[str, Any]:
    """The Attachable of a metadata part. Raises QuickBooksFault 6040 when it is none."""
    if len(text) > _MOST_BYTES:
        raise faults.no_attachable("a text of more than a megabyte", part)
    if media_type in _XML or text[:64].lstrip().startswith(b"<"):
        return _from_xml(text, part)
    try:
        found = payloads.decode(text)
    except WrongUse:
        raise faults.no_attachable("no JSON", part) from None
    if not isinstance(found, dict):
        raise faults.no_attachable("no JSON object", part)
    (key, *others) = found or [""]
    if not others and key in BY_KEY and isinstance(found[key], dict):
        if key != "Attachable":
            raise faults.no_attachable(key, part)
        return dict(found[key])
    return found


class _Unfit(Exception):
    pass


def _from_xml(text: bytes, part: str) -> dict[str, Any]:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    stack: list[tuple[str, dict[str, Any], list[str]]] = []
    roots: list[tuple[str, dict[str, Any]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= _DEEPEST:
            raise _Unfit
        local = name.rpartition(" ")[2]
        known = {"type": attributes["type"]} if local in _REFERENCES and "type" in attributes else {}
        stack.append((local, dict(known), []))

    def end(_: str) -> None:
        local, fields, words = stack.pop()
        if not stack:
            roots.append((local, fields))
            return
        value: Any = "".join(words).strip()
        if local in _REFERENCES:
            value = {**fields, "value": value}
        elif fields:
            value = fields
        above = stack[-1][1]
        if local in _LISTS:
            above.setdefault(local, []).append(value)
        else:
            above[local] = value

    def data(words: str) -> None:
        if stack:
            stack[-1][2].append(words)

    def doctype(*_: Any) -> None:
        raise _Unfit

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, _Unfit):
        raise faults.no_attachable("no plain XML", part) from None
    name, fields = roots[0]
    if name != "Attachable":
        raise faults.no_attachable(name, part)
    return fields
