"""A key of AWS KMS as a way to open a vault: what is sealed, whose rights count, and each refusal in our words."""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec
import pytest
from vault.ways.holders import ANNA, BEN, VAULT, holder

from akika_forensics.errors import NetworkFailed, VaultDamaged, WrongKey, WrongUse
from akika_forensics.vault import canonical
from akika_forensics.vault.keys import ways
from akika_forensics.vault.keys.ways import Kms, Way


@contextmanager
def rights_are_checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From here on the account in this process asks who may do what, as AWS does."""
    from moto import settings
    from moto.core import authorization

    with monkeypatch.context() as patch:
        patch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
        patch.setattr(authorization.ActionAuthenticatorMixin, "request_count", 0)
        yield


def test_only_the_sealed_data_key_lies_in_the_ring(aws: str, caplog: pytest.LogCaptureFixture) -> None:
    import boto3

    caplog.set_level(logging.DEBUG)
    way = ways.seal_way(Kms(aws), ANNA, holder())
    assert way.key is not None
    assert way.key.id == aws
    ways.open_way(Kms(), way, holder())
    client = boto3.client("kms", region_name="eu-central-1")
    context = {"vault": VAULT, "member": "1" * 32}
    plain = client.decrypt(CiphertextBlob=way.key.ciphertext, EncryptionContext=context)["Plaintext"]
    assert len(plain) == 32
    assert plain not in canonical.encode(way)
    assert base64.b64encode(plain) not in canonical.encode(way)
    # Neither the key nor AWS's answer with it stands in any log, however talkative.
    assert base64.b64encode(plain).decode() not in caplog.text
    assert "Plaintext" not in caplog.text


def test_a_kms_key_is_named_by_id_arn_or_alias(aws: str) -> None:
    import boto3

    client = boto3.client("kms", region_name="eu-central-1")
    client.create_alias(AliasName="alias/vault", TargetKeyId=aws)
    for name in (aws, aws.rsplit("/", maxsplit=1)[1], "alias/vault"):
        way = ways.seal_way(Kms(name), ANNA, holder())
        assert way.key is not None
        assert way.key.id == aws
        assert ways.open_way(Kms(), way, holder()).recipient == ANNA.recipient
    with pytest.raises(WrongUse, match="No key of AWS KMS was named"):
        ways.seal_way(Kms(), ANNA, holder())
    for unknown in ("alias/nowhere", "12345678-1234-1234-1234-123456789012"):
        with pytest.raises(WrongKey, match="is not there"):
            ways.seal_way(Kms(unknown), ANNA, holder())


def test_the_region_of_the_key_counts_not_the_machines(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    way = ways.seal_way(Kms(aws), ANNA, holder())
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    assert ways.open_way(Kms(), way, holder()).recipient == ANNA.recipient
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert ways.open_way(Kms(), way, holder()).recipient == ANNA.recipient
    with pytest.raises(WrongUse, match="in which region"):
        ways.seal_way(Kms("alias/vault"), ANNA, holder())


def test_a_machine_without_the_right_to_the_key_opens_nothing(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    way = ways.seal_way(Kms(aws), ANNA, holder())
    iam = boto3.client("iam")
    iam.create_user(UserName="capture")
    made = iam.create_access_key(UserName="capture")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
    for name in ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with rights_are_checked(monkeypatch):
        for act in (
            lambda: ways.open_any(Kms(), [(holder(), [way])]),
            lambda: ways.seal_way(Kms(aws), ANNA, holder()),
        ):
            with pytest.raises(WrongKey, match="does not allow these credentials") as raised:
                act()
            assert "kms:Decrypt" in raised.value.do
            assert made["SecretAccessKey"] not in str(raised.value)


class Refusing(BaseHTTPRequestHandler):
    """Answers as AWS KMS does when it refuses."""

    code = ""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"__type": self.code, "message": "the secret is hunter2"}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Refusing]]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    yield Refusing
    server.shutdown()
    thread.join()
    server.server_close()


SEALED = Way("kms", None, ways.WrappedKey("arn:aws:kms:eu-central-1:123456789012:key/0", b"sealed"), bytes(92))


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("AccessDeniedException", WrongKey, "does not allow these credentials"),
        ("UnrecognizedClientException", WrongUse, "does not know these credentials"),
        ("ExpiredTokenException", WrongUse, "have expired"),
        ("IncorrectKeyException", WrongKey, "does not open the data key"),
        ("InvalidCiphertextException", WrongKey, "does not open the data key"),
        ("NotFoundException", WrongKey, "is not there"),
        ("DisabledException", WrongKey, "switched off"),
        ("KMSInvalidStateException", WrongKey, "switched off"),
        ("InvalidKeyUsageException", WrongUse, "InvalidKeyUsageException"),
    ],
)
def test_each_refusal_of_aws_is_said_in_our_words(
    code: str, error: type[Exception], said: str, refusing: type[Refusing]
) -> None:
    refusing.code = code
    with pytest.raises(error, match=said) as raised:
        ways.open_any(Kms(), [(holder(), [SEALED])])
    assert "hunter2" not in str(raised.value)


def test_no_credentials_and_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    with pytest.raises(WrongUse, match="no credentials for AWS"):
        ways.open_any(Kms(), [(holder(), [SEALED])])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN000000000")
    with pytest.raises(WrongUse, match="no credentials for AWS"):
        ways.open_any(Kms(), [(holder(), [SEALED])])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(NetworkFailed, match="does not answer"):
        ways.open_any(Kms(), [(holder(), [SEALED])])
    with pytest.raises(VaultDamaged, match="no sealed data key"):
        ways.open_any(Kms(), [(holder(), [msgspec.structs.replace(SEALED, key=None)])])


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(WrongUse, match="library that is not installed"):
        ways.seal_way(Kms("alias/vault"), ANNA, holder())


def test_one_members_key_service_does_not_stand_in_anothers_way(refusing: type[Refusing], aws: str) -> None:
    """Two members with a key of AWS KMS each: the rights to the second are enough."""
    refused = msgspec.structs.replace(SEALED, key=ways.WrappedKey(aws, b"sealed under another key"))
    mine = ways.seal_way(Kms(aws), ANNA, holder())
    found, _ = ways.open_any(Kms(), [(holder(BEN, member="2" * 32), [refused]), (holder(), [mine])])
    assert found == holder()
