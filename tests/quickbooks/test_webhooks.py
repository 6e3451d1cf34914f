"""Notifications read: both forms, both settings of what is uncertain, hostile bytes, signatures by another's hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.quickbooks.webhooks import (
    CLOUDEVENTS,
    LEGACY,
    MOST_BYTES,
    NotUnderstood,
    WrongSignature,
    check_signature,
    read_notification,
)
from akika_forensics.settings import Secret
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.webhooks import forms
from akika_forensics.twin.webhooks.notice import NAMED, OPERATIONS, Notice

VERIFIER = Secret("a verifier token")
AT = datetime(2026, 3, 2, 17, 4, 5, 310000, tzinfo=UTC)
REALM = "1234567890"


def cloud(**over: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.x",
        "type": "qbo.account.created.v1",
        "datacontenttype": "application/json",
        "time": "2025-09-10T21:31:25.179851517Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        "data": {},
    } | over


def body(told: Any) -> bytes:
    return json.dumps(told).encode()


def made(form: str, notices: list[Notice], **choices: str) -> bytes:
    return forms.body(form, REALM, notices, Beliefs().but(**choices))


def test_the_documented_sample_of_the_older_form() -> None:
    told = read_notification(
        body(
            {
                "eventNotifications": [
                    {
                        "realmId": "1185883450",
                        "dataChangeEvent": {
                            "entities": [
                                {
                                    "name": "Customer",
                                    "id": "1",
                                    "operation": "Merge",
                                    "lastUpdated": "2015-10-05T14:42:19-0700",
                                    "deletedId": "7",
                                },
                                {"name": "Currency", "id": "2", "operation": "Create", "lastUpdated": "soon"},
                            ]
                        },
                    }
                ]
            }
        )
    )
    assert told.form == LEGACY
    merged, made_ = told.events
    assert (merged.realm, merged.entity, merged.id, merged.operation) == ("1185883450", "Customer", "1", "merged")
    assert merged.at == datetime(2015, 10, 5, 21, 42, 19, tzinfo=UTC)
    assert merged.merged_from == "7"
    assert (made_.entity, made_.at, told.unread) == ("CompanyCurrency", None, 0)


def test_the_documented_sample_of_cloud_events() -> None:
    told = read_notification(body([cloud(), cloud(type="qbo.customer.merged.v1", data={"deletedid": "27"})]))
    assert told.form == CLOUDEVENTS
    first, merged = told.events
    assert (first.realm, first.entity, first.id, first.operation) == ("310687", "Account", "1234", "created")
    assert first.at == datetime(2025, 9, 10, 21, 31, 25, 179851, tzinfo=UTC)
    assert (merged.entity, merged.operation, merged.merged_from) == ("Customer", "merged", "27")


@pytest.mark.parametrize("form", [LEGACY, CLOUDEVENTS])
@pytest.mark.parametrize("other", [False, True])
def test_every_event_of_the_local_company_is_read_in_both_forms(form: str, other: bool) -> None:
    """Under both settings of what is uncertain about notifications."""
    choices = {"webhook_last_updated": "offset", "webhook_event_id": "uuid_and_record"}
    choices |= {"webhook_data": "absent", "webhook_void": "void"}
    notices = [
        Notice(number, AT, name, str(number), operation, "27" if operation == "merged" else "")
        for number, (name, operation) in enumerate((n, o) for n in NAMED for o in OPERATIONS)
    ]
    told = read_notification(made(form, notices, **(choices if other else {})))
    assert [(e.realm, e.entity, e.id, e.operation, e.merged_from) for e in told.events] == [
        (REALM, NAMED[n.name], n.id, n.operation, n.merged_from) for n in notices
    ]
    at = AT.replace(microsecond=0) if other and form == LEGACY else AT
    assert {event.at for event in told.events} == {at}
    assert len({event.mark for event in told.events}) == len(notices)


def test_a_mark_stays_the_same_however_an_event_comes() -> None:
    notices = [Notice(1, AT, "Invoice", "130", "voided"), Notice(2, AT, "Invoice", "131", "voided")]
    for form in (LEGACY, CLOUDEVENTS):
        there, back = (read_notification(made(form, order)).events for order in (notices, notices[::-1]))
        assert [event.mark for event in there] == [event.mark for event in back][::-1]


def test_what_is_unknown_stays_as_text() -> None:
    (event,) = read_notification(body([cloud(type="qbo.spaceship.Launched.v7")])).events
    assert (event.entity, event.operation) == ("spaceship", "launched")
    (event,) = read_notification(body([cloud(type="com.example.odd")])).events
    assert (event.entity, event.operation) == ("com.example.odd", "")
    (event,) = read_notification(body(cloud(intuitentityid=9))).events
    assert event.id == "9"


def test_one_event_that_cannot_be_read_takes_no_other_with_it() -> None:
    told = read_notification(body([cloud(), cloud(intuitaccountid=""), cloud(type="x" * 300), {}, 1, cloud(id="2")]))
    assert (len(told.events), told.unread) == (2, 4)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"null",
        b"{}",
        b"3",
        b'"text"',
        b"\xff\xfe",
        b'{"eventNotifications": 3}',
        b"[" * 100_000,
        b'{"eventNotifications":' + b'[{"x":' * 50_000,
        b" " * (MOST_BYTES + 1),
        b"[" + b",".join([b"{}"] * 20_001) + b"]",
    ],
    ids=lambda bad: repr(bad[:20]),
)
def test_hostile_bytes_are_refused_in_a_sentence(bad: bytes) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_notification(bad)
    assert caught.value.what.endswith(".")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["eventNotifications", "realmId", "dataChangeEvent", "entities", "name", "id", "type", "specversion"]), x
)))  # fmt: skip
def test_whatever_comes_is_read_or_refused(told: Any) -> None:
    try:
        read = read_notification(json.dumps(told).encode())
    except NotUnderstood:
        return
    assert all(event.realm and event.entity and event.id for event in read.events)


def test_a_signature_that_others_make_is_taken_and_no_other(tmp_path: Any) -> None:
    sent = body([cloud()])
    mac = hmac.new(b"a verifier token", sent, hashlib.sha256).digest()
    openssl = shutil.which("openssl")
    if openssl is not None:
        command = [openssl, "dgst", "-sha256", "-hmac", "a verifier token", "-binary"]
        assert subprocess.run(command, input=sent, capture_output=True, check=True).stdout == mac
    good = base64.b64encode(mac).decode()
    check_signature(sent, good, [VERIFIER])
    check_signature(sent, good, [Secret("another"), VERIFIER])
    check_signature(sent, good, [VERIFIER, Secret("another")])
    for wrong in (
        None,
        "",
        good[:-4],
        good + "AAAA",
        "ä",
        "!!!!",
        good.lower(),
        base64.b64encode(mac[:-1] + b"\0").decode(),
    ):
        with pytest.raises(WrongSignature):
            check_signature(sent, wrong, [VERIFIER])
    for body_, verifiers in ((sent + b" ", [VERIFIER]), (sent, [Secret("another")]), (sent, [])):
        with pytest.raises(WrongSignature):
            check_signature(body_, good, verifiers)
