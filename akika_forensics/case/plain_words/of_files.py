"""Words for what a capture finds about attached files."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_RECORD_STANDS: Final = (
    "The record that it is attached to is whole and no figure changes; the voucher itself is missing."
)
_BY_HAND: Final = "Open the attachment in QuickBooks, and keep it by hand if it is there."

FILES: Final[dict[str, Words]] = {
    "thumbnails_left_out": Words("Nothing is missing: QuickBooks can make them again.", "Nothing."),
    "attachments_not_searched": Words(
        "Attachments that are new since the last snapshot may be missing.",
        "Take a snapshot of the whole company with `akika capture`.",
    ),
    "attachment_size": Words(
        "The voucher may not be whole.",
        "Open the attachment in QuickBooks, and compare it with the file that was kept.",
    ),
    "attachment_unread": Words(
        _RECORD_STANDS,
        "Take another snapshot: it tries again. `akika check --detail` shows why it did not come.",
        ((r"A file could not be fetched: .*", "An attached file did not come."),),
    ),
    "attachment_gone": Words(_RECORD_STANDS, "Ask the person who attached it for the original."),
    "attachment_too_large": Words(_RECORD_STANDS, "Keep the file by hand."),
    "attachment_address": Words(
        _RECORD_STANDS, _BY_HAND,
        ((r".*", "QuickBooks named a place for an attached file from which files are not taken."),),
    ),
    "attachments_given_up": Words(
        "The records are whole and no figure changes; these vouchers are missing.",
        "Take another snapshot: it asks for them again.",
    ),
}  # fmt: skip
