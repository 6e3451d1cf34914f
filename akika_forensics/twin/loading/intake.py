"""Records as a caller hands them in: each is decoded, identified, looked at, kept, and forgotten.

What stays in memory of a record is its key. What is odd is remembered, and announced when all are in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
from akika_forensics.twin.loading.order import Position, number, position
from akika_forensics.twin.loading.recorded import Places, Recorded, Seen

type Body = dict[str, Any]

_PLAINLY: Final = frozenset(CATALOGUE) - {"RecurringTransaction", "ExchangeRate"}
"""Entities whose records carry their Id at the top and under that name."""


class Intake:
    """The records of one load, on their way into the company."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk
        self._places: Places = {}
        self._nameless: list[tuple[int, str, str, Body]] = []
        self._said: list[tuple[int, Note]] = []
        self._faults: dict[RecordKey, tuple[Position, str]] = {}
        self._odd: dict[RecordKey, str] = {}
        self.seen = Seen()
        self.recorded = Recorded(bulk, self._places, self.seen)

    def take_all(self, records: Iterable[tuple[str, bytes, str]]) -> None:
        """Each with its kind as it was called and where it is found; empty stands for its number among all.

        Raises WrongUse when one is no JSON object.
        """
        for n, (given, payload, where) in enumerate(records, 1):
            self._take(n, given, payload, where)
        self._name_the_nameless()

    def _name_the_nameless(self) -> None:
        """Records without an Id get the next ones of their kind, and keep their place among the others."""
        named: dict[RecordKey, RecordKey] = {}
        for n, entity, where, body in self._nameless:
            numbers = (int(key.id) for key in self._places if key.entity == entity and _is_number(key.id))
            record_id = str(max(numbers, default=0) + 1)
            own, inner, remark = folder.given_id(body, record_id, where)
            key = named[_stand_in(n)] = RecordKey(entity, record_id)
            self._say(n, remark, key)
            self._keep(n, where, key, own, inner)
        if named:
            places = dict(self._places)
            self._places.clear()
            for held in places:
                key = named.get(held, held)
                self._places.setdefault(key, places[key])

    def _take(self, n: int, given: str, payload: bytes, place: str) -> None:
        entity = folder.entity_name(given)
        where = place or f"{given} payload {n}"
        body = folder.parse(payload, where)
        record_id = body.get("Id")
        if record_id.__class__ is str and record_id and entity in _PLAINLY:  # nearly always
            self._keep(n, n if given == entity and not place else where, RecordKey(entity, record_id), payload, body)
            return
        own, inner, remark = folder.unwrapped(entity, payload, body, where)
        if remark:
            self._say(n, remark)
        record_id, remark = folder.id_of(entity, inner, where)
        if record_id is None:
            self._nameless.append((n, entity, where, inner))
            self._places[_stand_in(n)] = where
            return
        key = RecordKey(entity, record_id)
        if remark:
            self._say(n, remark, key)
        self._keep(n, where, key, own, inner)

    def _keep(self, n: int, place: int | str, key: RecordKey, payload: bytes, body: Body) -> None:
        earlier = self._places.get(key)
        if earlier is not None and not self._is_newer(n, key, earlier, place, payload, body):
            return
        self._places[key] = place
        fault = shape.fault(key.entity, body)
        if fault is not None:
            self._faults[key] = (position(key, body), fault)
        self._bulk.add(key.entity, payload, body, post=fault is None)
        self._look(key, body)

    def _is_newer(
        self, n: int, key: RecordKey, earlier: int | str, place: int | str, payload: bytes, body: Body
    ) -> bool:
        """Whether a second version takes the place of the first, which is then forgotten."""
        held = self._bulk.payload(*key) or b"{}"
        old: Body = payloads.decode(held)
        newer = folder.age(body) >= folder.age(old)
        where, other = _where(key, place), _where(key, earlier)
        self._say(n, folder.twice(key, (held, other), (payload, where), where if newer else other), key)
        if newer:
            self.seen.days[_day(old)] -= 1
            self._faults.pop(key, None)
            self._odd.pop(key, None)
        return newer

    def _look(self, key: RecordKey, body: Body) -> None:
        """Does it add up, and is everything there that it cites?"""
        seen, places = self.seen, self._places
        seen.days[_day(body)] += 1
        meta = body.get("MetaData")
        created = meta.get("CreateTime") if isinstance(meta, dict) else None
        if created and (not seen.oldest or str(created) < seen.oldest):
            seen.oldest = str(created)
        seen.missing.pop(key, None)
        if key.entity not in CATALOGUE:
            self._odd[key] = f"{key} is of a kind that this software does not know; it is kept."
            return
        difference = totals.disagreement(key.entity, body)
        if difference:
            self._odd[key] = f"{key} does not add up: {difference}."
        for target in cited(key.entity, body):
            if target not in places:
                seen.missing.setdefault(target, []).append(key)

    def _say(self, n: int, what: str, *keys: RecordKey) -> None:
        self._said.append((n, Note(keys, what)))

    # what is announced

    def announce_arrival(self, report: LoadReport) -> None:
        """What came how."""
        report.announcements += [note for _, note in sorted(self._said, key=lambda said: said[0])]
        self.seen.unsound = {key.entity for key in self._odd if key.entity in CATALOGUE}

    def announce_kept(self, report: LoadReport) -> None:
        """What is not in its shape, and how many of each kind there are."""
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
        gone = [sources for target, sources in self.seen.missing.items() if target[0] in CATALOGUE]
        for key in sorted({source for sources in gone for source in sources}, key=number):
            for link in links_of(key.entity, self.recorded[key]):
                if link.target is not None and not link.by_code and link.target not in self._places:
                    report.announce(f"{key} cites {link.target} at {link.path}, which is not among the records.", key)


def _by_number(key: RecordKey) -> tuple[int, str]:
    """Order of keys of one entity."""
    text = key.id
    return (int(text) if _is_number(text) else 0, text)


def _day(body: Body) -> str:
    found = body.get("TxnDate", "")
    return found if isinstance(found, str) else str(found)


def _stand_in(n: int) -> RecordKey:
    """Holds the place of a record until it has an Id."""
    return RecordKey("", str(n))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _where(key: RecordKey, place: int | str) -> str:
    return place if isinstance(place, str) else f"{key.entity} payload {place}"
