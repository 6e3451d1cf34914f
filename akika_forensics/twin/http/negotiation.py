"""In which form a request comes and its answer goes: JSON, and PDF where a document is printed.

The service itself speaks XML to a client that does not say otherwise. This company speaks none: who names no form, or
any, gets JSON; who asks for XML or sends it is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from akika_forensics.twin.faults import QuickBooksFault

_XML: Final = frozenset({"application/xml", "text/xml"})


def media_type(value: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``."""
    return value.partition(";")[0].strip().lower()


def takes_gzip(headers: Mapping[str, str]) -> bool:
    """Whether the client can read a packed answer; ``q=0`` says that it cannot."""
    for part in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0"}
    return False


def check(headers: Mapping[str, str], body: bytes) -> None:
    """Raises QuickBooksFault 1050: HTTP 406 when nothing but XML is wanted back, 415 when XML was sent."""
    wanted = {media_type(part) for part in headers.get("accept", "").split(",") if part.strip()}
    if wanted & _XML and not any(
        form == "application/json" or "*" in form or form.endswith("+json") for form in wanted
    ):
        raise _refused(406, "answers in JSON only; ask with Accept: application/json")
    if body and (media_type(headers.get("content-type", "")) in _XML or body[:64].lstrip().startswith(b"<?xml")):
        raise _refused(415, "takes JSON only; send Content-Type: application/json")


def _refused(status: int, what: str) -> QuickBooksFault:
    return QuickBooksFault(
        "1050", "Invalid Content Type", f"Invalid Content Type : This company {what}.", status=status
    )
