"""Two answers side by side: every aspect in which they could differ, counted.

What is compared of a body:

* *envelope*: the outermost keys and those of ``QueryResponse`` and ``Fault``, in order;
* *keys*: which keys an object has, how many entries a list has;
* *order*: the order of the keys both have, and of the records in a list, which are then compared each with its own;
* *formats*: the shape of numbers (``9.99``), dates and times, and the JSON type of every leaf;
* *texts*: the value of every leaf.

Rules for what cannot be equal:

* a moment that the request itself set (``MetaData``, up to three seconds after the request began) is compared by shape;
* ids of requests, tokens, signed addresses of the file store and the address of a server are compared by shape;
* the name of the person who was faster in a refused update is the company's, not the service's;
* the version of the service and its timings are compared by shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

KINDS: Final = ("status", "code", "headers", "envelope", "keys", "order", "formats", "texts")
ALWAYS: Final = frozenset({"status", "code"})
HEADERS: Final = (
    "content-type",
    "intuit-tid",
    "qbo-version",
    "service-time",
    "expires",
    "cache-control",
    "pragma",
    "strict-transport-security",
    "www-authenticate",
    "x-spanid",
    "x-amzn-trace-id",
)
ABSENT: Final = "absent"
_TOKENS: Final = frozenset({"access_token", "refresh_token"})
_LATEST: Final = timedelta(seconds=3)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
_SHAPES: Final = (
    (re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}"), "<trace>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"total=\d+, db=\d+"), "total=9, db=9"),
    (re.compile(r"\d{4}\.\d{3}"), "9999.999"),
    (re.compile(r"max-age=\d{8}\b"), "max-age=99999999"),
    (re.compile(r"(?<=^Token expired: )\S+"), "<token>"),
    (re.compile(r"You and .+? were working on this at the same time\. .+? finished"), "You and <who> <who> finished"),
    (re.compile(r"^(https?://[^/]+)(?=/)"), "<server>"),
    (re.compile(r"X-Amz-(Date|Credential|Signature)=[^&]*"), r"X-Amz-\1=<signed>"),
    (re.compile(r"https://[^/ ]+/qbo\d+(?=/v3)"), "<server>"),
)


class Number(str):
    """A number as its digits stand in the text."""

    __slots__ = ()

    @property
    def shape(self) -> str:
        """``9``, ``9.99``, ``-9.9``: how many decimals, not which digits."""
        whole, point, fraction = self.removeprefix("-").partition(".")
        sign = "-" if self.startswith("-") else ""
        return f"{sign}{'9' if whole else ''}{point}{'9' * len(fraction)}"


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing in which two answers can differ; ``weight`` leaves of a part that one of them lacks."""

    kind: str
    path: str
    recorded: str
    served: str
    weight: int = 1

    @property
    def equal(self) -> bool:
        return self.recorded == self.served


def parse(text: str) -> Any:
    """JSON with its numbers as text. Raises ValueError."""
    return json.loads(text, parse_float=Number, parse_int=Number)


def headers(recorded: Mapping[str, str], served: Mapping[str, str]) -> Iterator[Aspect]:
    ours = {name.lower().replace("_", "-"): value for name, value in served.items()}
    theirs = {name.lower().replace("_", "-"): value for name, value in recorded.items()}
    for name in HEADERS:
        if name in ours or name in theirs:
            yield Aspect("headers", name, _shaped(theirs.get(name, ABSENT)), _shaped(ours.get(name, ABSENT)))


@dataclass(frozen=True, slots=True)
class Bodies:
    """How two bodies are compared: what the recording still tells, and when the request began."""

    moment: datetime
    in_order: bool = True
    in_digits: bool = True
    texts: bool = True

    def compare(self, recorded: Any, served: Any) -> Iterator[Aspect]:
        if isinstance(recorded, dict) and isinstance(served, dict):
            yield Aspect("envelope", "", self._outermost(recorded), self._outermost(served))
        yield from self._values("", recorded, served)

    def _outermost(self, body: dict[str, Any]) -> str:
        names = list(body) if self.in_order else sorted(body)
        for name in ("QueryResponse", "Fault"):
            inner = body.get(name)
            if isinstance(inner, dict):
                names += [f"{name}.{key}" for key in (inner if self.in_order else sorted(inner))]
        return " ".join(names)

    def _values(self, path: str, recorded: Any, served: Any) -> Iterator[Aspect]:
        if isinstance(recorded, dict) and isinstance(served, dict):
            yield from self._objects(path, recorded, served)
        elif isinstance(recorded, list) and isinstance(served, list):
            yield Aspect("keys", f"{path}[]", str(len(recorded)), str(len(served)))
            if self.in_order and (paired := _paired(recorded, served)) is not None:
                yield Aspect("order", f"{path}[]", *(" ".join(map(_identity, rows)) for rows in (recorded, served)))
                served = paired
            for mine, theirs in zip(recorded, served, strict=False):
                yield from self._values(f"{path}.*".lstrip("."), mine, theirs)
            for lost in recorded[len(served) :]:
                yield _missing(f"{path}.*", lost)
        else:
            yield from self._leaves(path, recorded, served)

    def _objects(self, path: str, recorded: dict[str, Any], served: dict[str, Any]) -> Iterator[Aspect]:
        yield Aspect("keys", path, " ".join(sorted(recorded)), " ".join(sorted(served)))
        both = [name for name in recorded if name in served]
        if len(both) > 1 and self.in_order:
            yield Aspect("order", path, " ".join(both), " ".join(name for name in served if name in recorded))
        for name, value in recorded.items():
            inner = f"{path}.{name}".lstrip(".")
            if name in served:
                yield from self._values(inner, value, served[name])
            else:
                yield _missing(inner, value)

    def _leaves(self, path: str, recorded: Any, served: Any) -> Iterator[Aspect]:
        yield Aspect("formats", path, self._format(recorded), self._format(served))
        if self.texts:
            yield Aspect("texts", path, self._text(path, recorded), self._text(path, served))

    def _format(self, value: Any) -> str:
        if isinstance(value, Number):
            return value.shape if self.in_digits else "number"
        if isinstance(value, str):
            return re.sub(r"\d", "9", value) if _TIME.fullmatch(value) else "text"
        return type(value).__name__

    def _text(self, path: str, value: Any) -> str:
        if isinstance(value, Number):
            return f"{Decimal(value).normalize():f}"
        if not isinstance(value, str):
            return json.dumps(value, sort_keys=True)
        if path in _TOKENS:
            return "<token>"
        if "MetaData." in path and self._is_now(value):
            return "<now>"
        return _shaped(value)

    def _is_now(self, text: str) -> bool:
        try:
            said = datetime.fromisoformat(text)
        except ValueError:
            return False
        return said.tzinfo is not None and timedelta(seconds=-1) < said - self.moment <= _LATEST


def _identity(row: Any) -> str:
    """By what an entry of a list of records is known: its Id, or the currency of a rate."""
    return str(row.get("Id") or row.get("SourceCurrencyCode") or "") if isinstance(row, dict) else ""


def _paired(recorded: list[Any], served: list[Any]) -> list[Any] | None:
    """The served entries in the order of the recorded ones, when both know the same ones each by its own name."""
    known = {_identity(row): row for row in served}
    names = [_identity(row) for row in recorded]
    if "" in known or len(known) != len(served) or set(names) != set(known):
        return None
    return [known[name] for name in names]


def _shaped(text: str) -> str:
    for pattern, shape in _SHAPES:
        text = pattern.sub(shape, text)
    return text


def _missing(path: str, value: Any) -> Aspect:
    return Aspect("texts", path, _brief(value), ABSENT, _leaves_in(value))


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 100 else f"{text[:97]}..."


def _leaves_in(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves_in, value.values())) or 1
    if isinstance(value, list):
        return sum(map(_leaves_in, value)) or 1
    return 1
