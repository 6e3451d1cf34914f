"""What Intuit's partner programme counts: reads that were answered, whoever asked for them and for what.

Source: QuickBooks API, metering: writing is Core and free, reading out of the books is CorePlus; successful calls only;
signing in is not counted. Whether a batch counts once or by its items, and whether the address of an attached file
counts, is not told: all are counted here, so that either can be said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx
import msgspec

from akika_forensics.quickbooks.limits import Limits
from akika_forensics.quickbooks.network import network

_QUERY: Final = "QueryResponse"
_FAULT: Final = "Fault"


@dataclass(frozen=True, slots=True)
class Credits:
    """``calls`` were answered, ``batches`` of them batches with ``items`` good items, ``downloads`` of them addresses of files."""

    calls: int = 0
    batches: int = 0
    items: int = 0
    downloads: int = 0

    def __add__(self, other: Credits) -> Credits:
        return Credits(
            self.calls + other.calls,
            self.batches + other.batches,
            self.items + other.items,
            self.downloads + other.downloads,
        )

    def __sub__(self, other: Credits) -> Credits:
        return self + Credits(-other.calls, -other.batches, -other.items, -other.downloads)

    @property
    def by_items(self) -> int:
        """As many as count where each item of a batch does."""
        return self.calls - self.batches + self.items

    def metered(self, *, each_item: bool, downloads: bool = True) -> int:
        """As many as count under one reading of what is not told."""
        return (self.by_items if each_item else self.calls) - (0 if downloads else self.downloads)


NOTHING: Final = Credits()
_BATCH: Final = "batch"


class Metered(httpx.BaseTransport):
    """Tells ``count`` of every answer that is metered, as it comes off the network; every try that was answered counts.

    ``at_end`` is called when the network is closed.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        count: Callable[[Credits], None],
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._inner, self._count, self._at_end = inner, count, at_end

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        place = _place(request.url.path)
        if response.status_code == httpx.codes.OK and place is not None:
            if place == _BATCH:
                self._read(response)
            self._count(_credits(request, response, place))
        return response

    def _read(self, response: httpx.Response) -> None:
        """A batch that breaks off was answered, and counts; what it held nobody knows."""
        try:
            response.read()
        except BaseException:
            self._count(Credits(calls=1, batches=1, items=1))
            response.close()
            raise

    def close(self) -> None:
        self._inner.close()
        self._at_end()


def metered_network(
    limits: Limits, count: Callable[[Credits], None], at_end: Callable[[], None] = lambda: None
) -> httpx.BaseTransport:
    """The network as a reader uses it, with a count."""
    return Metered(network(limits=httpx.Limits(max_connections=limits.in_flight)), count, at_end)


def _place(path: str) -> str | None:
    """What of a company is asked for, such as ``query`` or ``invoice/130``; None for what is no call of the API."""
    parts = path.strip("/").split("/")
    return "/".join(parts[3:]) if parts[:2] == ["v3", "company"] and len(parts) > 3 else None


def _credits(request: httpx.Request, response: httpx.Response, place: str) -> Credits:
    if place == _BATCH:
        return Credits(calls=1, batches=1, items=_good_items(response))
    if request.method != "GET":
        return NOTHING
    return Credits(calls=1, downloads=1 if place.startswith("download/") else 0)


def _good_items(response: httpx.Response) -> int:
    """Those that were queries and not refused; an answer that cannot be read is counted by nobody knows what, as one."""
    try:
        told = msgspec.json.decode(response.content, type=dict[str, msgspec.Raw])
        items = msgspec.json.decode(told["BatchItemResponse"], type=list[dict[str, msgspec.Raw]])
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError):
        return 1
    return sum(1 for item in items if _FAULT not in item and _QUERY in item)
