"""What an object store answered, as a plain sentence. The answer itself is not passed on: it quotes the signed request."""

from __future__ import annotations

import re
from typing import Final

from akika_forensics.vault.storage.backend import StorageFailed

_CODE: Final = re.compile(r"<Code>([A-Za-z0-9.]{1,64})</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})")
_CREDENTIALS: Final = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "InvalidClientTokenId"}
)
_REGION: Final = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"})
_FULL: Final = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge"})


class NotOffered(StorageFailed):
    """The store does not know what it was asked for, such as a condition."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} does not offer what was asked of it.",
            means="Nothing was changed.",
            do="Use a store that honours conditions, as S3 does.",
        )


def explained(error: Exception, action: str, path: str, name: str) -> StorageFailed | FileNotFoundError:
    """``action``: such as "written"; ``name``: the store as it may be shown."""
    text = str(error)
    code, status = (found[1] if (found := rule.search(text)) else "" for rule in (_CODE, _STATUS))
    failed = f"{path} could not be {action}"
    if code == "NoSuchBucket":
        return StorageFailed(f"{failed}: there is no bucket for {name}.", do="Make the bucket, or correct the name.")
    if isinstance(error, FileNotFoundError):
        return FileNotFoundError(path)
    if code == "NotImplemented" or status == "501":
        return NotOffered(name)
    if code in _CREDENTIALS or status == "401":
        return StorageFailed(
            f"{failed}: {name} does not accept the credentials.",
            do="Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, with temporary ones, AWS_SESSION_TOKEN.",
        )
    if code == "RequestTimeTooSkewed":
        return StorageFailed(f"{failed}: the clocks of this machine and of {name} differ.", do="Set this clock.")
    if code in _REGION or status == "301":
        return StorageFailed(f"{failed}: {name} lies in another region.", do="Set AWS_REGION to the bucket's.")
    if code in _FULL or status in {"413", "507"}:
        return StorageFailed(f"{failed}: {name} is full.", means=_UNTOUCHED, do="Make room and run it again.")
    if status == "403":
        return StorageFailed(
            f"{failed}: {name} does not allow it.",
            means="The credentials are known, but have no right to this.",
            do="Allow listing, reading, writing and deleting below the vault's prefix.",
        )
    if not status:
        return StorageFailed(
            f"{failed}: {name} did not answer.",
            means="Whether it was done is not known; whole or not at all it is.",
            do="Look at the network and AWS_ENDPOINT_URL, then run it again.",
        )
    return StorageFailed(
        f"{failed}: {name} answered {code or status}.", means=_UNTOUCHED, do="Look at the store, then run it again."
    )


_UNTOUCHED: Final = "What was stored before is untouched; the file that failed is not there in part."


def conflict(path: str, name: str) -> StorageFailed:
    return StorageFailed(
        f"{path} could not be written: {name} reported a conflict again and again, though nothing is there.",
        means="Nothing of it was stored.",
        do="Run it again.",
    )


def swept(path: str, name: str) -> StorageFailed:
    return StorageFailed(
        f"{path} could not be written: what was uploaded for it is gone from {name}.",
        means="The upload was held up for so long that it was taken for a left-over. Nothing of it was stored.",
        do="Run it again.",
    )


def too_large(path: str, name: str) -> StorageFailed:
    return StorageFailed(
        f"{path} could not be written: {name} takes no file of more than 5 GiB on condition.",
        means="Nothing of it was stored.",
        do="Keep a vault with such files in a folder.",
    )
