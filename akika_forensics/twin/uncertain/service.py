"""Beliefs about the service around the books: sign-in, limits, metering, batches, repeated requests, files."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import OPEN, Belief, row

TABLE: Final[tuple[Belief, ...]] = (
    row(
        "bearer_on_file",
        "Is a file refused when its temporary address is fetched with a bearer token, or sent?",
        "refused sent",
        "QuickBooks API, attachments: to be fetched without the header, unverified; the storage behind it refuses two",
        "download Attachable",
    ),
    row(
        "requestid_again",
        "Does a request id that comes again get the first answer, or error 600?",
        "replayed refused",
        "QuickBooks API, idempotency: replay documented, error 600 listed",
        "retry",
    ),
    row(
        "requestid_kept",
        "For how long is a request id remembered?",
        "for_ever for_a_day",
        OPEN,
        "retry",
    ),
    row(
        "retry_after",
        "Does the refusal of too many requests say when to come again?",
        "absent sent",
        OPEN,
        "throttle",
    ),
    row(
        "throttle_body",
        "Does the refusal of too many requests carry the gateway's envelope?",
        "envelope empty",
        OPEN,
        "throttle",
    ),
    row(
        "refresh_token_value",
        "Is the refresh token replaced once a day, or at every use?",
        "daily every_use",
        "QuickBooks API, OAuth 2.0: about every 24 to 26 hours, by an announcement",
        "sign-in",
    ),
    row(
        "refresh_token_hard_end",
        "Does the token endpoint tell when the connection ends for good?",
        "told left_out",
        "QuickBooks API, OAuth 2.0: told in newer answers, absent from those of 2019",
        "sign-in",
    ),
    row(
        "metering_batch",
        "Does the metering count a batch once, or by its items?",
        "once each_item",
        "QuickBooks API, metering: unknown",
        "batch",
    ),
    row(
        "metering_download",
        "Does the metering count the address of an attachment as a read?",
        "counted free",
        "QuickBooks API, metering: unknown",
        "download",
    ),
    row("batch_cdc_query", "Can an item of a batch ask for the change feed?", "refused answered", OPEN, "batch"),
    row("batch_report_query", "Can an item of a batch ask for a report?", "refused answered", OPEN, "batch"),
    row("batch_void", "Can an item of a batch be a void?", "applied refused", OPEN, "batch"),
    row("batch_send", "Can an item of a batch send a document by e-mail?", "refused sent", OPEN, "batch"),
)
