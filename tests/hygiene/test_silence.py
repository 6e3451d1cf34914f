"""What goes wrong is told without a key, a passphrase, a token or a text from the books: in errors, tracebacks, logs and warnings."""

from __future__ import annotations

import logging
import pickle
import random
import shutil
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from search import Needles, forms_of_key, forms_of_text, found_in
from vault_keys import PASSPHRASE, keys_of

from akika_forensics.case.case import Case
from akika_forensics.case.connections import sealed
from akika_forensics.case.opening import open_vault
from akika_forensics.case.unlocking import by_passphrase
from akika_forensics.cli import main
from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import read_plan
from akika_forensics.restore.scope import scope_of
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore
from akika_forensics.vault.keys.recovery import RecoveryKey

WRONG = "words of another vault"
CANARIES = ("Geeta Kalapatapu", "Amy's Bird Sanctuary", "office.birds@example.com", "Courtyard, phase one")


@pytest.fixture(scope="session")
def needles(case: Case) -> Needles:
    tokens, connection = case.companies.tokens("craig").load(), case.companies.connection("craig")
    texts = {
        "passphrase": PASSPHRASE,
        "wrong passphrase": WRONG,
        "access token": tokens.access_token.reveal(),
        "refresh token": tokens.refresh_token.reveal(),
        "client secret": connection.client_secret.reveal(),
        **{text: text for text in CANARIES},
    }
    return {name: forms_of_text(text) for name, text in texts.items()} | {
        name: forms_of_key(key) for name, key in keys_of(case.vault).items()
    }


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))


@contextmanager
def heard() -> Iterator[list[str]]:
    """Everything that is logged by whoever and warned of within the block."""
    handler, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield handler.lines
            handler.lines += [str(one.message) for one in warned]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def told(act: Callable[[], Any]) -> tuple[str, bool]:
    """All that is to be read when ``act`` is tried: error, its causes, their texts, the log. And whether it failed."""
    with heard() as lines:
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- whatever it raises is looked at
            chain: BaseException | None = error
            while chain is not None:
                lines += [str(chain), repr(chain), repr(chain.args)]
                chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
            lines.extend(traceback.format_exception(error))
            return "\n".join(lines), True
    return "\n".join(lines), False


def everything(root: Path, secret: str, heads: Path) -> Callable[[], None]:
    """Open a vault and read all that is in it."""

    def act() -> None:
        case = open_vault(root, passphrase=Secret(secret), heads=HeadStore(heads))
        for info in case.vault.snapshots():
            snapshot = case.vault.snapshot(info.id)
            for _ in snapshot.records():
                pass
            for name in info.controls:
                snapshot.control(name)
        case.custody.acts()
        case.signers.all()
        case.companies.tokens("craig").load()
        case.companies.connection("craig")
        if not case.verify_vault(Secret(secret)).ok:
            raise AkikaError(str(case.verify_vault(Secret(secret)).findings))

    return act


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and path.stat().st_size and path.name != "lock")


def damage(root: Path, chance: random.Random) -> str:
    """Do something to one file of a vault; what and to which."""
    path, how = chance.choice(files(root)), chance.choice(["flip", "cut", "remove", "swap", "plain"])
    content = path.read_bytes()
    at = chance.randrange(len(content))
    if how == "flip":
        path.write_bytes(content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :])
    elif how == "cut":
        path.write_bytes(content[:at])
    elif how == "remove":
        path.unlink()
    elif how == "plain":
        path.write_bytes(CANARIES[0].encode() * 20)
    else:
        other = chance.choice(files(root))
        path.write_bytes(other.read_bytes() if other != path else bytes(40))
    return f"{how} {path.name} at {at}"


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 500), marks=pytest.mark.soak)], ids=len)
def test_damage_is_told_without_content(case: Case, needles: Needles, tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        root = shutil.copytree(case.vault.root, tmp_path / "vault")
        what = damage(root, random.Random(seed))
        text, failed = told(everything(root, PASSPHRASE, tmp_path / f"heads{seed}"))
        shutil.rmtree(root)
        # The end of a chain can be taken away unnoticed where no head is remembered, as here.
        assert failed or what.startswith("remove"), (seed, what)
        assert found_in(text.encode(), needles) == set(), (seed, what)


def wrong_passphrase(case: Case, folder: Path) -> None:
    everything(case.vault.root, WRONG, folder / "heads")()


def wrong_recovery_key(case: Case, folder: Path) -> None:
    everything(case.vault.root, "AKIKA-" + "ABCD-" * 14 + "ABCD", folder / "heads")()


def wrong_signer_passphrase(case: Case, folder: Path) -> None:
    case.signers.private_key("preparer", Secret(WRONG))


def no_such_things(case: Case, folder: Path) -> None:
    case.vault.history(RecordKey.parse("Customer:10"))
    case.snapshot("s99")


def server_is_gone(case: Case, folder: Path) -> None:
    case.capture()


def plan_of_another_hand(case: Case, folder: Path) -> None:
    file = folder / "a.plan"
    plan = case.plans.create(
        to="s1", after="s2", now_snapshot="s2", scope=scope_of([], everything=True, imports=[]), out=file
    )
    read_plan(plan.to_bytes().replace(b'"action":"', b'"action":"' + CANARIES[0].encode()))


def plan_with_a_text_for_an_object(case: Case, folder: Path) -> None:
    file = folder / "b.plan"
    plan = case.plans.create(
        to="s1", after="s2", now_snapshot="s2", scope=scope_of([], everything=True, imports=[]), out=file
    )
    read_plan(plan.to_bytes().replace(b'"prediction":{', b'"prediction":{"' + CANARIES[0].encode() + b'":'))


def broken_slots(case: Case, folder: Path) -> None:
    tokens = case.companies.tokens("craig").load()
    sealed.read_tokens(f'{{"access_token": 7, "refresh_token": "{tokens.refresh_token.reveal()}"}}'.encode())


def broken_json(case: Case, folder: Path) -> None:
    from akika_forensics.model import payload

    payload.decode(f'{{"DisplayName": "{CANARIES[0]}", "Line": [}}'.encode())


def unknown_enumeration(case: Case, folder: Path) -> None:
    from akika_forensics.restore import signers

    signers.read_stored(
        f'{{"name": "a", "role": "b", "kind": "{CANARIES[0]}", "public": "", "sealed": "", "added_at": ""}}'.encode()
    )


TROUBLES: tuple[Callable[[Case, Path], None], ...] = (
    wrong_passphrase, wrong_recovery_key, wrong_signer_passphrase, no_such_things, server_is_gone, plan_of_another_hand,
    plan_with_a_text_for_an_object, broken_slots, broken_json, unknown_enumeration,
)  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_refusals_are_told_without_content(
    case: Case, needles: Needles, trouble: Callable[[Case, Path], None], tmp_path: Path
) -> None:
    text, failed = told(lambda: trouble(case, tmp_path))
    assert failed
    assert found_in(text.encode(), needles) == set()


def test_the_ear_hears_what_is_said(needles: Needles) -> None:
    def act() -> None:
        logging.getLogger("some.library").debug("sent %s", WRONG)
        try:
            {}[PASSPHRASE]
        except KeyError as error:
            raise AkikaError("Plain.") from error

    text, failed = told(act)
    assert failed
    assert found_in(text.encode(), needles) == {"passphrase", "wrong passphrase"}


def test_debug_prints_no_values_of_variables(
    case: Case, needles: Needles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = shutil.copytree(case.vault.root, tmp_path / "vault")
    monkeypatch.setenv("AKIKA_PASSPHRASE", WRONG)
    assert main(["snapshots", "--debug", "--vault", str(root)]) == 5
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    for path in (path for path in files(root) if path.parent.name == "custody" and path.suffix == ".json"):
        path.write_bytes(path.read_bytes()[:-2])
    for arguments in (["custody", "list"], ["snapshots"], ["plan", "show", str(root / "VAULT.json")], ["verify"]):
        main([*arguments, "--debug", "--vault", str(root)])
    out, err = capfd.readouterr()
    assert "Traceback" in err
    assert found_in((out + err).encode(), needles) == set()


def things(case: Case) -> Iterator[Any]:
    keyring = case.vault.keyring()
    tokens = case.companies.tokens("craig").load()
    yield keyring
    yield keyring.identity
    yield keyring._keys
    yield case.vault
    yield case
    yield case.companies.connection("craig")
    yield tokens
    yield tokens.refresh_token
    yield case.vault.snapshot("s1")
    yield case.vault._shelf
    yield case.vault._shelf.keychain
    yield by_passphrase(Secret(PASSPHRASE))


def test_no_text_form_shows_a_secret(case: Case, needles: Needles) -> None:
    secrets = {name: forms for name, forms in needles.items() if name not in CANARIES}
    for thing in things(case):
        for form in (repr, str, "{}".format, lambda one: f"{one!r:>5}", lambda one: str([one, {"a": one}])):
            assert found_in(form(thing).encode(), secrets) == set(), type(thing)


def test_what_opens_something_is_not_pickled(case: Case) -> None:
    tokens = case.companies.tokens("craig").load()
    keyring, key = case.vault.keyring(), bytes(32)
    held: list[Any] = [keyring, keyring.identity, keyring.role_keys, case.vault, case, RecoveryKey.fresh(), Secret("x")]
    held.append(by_passphrase(Secret(PASSPHRASE)))
    held += [
        tokens,
        case.companies.connection("craig"),
        sealed.read_company(case.vault.slot("company/craig").read() or b""),
    ]
    held += [pl.ParquetDecryptionProperties(footer_key=key), pl.ParquetEncryptionProperties(footer_key=key)]
    for thing in held:
        with pytest.raises((TypeError, pickle.PicklingError, AkikaError, pl.exceptions.PolarsError)):
            pickle.dumps(thing)
        assert found_in(repr(thing).encode(), {"key": forms_of_key(key)}) == set(), type(thing)
