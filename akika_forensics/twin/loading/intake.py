"""Records as a caller hands them in: each is decoded, identified, looked at, kept, and forgotten.

What stays in memory of a record is its key. What is odd is remembered, and announced when all are in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.citing import cited
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of
from akika_forensics.twin.documents import totals
from akika_forensics.twin.loading import folder, shape
from akika_forensics.twin.loading.bulk import Bulk
from akika_forensics.twin.loading.load_report import LoadReport, Note
from akika_forensics.twin.loading.order import Position, position
from akika_forensics.twin.loading.placeholder_scene import number

type Body = dict[str, Any]

_PLAINLY: Final = frozenset(CATALOGUE) - {"RecurringTransaction", "ExchangeRate"}
"""Entities whose records carry their Id at the top and under that name."""


class Intake:
    """The records of one load, on their way into the company."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._places: dict[RecordKey, int | str] = {}
        self._nameless: list[tuple[int, str, str, Body]] = []
        self._said: list[tuple[int, Note]] = []
        self._faults: dict[RecordKey, tuple[Position, str]] = {}
        self._odd: dict[RecordKey, str] = {}
        self._missing: dict[tuple[str, str], list[RecordKey]] = {}
        self.days: Counter[str] = Counter()
        """How many records have which TxnDate."""

    @property
    def keys(self) -> list[RecordKey]:
        """Of all records, in the order in which they came."""
        return list(self._places)

    def take_all(self, records: Iterable[tuple[str, bytes]]) -> None:
        """Raises WrongUse when one is no JSON object."""
        for n, (given, payload) in enumerate(records, 1):
            self._take(n, given, payload)
        for n, entity, where, body in self._nameless:
            numbers = (int(key.id) for key in self._places if key.entity == entity and _is_number(key.id))
            record_id = str(max(numbers, default=0) + 1)
            own, inner, remark = folder.given_id(body, record_id, where)
            key = RecordKey(entity, record_id)
            self._say(n, remark, key)
            self._keep(n, where, key, own, inner)

    def _take(self, n: int, given: str, payload: bytes) -> None:
        entity = folder.entity_name(given)
        where = f"{given} payload {n}"
        body = folder.parse(entity, payload, where)[2]
        record_id = body.get("Id")
        if record_id.__class__ is str and record_id and entity in _PLAINLY:  # nearly always
            self._keep(n, n if given == entity else where, RecordKey(entity, record_id), payload, body)
            return
        own, inner, remark = folder.unwrapped(entity, payload, body, where)
        if remark:
            self._say(n, remark)
        record_id, remark = folder.id_of(entity, inner, where)
        if record_id is None:
            self._nameless.append((n, entity, where, inner))
            return
        key = RecordKey(entity, record_id)
        if remark:
            self._say(n, remark, key)
        self._keep(n, n if given == entity else where, key, own, inner)

    def _keep(self, n: int, place: int | str, key: RecordKey, payload: bytes, body: Body) -> None:
        earlier = self._places.get(key)
        if earlier is not None and not self._is_newer(n, key, earlier, place, payload, body):
            return
        self._places[key] = place
        fault = shape.fault(key.entity, body)
        if fault is not None:
            self._faults[key] = (position(key, body), fault)
        self._bulk.add(key.entity, payload, body, post=fault is None)
        self.days[_day(body)] += 1
        self._look(key, body)

    def _is_newer(
        self, n: int, key: RecordKey, earlier: int | str, place: int | str, payload: bytes, body: Body
    ) -> bool:
        """Whether a second version takes the place of the first, which is then forgotten."""
        held = self._bulk.payload(*key) or b"{}"
        old = payloads.decode(held)
        newer = folder.age(body) >= folder.age(old)
        where, other = _where(key, place), _where(key, earlier)
        self._say(n, folder.twice(key, (held, other), (payload, where), where if newer else other), key)
        if newer:
            self.days[_day(old)] -= 1
            self._faults.pop(key, None)
            self._odd.pop(key, None)
        return newer

    def _look(self, key: RecordKey, body: Body) -> None:
        """Does it add up, and is everything there that it cites?"""
        self._missing.pop(key, None)
        if key.entity not in CATALOGUE:
            self._odd[key] = f"{key} is of a kind that this software does not know; it is kept."
            return
        difference = totals.disagreement(key.entity, body)
        if difference:
            self._odd[key] = f"{key} does not add up: {difference}."
        places = self._places
        for target in cited(key.entity, body):
            if target not in places:
                self._missing.setdefault(target, []).append(key)

    def _say(self, n: int, what: str, *keys: RecordKey) -> None:
        self._said.append((n, Note(keys, what)))

    # what is announced

    def announce_arrival(self, report: LoadReport) -> None:
        """What came how, what is not in its shape, and how many of each kind there are."""
        report.announcements += [note for _, note in sorted(self._said, key=lambda said: said[0])]
        for key, (_, fault) in sorted(self._faults.items(), key=lambda item: item[1][0]):
            report.announce(f"{key} is not in the shape of its kind: {fault}; it is kept as it is and not posted.", key)
        by_entity: dict[str, list[RecordKey]] = defaultdict(list)
        for key in self._places:
            by_entity[key.entity].append(key)
        for entity, keys in sorted(by_entity.items()):
            text = f"{len(keys)} {entity} record{'s' if len(keys) > 1 else ''} loaded as they came."
            report.loaded.append(Note(tuple(sorted(keys, key=_by_number)), text))

    def announce_oddities(self, report: LoadReport) -> None:
        if len(self._odd) > 1:
            order = {key: place for place, key in enumerate(self._places)}
            self._odd = dict(sorted(self._odd.items(), key=lambda item: order[item[0]]))
        for key, text in self._odd.items():
            report.announce(text, key)

    def announce_dangling(self, report: LoadReport) -> None:
        """Every citation of a record that is not among those that came."""
        for key in sorted({source for sources in self._missing.values() for source in sources}, key=number):
            for link in links_of(key.entity, self._body(key)):
                if link.target is not None and not link.by_code and link.target not in self._places:
                    report.announce(f"{key} cites {link.target} at {link.path}, which is not among the records.", key)

    def bodies(self, *entities: str) -> Iterator[tuple[RecordKey, Body]]:
        """The records of some kinds, decoded, in the order in which they came."""
        for key in self._places:
            if key.entity in entities:
                yield key, self._body(key)

    def _body(self, key: RecordKey) -> Body:
        body: Body = payloads.decode(self._bulk.payload(*key) or b"{}")
        return body


def _by_number(key: RecordKey) -> tuple[int, str]:
    """Order of keys of one entity."""
    text = key.id
    return (int(text) if _is_number(text) else 0, text)


def _day(body: Body) -> str:
    found = body.get("TxnDate", "")
    return found if isinstance(found, str) else str(found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _where(key: RecordKey, place: int | str) -> str:
    return place if isinstance(place, str) else f"{key.entity} payload {place}"
