"""One contract for all ways to open a vault, and what is particular about each."""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import msgspec
import pytest

from akika_forensics.errors import NetworkFailed, VaultDamaged, WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, canonical, create, open_vault, verify
from akika_forensics.vault.keys import ways
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways import Holder, Kms, Means, Way, system_keyring

ANNA, BEN = Identity.from_bytes(bytes(range(64))), Identity.from_bytes(bytes(range(64, 128)))
VAULT, OTHER = "a" * 32, "b" * 32


def holder(identity: Identity = ANNA, vault: str = VAULT, member: str = "1" * 32) -> Holder:
    return Holder(vault, member, identity.recipient, "keys/keyring-0001.sealed")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring of an operating system, in a dictionary."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.held[service, username]


class LockedKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")


class BrokenKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.InitError("the secret is hunter2")

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.InitError("the secret is hunter2")


def use(backend: keyring.backend.KeyringBackend) -> keyring.backend.KeyringBackend:
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ARN of a KMS key in an AWS account that lives in this process."""
    from moto import mock_aws

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        import boto3

        made = boto3.client("kms", region_name="eu-central-1").create_key(Description="vault")
        yield made["KeyMetadata"]["Arn"]


@contextmanager
def rights_are_checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From here on the account in this process asks who may do what, as AWS does."""
    from moto import settings
    from moto.core import authorization

    with monkeypatch.context() as patch:
        patch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
        patch.setattr(authorization.ActionAuthenticatorMixin, "request_count", 0)
        yield


@dataclass
class Case:
    """Means that open, and others of the same kind that must not."""

    right: Means
    wrong: Callable[[], Means]


@pytest.fixture(autouse=True)
def _botocore_is_as_it_was() -> Iterator[None]:
    level = logging.getLogger("botocore").level
    yield
    logging.getLogger("botocore").setLevel(level)


@pytest.fixture(params=["passphrase", "recovery", "keyring", "kms", "recipient"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "passphrase":
        return Case(ways.Passphrase(Secret("anna's own"), KdfCost.CHEAP), lambda: ways.Passphrase(Secret("another")))
    if request.param == "recovery":
        return Case(ways.Recovery(RecoveryKey(bytes(32))), lambda: ways.Recovery(RecoveryKey.fresh()))
    if request.param == "recipient":
        return Case(ways.OwnIdentity(ANNA), lambda: ways.OwnIdentity(BEN))
    if request.param == "keyring":
        backend = request.getfixturevalue("memory_keyring")
        return Case(ways.SystemKeyring(), lambda: (backend.held.clear(), ways.SystemKeyring())[1])

    arn = request.getfixturevalue("aws")

    def other_key() -> Means:
        class Elsewhere(Kms):
            """The same account's other key: what was sealed under the first is none of its own."""

            def open(self, way: Way, holder: Holder) -> bytes:
                import boto3

                made = boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"]
                assert way.key is not None
                return super().open(msgspec.structs.replace(way, key=ways.WrappedKey(made, way.key.ciphertext)), holder)

        return Elsewhere()

    return Case(Kms(arn), other_key)


def test_what_was_sealed_opens_again_after_a_round_through_json(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    text = canonical.encode(way)
    assert set(json.loads(text)) == {"kind", "kdf", "key", "sealed"}
    assert way.kind == case.right.kind
    again = canonical.decode(text, Way, "keyring")
    opened = ways.open_way(case.right, again, holder())
    assert opened.to_bytes() == ANNA.to_bytes()
    found, identity = ways.open_any(case.right, [(holder(), [again])])
    assert (found, identity.to_bytes()) == (holder(), ANNA.to_bytes())
    seeds = ANNA.to_bytes()
    for secret in (seeds, seeds[:32], seeds[32:]):
        assert secret not in way.sealed
        assert base64.b64encode(secret) not in text


def test_a_way_belongs_to_one_member_of_one_vault(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    for place in (holder(vault=OTHER), holder(member="2" * 32), holder(identity=BEN)):
        if case.right.kind == "recipient" and place.recipient == ANNA.recipient:
            continue  # nothing lies in the vault that could be bound to it
        with pytest.raises(OpenError) as raised:
            ways.open_way(case.right, way, place)
        assert str(raised.value).endswith(".")
    with pytest.raises(ValueError):
        ways.seal_way(case.right, BEN, holder())


def test_a_changed_way_does_not_open(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    changed = [
        msgspec.structs.replace(way, kind="typed"),
        msgspec.structs.replace(way, sealed=way.sealed[:-1] + bytes([(way.sealed or b"\0")[-1] ^ 1])),
        msgspec.structs.replace(way, sealed=way.sealed + b"\0"),
    ]
    for bad in changed:
        with pytest.raises(OpenError):
            ways.open_way(case.right, bad, holder())


def test_other_means_of_the_same_kind_do_not_open(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    wrong = case.wrong()
    with pytest.raises((OpenError, WrongKey)):
        ways.open_way(wrong, way, holder())
    with pytest.raises(WrongKey) as raised:
        ways.open_any(wrong, [(holder(), [way])])
    assert raised.value.do


def test_the_right_member_is_found_among_several(case: Case) -> None:
    others = [
        ways.seal_way(ways.Passphrase(Secret("ben's"), KdfCost.CHEAP), BEN, holder(BEN, member="2" * 32)),
        ways.seal_way(ways.Recovery(RecoveryKey.fresh()), BEN, holder(BEN, member="2" * 32)),
    ]
    mine = [others[0], ways.seal_way(case.right, ANNA, holder())]
    found, identity = ways.open_any(case.right, [(holder(BEN, member="2" * 32), others), (holder(), mine)])
    assert found == holder()
    assert identity.recipient == ANNA.recipient
    with pytest.raises(WrongKey):
        ways.open_any(case.right, [(holder(BEN, member="2" * 32), others)])


def test_means_and_ways_show_no_secret(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    shown = f"{case.right!r} {way!r}"
    assert "anna's own" not in shown
    for half in (ANNA.to_bytes()[:32], ANNA.to_bytes()[32:]):
        assert half.hex() not in shown
        assert repr(half)[2:-1] not in shown


# Passphrase and recovery key


def test_a_typed_recovery_key_is_told_from_a_passphrase() -> None:
    key = RecoveryKey.fresh()
    assert ways.typed(key.text()).kind == "recovery"
    assert ways.typed(Secret(key.text().reveal().lower().replace("-", " "))).kind == "recovery"
    assert ways.typed(Secret("AKIKA-is my passphrase")).kind == "passphrase"
    with pytest.raises(WrongUse, match="empty"):
        ways.typed(Secret(""))


def test_a_passphrase_without_its_derivation_or_with_a_ruinous_one_is_damage() -> None:
    means = ways.Passphrase(Secret("p"), KdfCost.CHEAP)
    way = means.seal(ANNA.to_bytes(), holder())
    assert way.kdf is not None
    ruinous = msgspec.structs.replace(way.kdf, memory_kib=1 << 40)
    for kdf in (None, ruinous):
        with pytest.raises(VaultDamaged, match=r"keys/keyring-0001\.sealed"):
            ways.open_way(means, msgspec.structs.replace(way, kdf=kdf), holder())


# Keyring of the operating system


def test_the_system_keyring_shows_which_vault_and_member_a_secret_is_for(memory_keyring: MemoryKeyring) -> None:
    ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    [(service, account)] = memory_keyring.held
    assert (service, account) == ("Akika Forensics", f"{VAULT}/{'1' * 32}")
    secret = base64.b64decode(memory_keyring.held[service, account])
    assert len(secret) == 32
    assert system_keyring.holds(holder())
    assert not system_keyring.holds(holder(vault=OTHER))


def test_an_older_way_on_the_same_machine_still_opens(memory_keyring: MemoryKeyring) -> None:
    first = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    second = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    assert first != second
    for way in (first, second):
        assert ways.open_way(ways.SystemKeyring(), way, holder()).recipient == ANNA.recipient
    memory_keyring.held[next(iter(memory_keyring.held))] = "not a secret of ours"
    assert not system_keyring.holds(holder())
    with pytest.raises(OpenError, match="holds no secret"):
        ways.open_way(ways.SystemKeyring(), first, holder())


def test_the_secret_of_another_machine_does_not_open(memory_keyring: MemoryKeyring) -> None:
    here = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    kept = dict(memory_keyring.held)
    memory_keyring.held.clear()
    there = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    assert ways.open_any(ways.SystemKeyring(), [(holder(), [here, there])])[0] == holder()
    with pytest.raises(OpenError, match="another way"):
        ways.open_way(ways.SystemKeyring(), here, holder())
    memory_keyring.held.update(kept)
    assert ways.open_any(ways.SystemKeyring(), [(holder(), [here, there])])[0] == holder()


def test_a_forgotten_secret_is_gone(memory_keyring: MemoryKeyring) -> None:
    way = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    system_keyring.forget(holder())
    system_keyring.forget(holder())
    assert not memory_keyring.held
    with pytest.raises(WrongKey):
        ways.open_any(ways.SystemKeyring(), [(holder(), [way])])


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (keyring.backends.fail.Keyring, "no keyring of the operating system"),
        (LockedKeyring, "is locked"),
        (BrokenKeyring, r"does not answer as it should \(InitError\)"),
    ],
)
def test_a_keyring_that_cannot_be_used_says_what_to_do(
    backend: type[keyring.backend.KeyringBackend], said: str, memory_keyring: MemoryKeyring
) -> None:
    way = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    use(backend())
    acts: list[Callable[[], object]] = [
        lambda: ways.seal_way(ways.SystemKeyring(), ANNA, holder()),
        lambda: ways.open_any(ways.SystemKeyring(), [(holder(), [way])]),
    ]
    if backend is not LockedKeyring:
        acts.append(lambda: system_keyring.forget(holder()))
    for act in acts:
        with pytest.raises(WrongUse, match=said) as raised:
            act()
        assert raised.value.do
        assert "hunter2" not in str(raised.value)
    assert not system_keyring.holds(holder())


# AWS KMS


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


# A whole vault


def test_a_vault_opens_by_each_way(kit: ModuleType, aws: str, memory_keyring: MemoryKeyring, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    vault = create(tmp_path / "vault", Secret("p"), heads=heads, cost=KdfCost.CHEAP)
    kit.take(vault, kit.books(2))
    key = RecoveryKey.fresh()
    for means in (ways.Recovery(key), ways.SystemKeyring(), Kms(aws)):
        vault.membership.add_way(means)
    vault.membership.add("machine", "capture", [Kms(aws)])
    vault.membership.add("Ben", "full", BEN.recipient)
    assert vault.member.ways == ("passphrase", "recovery", "keyring", "kms")
    for opening in (Secret("p"), key.text(), ways.SystemKeyring(), Kms(), ways.OwnIdentity(BEN)):
        opened = open_vault(tmp_path / "vault", opening, heads=heads)
        assert opened.member.name == ("Ben" if isinstance(opening, ways.OwnIdentity) else "founder")
        assert len(list(opened.snapshot("latest").records())) == 3
        assert verify(tmp_path / "vault", opening, heads=heads).ok
    assert ["kms" in person.ways for person in vault.members] == [True, True, False]
    with pytest.raises(WrongKey, match="of no member"):
        open_vault(tmp_path / "vault", ways.OwnIdentity(ANNA), heads=heads)
    memory_keyring.held.clear()
    with pytest.raises(WrongKey, match="holds no secret"):
        open_vault(tmp_path / "vault", ways.SystemKeyring(), heads=heads)
    vault.membership.remove("machine")
    vault.membership.remove_way("kms")
    with pytest.raises(WrongKey, match="No key of AWS KMS opens this vault"):
        open_vault(tmp_path / "vault", Kms(), heads=heads)
