"""A notification's bytes and headers, in the older form and as CloudEvents.

Source: QuickBooks API, webhooks; the announcement of the newer form, of 12 November 2025; the page of its data
objects, of 2026. Neither form holds the record itself: who is notified reads it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin import wire
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.webhooks.notice import OPERATIONS, Notice

LEGACY: Final = "legacy"
CLOUDEVENTS: Final = "cloudevents"
FORMS: Final = (LEGACY, CLOUDEVENTS)


def check(form: str) -> str:
    """Raises WrongUse for a form that there is not."""
    if form not in FORMS:
        raise WrongUse(f"{form!r} is no form of a notification.", do=f"Say {LEGACY} or {CLOUDEVENTS}.")
    return form


def body(form: str, realm: str, notices: Sequence[Notice], beliefs: Beliefs) -> bytes:
    """The notices in the order given, all of one company."""
    if form == CLOUDEVENTS:
        return payloads.encode([_cloud_event(realm, notice, beliefs) for notice in notices])
    entities = [_entity(notice, beliefs) for notice in notices]
    return payloads.encode({"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}}]})


def _entity(notice: Notice, beliefs: Beliefs) -> dict[str, Any]:
    offset = beliefs.choice("webhook_last_updated") == "offset"
    told = {
        "id": notice.id,
        "operation": OPERATIONS[notice.operation],
        "name": notice.name,
        "lastUpdated": _with_offset(notice.at) if offset else _milliseconds(notice.at),
    }
    return told | ({"deletedId": notice.merged_from} if notice.merged_from else {})


def _cloud_event(realm: str, notice: Notice, beliefs: Beliefs) -> dict[str, Any]:
    word = "void" if notice.operation == "voided" and beliefs.choice("webhook_void") == "void" else notice.operation
    event_id = str(_uuid(realm, notice.seq, notice.operation, notice.name, notice.id))
    if beliefs.choice("webhook_event_id") == "uuid_and_record":
        event_id = f"{event_id}-{notice.name}-{notice.id}"
    told: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": source(realm),
        "type": f"qbo.{notice.name.lower()}.{word}.v1",
        "datacontenttype": "application/json",
        "time": _shortest(notice.at),
        "intuitentityid": notice.id,
        "intuitaccountid": realm,
        "data": {"deletedid": notice.merged_from} if notice.merged_from else {},
    }
    if not told["data"] and beliefs.choice("webhook_data") == "absent":
        del told["data"], told["datacontenttype"]
    return told


def source(realm: str) -> str:
    """What stands for the sender: opaque, the same for a company at all times."""
    return "intuit." + base64.b64encode(hashlib.sha256(f"source of {realm}".encode()).digest()).decode()


def content_type(form: str, beliefs: Beliefs) -> str:
    own = form == CLOUDEVENTS and beliefs.choice("webhook_content_type") == "cloudevents"
    return f"application/{'cloudevents+json' if own else 'json'}; charset=utf-8"


def headers(content: bytes, kind: str, verifier: str, realm: str, number: int, created: datetime) -> dict[str, str]:
    """What goes with the bytes, which are of a content type. ``number`` is the notification's; ``created`` when it was
    made, aware. The same at every attempt, as the bytes are.
    """
    return {
        "content-type": kind,
        "accept": "application/json",
        "user-agent": "intuit_notification_server/0.1",
        "intuit-signature": signature(content, verifier),
        "intuit-created-time": _with_offset(created),
        "intuit-t-id": str(_uuid(realm, "notification", number, hashlib.sha256(content).hexdigest())),
        "intuit-notification-schema-version": "0.1",
    }


def signature(content: bytes, verifier: str) -> str:
    """Base64 of the HMAC-SHA256 of the bytes as they are sent, under the verifier token."""
    return base64.b64encode(hmac.new(verifier.encode(), content, hashlib.sha256).digest()).decode()


def _uuid(*parts: object) -> uuid.UUID:
    """Made of what it names, in the form of a random one: the same events have the same ids in every run."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def _with_offset(moment: datetime) -> str:
    """``2015-10-05T14:42:19-0700``."""
    return moment.astimezone(wire.PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z")


def _milliseconds(moment: datetime) -> str:
    """``2025-09-08T20:52:31.657Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shortest(moment: datetime) -> str:
    """``2026-02-24T15:28:19.91Z``, ``2025-12-04T15:25:05Z``: a fraction without noughts at its end."""
    whole, _, fraction = moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"
