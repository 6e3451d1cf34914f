"""Beliefs about webhooks: what is notified, and in which form."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import Belief, row

TABLE: Final[tuple[Belief, ...]] = (
    row(
        "webhook_indirect",
        "Is a transaction notified that an act on another changed, such as an invoice that is paid?",
        "notified silent",
        "QuickBooks API, webhooks: not told; its time moves, and the change feed carries it",
        "webhook",
    ),
    row(
        "webhook_moved_along",
        "Is a record notified of which only the balance moved, such as the customer of a new invoice?",
        "silent notified",
        "QuickBooks API, webhooks: not told; its time moves, its token does not",
        "webhook",
    ),
    row(
        "webhook_inactive",
        "Is a record of a list that is made inactive notified as deleted, or as updated?",
        "deleted updated",
        "QuickBooks API, webhooks: lists have a Delete there, and no other way to be deleted",
        "webhook",
    ),
    row(
        "webhook_payment_method",
        "Is a payment method that is made inactive notified as updated, or as deleted?",
        "updated deleted",
        "QuickBooks API, webhooks: the third operation of payment methods is inferred",
        "webhook",
    ),
    row(
        "webhook_last_updated",
        "Is the time in a notification of the older form in UTC with milliseconds, or with an offset?",
        "utc offset",
        "two samples of Intuit: that of 2015 has an offset, that of 2025 is in UTC",
        "webhook",
    ),
    row(
        "webhook_event_id",
        "Is the id of a CloudEvent a UUID, or does it name the record behind it too?",
        "uuid uuid_and_record",
        "two samples of Intuit: the announcement of 2025 has a UUID, the page of data objects of 2026 both",
        "webhook",
    ),
    row(
        "webhook_data",
        "Has a CloudEvent with nothing to add an empty data object, or none?",
        "empty absent",
        "two samples of Intuit: the announcement of 2025 has an empty one, an update on the page of 2026 none",
        "webhook",
    ),
    row(
        "webhook_content_type",
        "Is a notification of CloudEvents sent as application/json, or as application/cloudevents+json?",
        "json cloudevents",
        "QuickBooks API, webhooks: a sample of headers of the older form; a third party's guide warns of the other",
        "webhook",
    ),
    row(
        "webhook_void",
        "Is the type of a void qbo.invoice.voided.v1, or qbo.invoice.void.v1?",
        "voided void",
        "receivers that others published expect either; no sample of Intuit was seen",
        "webhook",
    ),
    row(
        "webhook_acknowledged",
        "Does only the status 200 acknowledge a notification, or any 2xx?",
        "only_200 any_2xx",
        "QuickBooks API, webhooks: an HTTP 200 is asked for, an error status is a failure",
        "webhook",
    ),
    row(
        "webhook_retries",
        "Are later events held back until a failed notification is acknowledged, or is it given up after three tries?",
        "held_back given_up",
        "QuickBooks API, webhooks: the policy of 2025; the older one gives up and puts the address on a black list",
        "webhook",
    ),
)
