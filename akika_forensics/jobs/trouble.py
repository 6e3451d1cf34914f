"""Errors of jobs: what is shown of them, and the words that may be kept on disk."""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import AkikaError

_KEPT: Final = {
    "wrong_use": "The request itself was not sound.",
    "found": "Something was found that should not be.",
    "vault_damaged": "The vault does not hold what was put into it.",
    "refused": "A rule of this software forbade it.",
    "not_approved": "The plan was not approved.",
    "stale_plan": "The company had changed since the plan was made.",
    "wrong_company": "The connection led to another company.",
    "locked": "The vault was in use.",
    "write_blocked": "A capture was asked to write and did not.",
    "service": "QuickBooks did not do what it was asked.",
    "network": "QuickBooks did not answer.",
    "throttled": "QuickBooks refused because of too many requests.",
    "sign_in": "QuickBooks refused the sign-in.",
    "fault": "QuickBooks refused a request.",
    "wrong_key": "The passphrase or key did not fit.",
    "storage": "The disk did not take or give the bytes.",
    "interrupted": "It was stopped.",
    "internal": "Something unexpected happened.",
}
"""An error's own words may quote the books, so what is written to disk is chosen by its code."""


def kept_words(code: str) -> str:
    return _KEPT.get(code, "It failed.")


def shown(error: BaseException) -> AkikaError:
    """The error as it is shown: itself when it is ours, else an internal one with the original as ``__cause__``."""
    if isinstance(error, AkikaError):
        return error
    trouble = AkikaError(
        f"Something unexpected happened ({type(error).__name__}).",
        means="This is a fault of this software; nothing was hidden by it.",
        do="Try it again. If it happens again, report it with what was being done.",
    )
    trouble.code = "internal"
    trouble.__cause__ = error
    return trouble
