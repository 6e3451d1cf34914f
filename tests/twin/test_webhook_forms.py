"""A notification's bytes in both forms, what is notified at all, what can be asked for and where it may go."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import Beliefs
from akika_forensics.twin.webhooks import address, forms, notice
from akika_forensics.twin.webhooks.notice import NAMED, OPERATIONS, Notice

AT = datetime(2026, 3, 2, 17, 4, 5, 310000, tzinfo=UTC)
CREATED = Notice(7, AT, "Invoice", "130", "created")
MERGED = Notice(8, AT, "Customer", "123", "merged", "27")


def told(form: str, *notices: Notice, **choices: str) -> Any:
    return json.loads(forms.body(form, "310687", notices, Beliefs().but(**choices)))


def test_the_older_form() -> None:
    assert told("legacy", CREATED, MERGED) == {
        "eventNotifications": [
            {
                "realmId": "310687",
                "dataChangeEvent": {
                    "entities": [
                        {
                            "id": "130",
                            "operation": "Create",
                            "name": "Invoice",
                            "lastUpdated": "2026-03-02T17:04:05.310Z",
                        },
                        {
                            "id": "123",
                            "operation": "Merge",
                            "name": "Customer",
                            "lastUpdated": "2026-03-02T17:04:05.310Z",
                            "deletedId": "27",
                        },
                    ]
                },
            }
        ]
    }
    older = told("legacy", CREATED, webhook_last_updated="offset")
    (entity,) = older["eventNotifications"][0]["dataChangeEvent"]["entities"]
    assert entity["lastUpdated"] == "2026-03-02T09:04:05-0800"


def test_cloud_events() -> None:
    created, merged = told("cloudevents", CREATED, MERGED)
    assert list(created) == [
        "specversion", "id", "source", "type", "datacontenttype", "time", "intuitentityid", "intuitaccountid", "data",
    ]  # fmt: skip
    assert created["specversion"] == "1.0"
    assert str(uuid.UUID(created["id"])) == created["id"]
    assert uuid.UUID(created["id"]).version == 4
    assert re.fullmatch(r"intuit\.[A-Za-z0-9+/]{43}=", created["source"])
    assert created["type"] == "qbo.invoice.created.v1"
    assert created["datacontenttype"] == "application/json"
    assert created["time"] == "2026-03-02T17:04:05.31Z"
    assert (created["intuitentityid"], created["intuitaccountid"]) == ("130", "310687")
    assert created["data"] == {}
    assert (merged["type"], merged["data"]) == ("qbo.customer.merged.v1", {"deletedid": "27"})
    assert created["id"] != merged["id"]
    assert told("cloudevents", CREATED)[0] == created
    whole = Notice(7, AT.replace(microsecond=0), "CreditMemo", "1", "emailed")
    (event,) = told("cloudevents", whole)
    assert (event["time"], event["type"]) == ("2026-03-02T17:04:05Z", "qbo.creditmemo.emailed.v1")


def test_a_cloud_event_is_one_by_its_specification() -> None:
    """CloudEvents 1.0: names of attributes, what is required, forms of the values."""
    for event in told("cloudevents", CREATED, MERGED) + told("cloudevents", CREATED, webhook_data="absent"):
        for name in event:
            assert re.fullmatch(r"[a-z0-9]{1,20}", name), name
        for name in ("id", "source", "specversion", "type"):
            assert isinstance(event[name], str)
            assert event[name]
        assert event["specversion"] == "1.0"
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", event["source"])
        assert datetime.fromisoformat(event["time"]) == AT
        assert all(isinstance(value, str) for name, value in event.items() if name != "data")


def test_the_same_event_of_another_company_has_another_id() -> None:
    here = json.loads(forms.body("cloudevents", "1", [CREATED], Beliefs()))[0]
    there = json.loads(forms.body("cloudevents", "2", [CREATED], Beliefs()))[0]
    assert here["id"] != there["id"]
    assert here["source"] != there["source"]


def test_every_entity_of_the_table_and_no_other_is_notified() -> None:
    for name, row in CATALOGUE.items():
        words = {word for word in row.webhooks if not word.endswith("?")}
        got = set()
        for verb in OPERATIONS:
            found = notice.of(notice.Act(1, AT, verb, name, "1"), Beliefs())
            if found is not None:
                got.add(OPERATIONS[verb].lower())
        assert got == words, name
    assert NAMED["Currency"] == "CompanyCurrency"
    for silent in ("Attachable", "TaxCode", "TaxRate", "CompanyInfo", "RecurringTransaction", "ExchangeRate"):
        assert silent not in NAMED
    found = notice.of(notice.Act(1, AT, "updated", "CompanyCurrency", "1"), Beliefs())
    assert found is not None
    assert told("cloudevents", found)[0]["type"] == "qbo.currency.updated.v1"


@pytest.mark.parametrize(
    "wanted", [7, {"Attachable": True}, {"Invoice": ["Eaten"]}, {"Invoice": "Create"}, ["Nothing"]]
)
def test_a_wish_that_makes_no_sense_is_refused(wanted: Any) -> None:
    with pytest.raises(WrongUse):
        notice.read_wanted(wanted)


@pytest.mark.parametrize("wanted", [None, ["Invoice", "Currency"], {"Invoice": ["Create", "Void"], "Item": True}])
def test_a_wish_is_told_as_it_was_understood(wanted: Any) -> None:
    read = notice.read_wanted(wanted)
    assert notice.read_wanted(notice.written(read)) == read


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "http://example.com/hook",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest",
        "http://[2001:db8::1]/",
        "http://127.0.0.1:99999/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1@example.com/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nhost: example.com",
        "http://127.0.0.1/é",
        "ftp://127.0.0.1/",
        "127.0.0.1:80",
        "http:///hook",
        "",
    ],
)
def test_only_addresses_of_this_machine(url: str) -> None:
    with pytest.raises(WrongUse):
        address.read(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("http://127.0.0.1:8090/hook?a=b#c", "127.0.0.1", 8090, "/hook?a=b"),
        ("http://localhost:8090", "127.0.0.1", 8090, "/"),
        ("http://127.8.9.1/x", "127.8.9.1", 80, "/x"),
        ("http://[::1]:90/x", "::1", 90, "/x"),
    ],
)
def test_addresses_of_this_machine(url: str, host: str, port: int, target: str) -> None:
    read = address.read(url)
    assert (read.host, read.port, read.target) == (host, port, target)
