"""AWS KMS: the right to use a key of an AWS account opens the vault, for machines that nobody types at.

KMS makes a data key for one vault and member (the encryption context, which also stands in AWS's own log of uses) and
opens it again for whoever has the right. Only the data key as KMS sealed it lies in the vault.

Source: AWS KMS API Reference, GenerateDataKey and Decrypt.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar, Final

from akika_forensics.errors import AkikaError, NetworkFailed, WrongKey, WrongUse
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways.way import Holder, Way, WrappedKey, open_under, seal_under

_OTHER_PLACE: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_NO_RIGHT: Final = frozenset({"AccessDeniedException", "AccessDenied", "403"})
_NO_CREDENTIALS: Final = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "ExpiredTokenException", "InvalidSignatureException"}
)
_NO_KEY: Final = frozenset(
    {"NotFoundException", "DisabledException", "KMSInvalidStateException", "KeyUnavailableException"}
)


class Kms:
    """``key_id``: id, ARN or alias of a symmetric key, needed to make a way; a way that is there names its own.

    Credentials and region are those that AWS's own tools use (environment, ``~/.aws``, role of the machine).
    """

    kind: ClassVar[str] = "kms"

    def __init__(self, key_id: str = "") -> None:
        self._key_id = key_id

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        if not self._key_id:
            raise WrongUse("No key of AWS KMS was named.", do="Give its id, its ARN or an alias such as alias/vault.")
        made = _ask(
            self._key_id,
            "generate_data_key",
            KeyId=self._key_id,
            KeySpec="AES_256",
            EncryptionContext=_context(holder),
        )
        sealed = seal_under(made["Plaintext"], self.kind, seeds, holder)
        return Way(self.kind, None, WrappedKey(made["KeyId"], made["CiphertextBlob"]), sealed)

    def open(self, way: Way, holder: Holder) -> bytes:
        if way.key is None:
            raise DamagedFile(holder.path, "A way by AWS KMS in it has no sealed data key.")
        opened = _ask(
            way.key.id,
            "decrypt",
            KeyId=way.key.id,
            CiphertextBlob=way.key.ciphertext,
            EncryptionContext=_context(holder),
        )
        return open_under(opened["Plaintext"], way, holder, "The data key from AWS KMS does not open the vault.")


def _context(holder: Holder) -> dict[str, str]:
    return {"vault": holder.vault, "member": holder.member}


def _ask(key_id: str, operation: str, **arguments: Any) -> dict[str, Any]:
    try:
        import boto3  # noqa: PLC0415 -- an extra, and slow to load
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError as error:
        raise WrongUse(
            "AWS KMS needs a library that is not installed.", do='Install the project with the extra "cloud".'
        ) from error
    # botocore logs whole answers at DEBUG, and this answer is a key.
    logging.getLogger("botocore").setLevel(logging.INFO)
    settings = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})
    try:
        client = boto3.session.Session().client("kms", region_name=_region(key_id), config=settings)
        answer: dict[str, Any] = getattr(client, operation)(**arguments)
    except ClientError as error:
        raise _said(str(error.response.get("Error", {}).get("Code", "")), key_id) from error
    except BotoCoreError as error:
        raise _not_asked(error) from error
    return answer


def _region(key_id: str) -> str | None:
    """The region in an ARN (``arn:aws:kms:REGION:ACCOUNT:key/ID``); None leaves it to AWS's settings."""
    parts = key_id.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" and parts[3] else None


def _said(code: str, key_id: str) -> Exception:
    if code in _OTHER_PLACE:
        return OpenError("AWS KMS does not open the data key for this vault and member.")
    if code in _NO_RIGHT:
        return WrongKey(
            f"AWS does not allow these credentials to use the KMS key {key_id}.",
            do="Ask whoever keeps the key for kms:Decrypt (and kms:GenerateDataKey to add a way) for this vault and member.",
        )
    if code in _NO_CREDENTIALS:
        return WrongUse(
            "AWS does not know these credentials, or they have expired.",
            do="Sign in to AWS again, with the account that may use the KMS key.",
        )
    if code in _NO_KEY:
        return WrongKey(
            f"The KMS key {key_id} is not there, or it is switched off.",
            means="Nothing that was sealed under it opens while it is.",
            do="Look at the key in AWS, or open the vault in another way.",
        )
    return WrongUse(
        f"AWS KMS refused ({code or 'no reason given'}).", do="Look at the key's id and kind, and at its policy."
    )


def _not_asked(error: Exception) -> AkikaError:
    from botocore import exceptions  # noqa: PLC0415 -- as above

    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return WrongUse("There are no credentials for AWS.", do="Sign in to AWS, or open the vault in another way.")
    if isinstance(error, exceptions.NoRegionError | exceptions.InvalidRegionError):
        return WrongUse("It is not known in which region the KMS key is.", do="Give the key's ARN, or set AWS_REGION.")
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return NetworkFailed(
            "AWS KMS does not answer.",
            means="The vault was not opened; nothing was changed.",
            do="Look at the network, or open the vault in another way.",
        )
    return WrongUse(f"AWS KMS could not be asked ({type(error).__name__}).", do="Look at the settings for AWS.")
