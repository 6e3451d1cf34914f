"""One request to the accounting API, and its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin.http import own_ways
from akika_forensics.twin.http.batching import READS
from akika_forensics.twin.http.uploading import Received

_PATH: Final = re.compile(r"/v3/company/(?P<realm>[^/]+)(?P<rest>/.*)?")
_ENTITLEMENTS: Final = re.compile(r"(/manage)?/entitlements/v3/(?P<realm>[^/]+)/?")


@dataclass(frozen=True)
class Call:
    """One API request. ``parameters`` are decoded; their names and those of ``headers`` are in lower case.

    ``origin`` is the address at which the company was reached, without path; ``upload`` is the body of an upload,
    which then is in no other place.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    body: bytes
    started: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    upload: Received | None = None

    @cached_property
    def realm(self) -> str | None:
        match = _PATH.fullmatch(self.path) or _ENTITLEMENTS.fullmatch(self.path)
        return match["realm"] if match else None

    @cached_property
    def parts(self) -> list[str]:
        """What follows the company in the path."""
        if _ENTITLEMENTS.fullmatch(self.path):
            return list(own_ways.ENTITLEMENTS)
        match = _PATH.fullmatch(self.path)
        return [part for part in (match["rest"] or "").split("/") if part] if match else []

    @property
    def request_id(self) -> str | None:
        return self.parameters.get("requestid") or None

    @property
    def is_batch(self) -> bool:
        return self.method == "POST" and self.parts == ["batch"]

    @cached_property
    def kind(self) -> str:
        """``write`` when it may change the company, else ``read``."""
        if self.method != "POST" or self.parts[:1] == ["query"]:
            return "read"
        if self.is_batch:
            try:
                items = payloads.decode(self.body).get("BatchItemRequest", [])
                return "read" if items and all(READS & item.keys() for item in items) else "write"
            except (WrongUse, AttributeError, TypeError):
                return "write"
        return "write"


@dataclass(slots=True)
class Answer:
    """``applied`` names what changed, such as ``create Invoice:130``; ``replayed`` an answer that was given before."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    replayed: bool = False
