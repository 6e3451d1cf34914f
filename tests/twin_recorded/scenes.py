"""The company as a recorded answer presupposes it, set up in a twin.

Every scene begins with the lists of the stock sandbox company. Then come the records that the recordings themselves
show: of each the version that the recording at hand begins with, else the one another recording of that company shows.
They are put in with their keys out of order and their numbers bare, so that order and digits are the twin's doing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_KEY
from akika_forensics.twin import Twin, identity, wire
from akika_forensics.twin.sample import chart, company, items
from twin_recorded.recordings import REALM, Exchange, Recording

type Body = dict[str, Any]
type Key = tuple[str, str]

_OTHER_COMPANIES: Final = frozenset(
    {"qbosdk/mock_qbo.json", "quickbooks-types/report1.json", "quickbooks-types/report2.json"}
)
"""Recordings of companies that are no copy of the stock company."""

_FOUNDED: Final = datetime(2014, 9, 1, 16, tzinfo=UTC)
_NEVER: Final = (True, timedelta.max, {})
_LISTED: Final = re.compile(r"from (\w+)(?!.*\bwhere\b)|from (\w+) where active in", re.IGNORECASE)


@dataclass(slots=True)
class Clock:
    """Stands at the recorded moment."""

    now: datetime = _FOUNDED

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Scene:
    twin: Twin
    clock: Clock

    def put(self, entity: str, body: Body, *, shuffle: bool = True) -> None:
        """A record as it was, whoever wrote it: no rule is asked."""
        bare = bared(body)
        payload = wire.encode(entity, shuffled(bare) if shuffle else bare)
        self.twin.put_raw(entity, payload, post=False)

    def past(self, entity: str, record_id: str) -> None:
        """The next record of this kind gets the Id after this one."""
        with self.twin.transaction():
            identity.seen(self.twin.store, entity, record_id)

    def numbered(self, entity: str, record_id: str, number: str, moment: datetime) -> None:
        """The document before the recorded one, which took the number before."""
        stamp = wire.metadata_time(moment - timedelta(minutes=5))
        body = {"DocNumber": number, "TxnDate": stamp[:10], "TotalAmt": Decimal(0), "Line": []}
        meta = {"CreateTime": stamp, "LastUpdatedTime": stamp}
        self.put(
            entity, {**body, "Id": record_id, "SyncToken": "0", "MetaData": meta, "domain": "QBO", "sparse": False}
        )


def bared(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: bared(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [bared(inner) for inner in value]
    return value.normalize() if isinstance(value, Decimal) else value


def shuffled(value: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value)
    random.Random(len(names)).shuffle(names)
    # What the schema leaves open ("any") has no order of its own.
    return {name: value[name] if name == "any" else shuffled(value[name]) for name in names}


class Stage:
    """Builds scenes from a folder of recordings."""

    def __init__(self, folder: Path, recordings: list[Recording]) -> None:
        self._folder = folder
        self._by_file = {row.file: row for row in recordings}
        self._sandbox = [row for row in recordings if row.file.startswith("qbo_api/")]

    def build(self, recording: Recording) -> Scene:
        """The company as it was just before the first request of a recording."""
        scene = self._founded()
        if recording.file not in _OTHER_COMPANIES:
            self._stock(scene)
        first = recording.exchanges[0].moment
        scene.clock.now = first
        family = recording.file.partition("/")[0]
        if family == "qbo_api":
            self._put_sandbox(scene, recording)
        else:
            for body in _own_records(recording):
                scene.put(*body)
        return scene

    def _founded(self) -> Scene:
        clock = Clock()
        scene = Scene(Twin(clock=clock, realm_id=REALM, company_name="Craig's Design and Landscaping Services"), clock)
        scene.put("Preferences", self.kept("exquickbooks/read_preferences.json")["Preferences"])
        return scene

    def _stock(self, scene: Scene) -> None:
        """The lists of the stock company."""
        twin = scene.twin
        for entity, body in company.settings():
            if entity not in {"CompanyInfo", "Preferences"}:
                twin.put_raw(entity, payloads.encode(body))
        rows = [*company.lists(), *(("Account", number, body) for number, body in chart.bodies())]
        for entity, record_id, body in rows:
            if entity not in {"Class", "Department"}:
                twin.create(entity, body, id=record_id, at=_FOUNDED)
        for record_id, body in items.bodies():
            since = {"InvStartDate": "2014-09-01"} if "InvStartDate" in body else {}
            twin.create("Item", body | since, id=record_id, at=_FOUNDED)

    def of(self, file: str) -> Recording:
        """The recording of a file."""
        return self._by_file[file]

    def kept(self, file: str) -> Any:
        """A bare answer, decoded."""
        return payloads.decode((self._folder / file).read_text("utf-8-sig").encode())

    def _put_sandbox(self, scene: Scene, recording: Recording) -> None:
        first = recording.exchanges[0].moment
        own: dict[Key, Body] = {}
        for exchange in recording.exchanges:
            for key, body in _found(exchange):
                own.setdefault(key, body)
        whole = {name for exchange in recording.exchanges for name in _listed(exchange)}
        rows = {
            key: body for key, body in self._elsewhere(first.replace(microsecond=0)).items() if key[0] not in whole
        } | own
        for (entity, _), body in sorted(rows.items(), key=lambda row: row[0][1][::-1]):
            scene.put(entity, body)

    def _elsewhere(self, first: datetime) -> dict[Key, Body]:
        """What all recordings of the company show of it: of each record the newest version before a moment.

        A record that was there and that only later recordings show is taken from the first of them.
        """
        nearest: dict[Key, tuple[bool, timedelta, Body]] = {}
        for recording in self._sandbox:
            for exchange in recording.exchanges:
                for key, body in _shown(exchange):
                    changed = _stamp(body, "LastUpdatedTime")
                    candidate = changed >= first, abs(first - changed), body
                    if _stamp(body, "CreateTime") < first and candidate[:2] < nearest.get(key, _NEVER)[:2]:
                        nearest[key] = candidate
        return {key: row[2] for key, row in nearest.items()}


def _stamp(body: Body, name: str) -> datetime:
    return datetime.fromisoformat(body["MetaData"][name])


def _makes(exchange: Exchange) -> bool:
    """Whether the records in the answer came to be by the request."""
    return exchange.method == "POST" and "/query" not in exchange.path


def _listed(exchange: Exchange) -> Iterator[str]:
    """Entities of which the answer shows all there are."""
    if "/cdc" in exchange.path:
        yield "Estimate"
    found = _LISTED.search(unquote(exchange.target))
    if found is not None:
        yield found[1] or found[2]


def _found(exchange: Exchange) -> Iterator[tuple[Key, Body]]:
    """The records in an answer as the request found them: what it read, and what the queries of a batch gave."""
    if not _makes(exchange):
        yield from _shown(exchange)
    elif "/batch" in exchange.path:
        for item in payloads.decode(exchange.answer.encode())["BatchItemResponse"]:
            yield from _records(item.get("QueryResponse", {}))


def _shown(exchange: Exchange) -> Iterator[tuple[Key, Body]]:
    """The whole records in an answer."""
    if not exchange.answer.startswith("{") or exchange.status != 200:
        return
    yield from _records(payloads.decode(exchange.answer.encode()))


def _records(value: Any) -> Iterator[tuple[Key, Body]]:
    if isinstance(value, list):
        for inner in value:
            yield from _records(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in BY_KEY:
                for body in inner if isinstance(inner, list) else [inner]:
                    if isinstance(body, dict) and body.get("MetaData"):
                        yield (BY_KEY[name].name, str(body["Id"])), body
            else:
                yield from _records(inner)


def _own_records(recording: Recording) -> Iterator[tuple[str, Body]]:
    """What the answers of reads and queries show, of a recording that stands alone."""
    for exchange in recording.exchanges:
        if _makes(exchange):
            continue
        if exchange.within:
            kept = payloads.decode(exchange.answer.encode())
            for body in kept if isinstance(kept, list) else [kept | {"Id": "1"}]:
                yield str(exchange.within[1]), body
            continue
        for (entity, _), body in _shown(exchange):
            yield entity, body
