"""The Audit Log as the screens export it.

It knows less than the trail behind it: minutes of the company's zone, no Id of a record, 10,000 rows without a word of
what was cut, two years. Source: forensic notes on the Audit Log; an importer that takes no other form than the native.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import wire
from akika_forensics.twin.people import actors, local_time
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.people.wording import Words, detail_of
from akika_forensics.twin.store import Store

MOST: Final = 10_000
KEPT: Final = timedelta(days=730)
FORMS: Final = ("native", "wide")
FAMILIES: Final = (
    "transactions",
    "lists",
    "reconciliations",
    "statements",
    "data exchange",
    "sign-in/out",
    "settings",
    "deleted/voided",
)
_BY_VERB: Final = {
    "signed in": "sign-in/out",
    "signed out": "sign-in/out",
    "reconciled": "reconciliations",
    "undid reconciliation": "reconciliations",
    "connected": "data exchange",
    "disconnected": "data exchange",
    "downloaded": "data exchange",
    "excluded": "data exchange",
    "included": "data exchange",
}
_SETTINGS: Final = frozenset({"Preferences", "CompanyInfo", "User"})


@dataclass(frozen=True, slots=True)
class Asked:
    """``user`` is a name as the log shows it; the days are included, in the company's zone; ``family`` of FAMILIES."""

    user: str = ""
    since: date | None = None
    until: date | None = None
    family: str = ""
    form: str = "native"

    def __post_init__(self) -> None:
        """Raises WrongUse for an unknown family or form."""
        if self.family and self.family not in FAMILIES:
            raise WrongUse(f"There are no events {self.family!r}.", do=f"Choose one of {', '.join(FAMILIES)}.")
        if self.form not in FORMS:
            raise WrongUse(f"There is no Audit Log in the form {self.form!r}.", do=f"Choose {' or '.join(FORMS)}.")


def export(store: Store, now: datetime, asked: Asked) -> bytes:
    """CSV with a byte order mark, newest first.

    ``native`` has the columns ``Date Changed,User,Event``; ``wide`` a block with company and range, then also Name, Date
    and Amount. Text from the books is quoted as CSV and not made harmless for a spreadsheet, as the real export.
    """
    company = _body(store, "CompanyInfo")
    zone = local_time.zone_of(company)
    home = (_body(store, "Preferences").get("CurrencyPrefs") or {}).get("HomeCurrency")
    currency = str(home.get("value")) if isinstance(home, dict) else "USD"
    words = Words(str(company.get("Country") or "US").upper(), currency)
    standard = store.beliefs.choice("audit_zone_label") == "standard"
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if asked.form == "wide":
        writer.writerows(_block(company, asked))
    writer.writerow(["Date Changed", "User", "Event", *(["Name", "Date", "Amount"] if asked.form == "wide" else [])])
    for event, moment in islice(_chosen(store, now, zone, asked), MOST):
        cells = [local_time.to_the_minute(moment, standard=standard), _user(store, event)]
        if asked.form == "wide":
            cells += [words.event(event, brief=True), *_columns(event, words)]
        else:
            cells.append(words.event(event))
        writer.writerow(cells)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _chosen(store: Store, now: datetime, zone: Any, asked: Asked) -> Iterator[tuple[Event, datetime]]:
    oldest = wire.microseconds(now - KEPT)
    for event in store.trail.newest_first(oldest):
        if event.verb == "merged" and store.beliefs.choice("audit_merge") == "hidden":
            continue
        moment = wire.moment_of(event.at).astimezone(zone)
        on = moment.date()
        if (asked.since and on < asked.since) or (asked.until and on > asked.until):
            continue
        if asked.user and asked.user != _user(store, event):
            continue
        if asked.family and asked.family not in families(event):
            continue
        yield event, moment


def families(event: Event) -> tuple[str, ...]:
    """The filters that show an event."""
    if event.verb in _BY_VERB:
        return (_BY_VERB[event.verb],)
    if event.entity in _SETTINGS:
        return ("settings",)
    row = CATALOGUE.get(event.entity)
    if row is not None and not row.is_transaction:
        return ("lists",)
    return ("transactions", "deleted/voided") if event.verb in {"deleted", "voided"} else ("transactions",)


def _user(store: Store, event: Event) -> str:
    told = detail_of(event).get("by")
    if told:
        return str(told)
    if event.kind == "app" and store.beliefs.choice("audit_app_writes") == "system_administration":
        return actors.SYSTEM.name
    return event.name or "(deleted user)"


def _columns(event: Event, words: Words) -> list[str]:
    on = date.fromisoformat(event.date) if event.date else None
    day = "" if on is None else f"{on:%m/%d/%Y}" if words.country == "US" else f"{on:%d/%m/%Y}"
    if event.cents is None:
        return [event.party, day, ""]
    sign = "-" if event.cents < 0 else ""
    return [event.party, day, f"{sign}{abs(event.cents) // 100:,}.{abs(event.cents) % 100:02d}"]


def _block(company: dict[str, Any], asked: Asked) -> list[list[str]]:
    ends = [f"{day:%B} {day.day}, {day.year}" if day else "" for day in (asked.since, asked.until)]
    span = " - ".join(end for end in ends if end) or "All Dates"
    return [[str(company.get("CompanyName", ""))], ["Audit Log"], [span], []]


def _body(store: Store, entity: str) -> dict[str, Any]:
    row = store.get(entity, "1")
    return payloads.decode(row.payload) if row else {}
