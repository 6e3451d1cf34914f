"""Companies connected, listed and let go, against a local company that hands out and ends tokens as Intuit does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from akika_forensics.case.case import Case
from akika_forensics.case.connections.sealed import RESTORE, SealedConnection, SlotTokenStore
from akika_forensics.case.connections.state import CONNECTED, ENDED, ENDING, NOT_CONNECTED, judged
from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.errors import NetworkFailed, SignInFailed, WrongCompany, WrongUse
from akika_forensics.quickbooks import Connection, Tokens
from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.endpoints import Endpoints, endpoints_of
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.twin.beliefs import BELIEFS, Beliefs
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import Passphrase

PASSPHRASE = "sign in and agree, please"
BACK = "https://books.example/akika/"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)


@pytest.fixture
def server() -> Iterator[TwinServer]:
    with serve(Twin(company_name="Garden & Sons")) as served:
        yield served


def app(server: TwinServer, secret: str = "") -> App:
    known = server.credentials
    return App(
        server.base_url,
        endpoints_of(server.base_url),
        known.client_id,
        Secret(secret or known.client_secret),
    )


def agreed(signing_in: SigningIn) -> str:
    """The address that a browser is sent back to when the person agrees."""
    return str(httpx.get(signing_in.address).headers["location"])


def connect(case: Case, server: TwinServer, name: str | None = None, purpose: str = "capture") -> str:
    signing_in = SigningIn(app(server), BACK)
    return case.connecting.by_answer(signing_in, signing_in.answered(agreed(signing_in)), name=name, purpose=purpose)[0]


def read(case: Case, name: str) -> str:
    with case.companies.reader(name) as reader:
        return reader.company()[0].name


def later(case: Case, server: TwinServer, name: str, **span: float) -> None:
    """As if time had passed there and here."""
    passed = timedelta(**span)
    httpx.post(f"{server.base_url}/twin/clock", json={"advance_s": passed.total_seconds()})
    store = case.companies.tokens(name)
    held = store.load()
    store.save(
        dataclasses.replace(
            held,
            access_expires_at=held.access_expires_at - passed,
            refresh_expires_at=held.refresh_expires_at - passed,
            hard_expires_at=held.hard_expires_at - passed if held.hard_expires_at else None,
        )
    )


def test_a_company_is_connected_by_its_own_name_and_read(case: Case, server: TwinServer) -> None:
    assert connect(case, server) == "Garden & Sons"
    assert read(case, "Garden & Sons") == "Garden & Sons"
    standing = case.companies.standing("Garden & Sons")
    assert (standing.capture.state, standing.restore, standing.last) == (CONNECTED, None, None)
    assert standing.capture.last_day is not None
    assert standing.capture.last_day - datetime.now(UTC) > timedelta(days=5 * 365 - 1)
    assert standing.words == ()
    (act,) = case.custody.acts("connected")
    assert act.details == {
        "company": "Garden & Sons",
        "realm": server.realm_id,
        "host": standing.company.host,
        "purpose": "capture",
    }


def test_connected_anew_it_keeps_its_name(case: Case, server: TwinServer) -> None:
    assert connect(case, server, "garden") == "garden"
    first = case.companies.tokens("garden").load()
    assert connect(case, server) == "garden"
    assert case.companies.names() == ("garden",)
    assert case.companies.tokens("garden").load() != first


def test_a_second_name_for_the_same_company_keeps_nothing(case: Case, server: TwinServer) -> None:
    connect(case, server, "garden")
    before = case.companies.tokens("garden").load()
    with pytest.raises(WrongUse, match="already, as 'garden'") as caught:
        connect(case, server, "shed")
    assert "leave the name out" in str(caught.value)
    assert case.companies.names() == ("garden",)
    assert case.companies.tokens("garden").load() == before


def test_several_companies_stand_side_by_side(case: Case, server: TwinServer) -> None:
    with serve(Twin(company_name="Lumber", realm_id="4620816365000000777")) as other:
        connect(case, server)
        connect(case, other, "wood")
        assert case.companies.names() == ("Garden & Sons", "wood")
        assert [read(case, name) for name in case.companies.names()] == ["Garden & Sons", "Lumber"]
        with pytest.raises(WrongUse, match="several"):
            case.companies.choose(None)
        with pytest.raises(WrongUse, match="another company already"):
            connect(case, other, "Garden & Sons")
        assert read(case, "Garden & Sons") == "Garden & Sons", "what was there stays"


def test_the_realm_of_the_answer_is_the_one_that_is_read(case: Case, server: TwinServer) -> None:
    """A company id that does not belong to the code: nothing is kept."""
    signing_in = SigningIn(app(server), BACK)
    forged = agreed(signing_in).replace(server.realm_id, "4620816365999999999")
    with pytest.raises(SignInFailed, match="not for this company"):
        case.connecting.by_answer(signing_in, signing_in.answered(forged))
    assert case.companies.names() == ()
    assert case.vault.slots("tokens/") == ()


def test_a_wrong_secret_keeps_nothing(case: Case, server: TwinServer) -> None:
    signing_in = SigningIn(app(server, "not it"), BACK)
    with pytest.raises(SignInFailed, match="does not know this app"):
        case.connecting.by_answer(signing_in, signing_in.answered(agreed(signing_in)))
    assert case.companies.names() == ()


def test_another_redirect_address_keeps_nothing(case: Case, server: TwinServer) -> None:
    signing_in = SigningIn(app(server), BACK)
    answer = signing_in.answered(agreed(signing_in))
    signing_in.redirect_uri = "https://books.example/other/"
    with pytest.raises(SignInFailed, match="did not take the code"):
        case.connecting.by_answer(signing_in, answer)


def test_disconnected_the_access_is_gone_and_the_company_stays(case: Case, server: TwinServer) -> None:
    name = connect(case, server)
    refresh = case.companies.tokens(name).load().refresh_token
    assert case.connecting.disconnect(name)
    known = server.credentials
    form = {"grant_type": "refresh_token", "refresh_token": refresh.reveal()}
    dead = httpx.post(server.token_url, data=form, auth=(known.client_id, known.client_secret))
    assert dead.json()["error"] == "invalid_grant"
    assert case.companies.names() == (name,)
    assert case.companies.connection(name).client_secret.reveal() == ""
    assert case.companies.standing(name).capture.state == NOT_CONNECTED
    assert b"garden" not in b"".join(path.read_bytes().lower() for path in case.vault.root.rglob("*") if path.is_file())
    with pytest.raises(SignInFailed, match="no tokens"):
        read(case, name)
    with pytest.raises(WrongUse, match="is not connected"):
        case.connecting.disconnect(name)
    assert [act.details["withdrawn"] for act in case.custody.acts("disconnected")] == [True]
    assert connect(case, server) == name
    assert read(case, name) == "Garden & Sons"


def test_what_ended_already_is_forgotten_without_fuss(case: Case, server: TwinServer) -> None:
    name = connect(case, server)
    withdraw(case, server, name)
    assert not case.connecting.disconnect(name)


def test_where_quickbooks_is_not_reached_all_stays_unless_it_is_only_to_be_forgotten(case: Case) -> None:
    with serve(Twin(company_name="Garden & Sons")) as server:
        name = connect(case, server)
    with pytest.raises(NetworkFailed):
        case.connecting.disconnect(name)
    assert case.companies.standing(name).capture.good
    assert not case.connecting.disconnect(name, withdraw=False)
    assert case.companies.standing(name).capture.state == NOT_CONNECTED


def withdraw(case: Case, server: TwinServer, name: str) -> None:
    """As a person does in QuickBooks, under its apps."""
    token = case.companies.tokens(name).load().refresh_token.reveal()
    known = server.credentials
    httpx.post(
        f"{server.base_url}/v2/oauth2/tokens/revoke",
        json={"token": token},
        auth=(known.client_id, known.client_secret),
    ).raise_for_status()


def ended_by_a_person(case: Case, server: TwinServer, name: str) -> None:
    withdraw(case, server, name)


def left_unused(case: Case, server: TwinServer, name: str) -> None:
    later(case, server, name, days=102)


def used_for_years(case: Case, server: TwinServer, name: str) -> None:
    for _ in range(18):
        later(case, server, name, days=99)
        assert read(case, name)
    later(case, server, name, days=99)


def secret_replaced(case: Case, server: TwinServer, name: str) -> None:
    known = case.companies.connection(name)
    other = Connection(known.name, known.realm_id, known.base_url, known.token_url, known.client_id, Secret("older"))
    SealedConnection(case.vault, name).write(other, case.companies.company(name))
    later(case, server, name, hours=2)


@pytest.mark.parametrize(
    ("happens", "what"),
    [
        (ended_by_a_person, "has ended this connection"),
        (left_unused, "was not used in time"),
        (used_for_years, "reached its last day"),
        (secret_replaced, "does not know this app"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_end_is_told_in_words_of_its_own(
    case: Case, server: TwinServer, happens: Callable[[Case, TwinServer, str], None], what: str
) -> None:
    name = connect(case, server)
    token = case.companies.tokens(name).load().refresh_token.reveal()
    happens(case, server, name)
    with pytest.raises(SignInFailed) as caught:
        read(case, name)
    assert what in caught.value.what
    assert token not in str(caught.value)
    assert case.companies.tokens(name).load().refresh_token.reveal(), "what is kept stays"


@pytest.mark.parametrize("choice", BELIEFS["refresh_token_value"].choices)
@pytest.mark.parametrize("told", BELIEFS["refresh_token_hard_end"].choices)
def test_tokens_rotate_as_they_may(case: Case, choice: str, told: str) -> None:
    beliefs = Beliefs({"refresh_token_value": choice, "refresh_token_hard_end": told})
    with serve(Twin(company_name="Garden & Sons", beliefs=beliefs)) as server:
        name = connect(case, server)
        kept = set()
        for _ in range(4):
            kept.add(case.companies.tokens(name).load().refresh_token.reveal())
            later(case, server, name, hours=2)
            assert read(case, name) == "Garden & Sons"
        last = case.companies.tokens(name).load().hard_expires_at
        assert (last is not None) is (told == "told")
        assert len(kept) == (4 if choice == "every_use" else 1)


# -- a second app for restores ---------------------------------------------------------------------------------------


def test_a_restore_has_a_connection_of_its_own(case: Case, server: TwinServer) -> None:
    name = connect(case, server, "garden")
    assert case.companies.for_restore(name)[1].load() == case.companies.tokens(name).load(), (
        "capture's, where there is none"
    )
    assert connect(case, server, "garden", RESTORE) == "garden"
    connection, store = case.companies.for_restore(name)
    assert store.load() != case.companies.tokens(name).load()
    assert connection.realm_id == server.realm_id
    assert case.companies.names() == ("garden",)
    standing = case.companies.standing(name)
    assert standing.restore is not None
    assert standing.restore.state == CONNECTED
    assert case.connecting.disconnect(name, purpose=RESTORE)
    assert case.companies.standing(name).restore is None
    assert read(case, name) == "Garden & Sons", "the one that captures stands"
    assert case.companies.for_restore(name)[1].load() == case.companies.tokens(name).load()
    with pytest.raises(WrongUse, match="not connected for restore"):
        case.connecting.disconnect(name, purpose=RESTORE)


def test_the_connection_of_a_restore_is_to_the_same_company(case: Case, server: TwinServer) -> None:
    with pytest.raises(WrongUse, match="knows no company"):
        connect(case, server, "garden", RESTORE)
    connect(case, server, "garden")
    with serve(Twin(company_name="Lumber", realm_id="4620816365000000777")) as other:
        with pytest.raises(WrongCompany, match="Lumber"):
            connect(case, other, "garden", RESTORE)
    assert case.companies.standing("garden").restore is None


def test_who_only_captures_neither_makes_nor_opens_it(case: Case, server: TwinServer, tmp_path: Path) -> None:
    connect(case, server, "garden")
    connect(case, server, "garden", RESTORE)
    case.vault.membership.add("nightly", "capture", [Passphrase(Secret("every night at two"), KdfCost.CHEAP)])
    nightly = open_vault(tmp_path / "vault", passphrase=Secret("every night at two"))
    assert read(nightly, "garden") == "Garden & Sons"
    assert nightly.companies.standing("garden").restore is None
    with pytest.raises(NotAllowed):
        SlotTokenStore(nightly.vault, "garden", RESTORE).load()
    with pytest.raises(NotAllowed):
        nightly.connecting.require(RESTORE)
    nightly.connecting.require("capture")


def test_a_company_that_is_erased_takes_both_connections_along(case: Case, server: TwinServer) -> None:
    connect(case, server, "garden")
    connect(case, server, "garden", RESTORE)
    case.capture()
    case.lifecycle.erase("garden", "the engagement ended", confirmed="garden")
    assert [slot for slot in case.vault.slots() if "garden" in slot] == []


# -- how a connection stands: pure -----------------------------------------------------------------------------------


def tokens(ends: float, last: float | None) -> Tokens:
    hard = NOW + timedelta(days=last) if last is not None else None
    return Tokens(Secret("a"), Secret("r"), NOW, NOW + timedelta(days=ends), hard)


@pytest.mark.parametrize(
    ("ends", "last", "state", "words"),
    [
        (100, 1800, CONNECTED, ()),
        (22, 1800, CONNECTED, ()),
        (20.5, 1800, ENDING, ("2026-12-17", "in 20 days", "unless it is used")),
        (1.5, None, ENDING, ("in 1 day,",)),
        (0.5, None, ENDING, ("today",)),
        (-1, 1800, ENDED, ("not used in time", "2026-11-26")),
        (100, 91, CONNECTED, ()),
        (100, 89.5, ENDING, ("last day", "in 89 days", "administrator")),
        (100, -1, ENDED, ("last day, 2026-11-26",)),
        (-5, -1, ENDED, ("last day",)),
        (100, None, CONNECTED, ()),
    ],
)
def test_a_connection_is_judged_by_its_times(
    ends: float, last: float | None, state: str, words: tuple[str, ...]
) -> None:
    found = judged(tokens(ends, last), NOW)
    assert found.state == state
    assert found.good is (state in {CONNECTED, ENDING})
    assert bool(found.words) is bool(words)
    for word in words:
        assert word in found.words[0]


def test_without_tokens_there_is_none() -> None:
    assert judged(None, NOW).state == NOT_CONNECTED


def test_a_warning_comes_before_the_end_and_not_after(case: Case, server: TwinServer) -> None:
    name = connect(case, server)
    assert case.companies.warnings(name) == ()
    ends = case.companies.tokens(name).load().refresh_expires_at
    (word,) = case.companies.warnings(name, ends - timedelta(days=5))
    assert "ends on" in word
    assert case.companies.warnings(name, ends + timedelta(days=1)) == ()
    case.connecting.disconnect(name)
    assert case.companies.warnings(name) == ()


def test_a_token_from_elsewhere_still_does(case: Case, server: TwinServer) -> None:
    known = server.credentials
    secret = Secret(known.client_secret)
    connection = Connection("", server.realm_id, server.base_url, server.token_url, known.client_id, secret)
    assert case.connect(connection, Secret(known.refresh_token))[0] == "Garden & Sons"
    with pytest.raises(SignInFailed):
        case.connect(connection, Secret("not one"))
    assert read(case, "Garden & Sons") == "Garden & Sons"


def test_the_addresses_of_the_local_company_are_found_by_asking(server: TwinServer) -> None:
    found = endpoints_of(server.base_url)
    assert found == Endpoints(
        f"{server.base_url}/connect/oauth2", server.token_url, f"{server.base_url}/v2/oauth2/tokens/revoke"
    )
    assert parse_qs(urlsplit(SigningIn(app(server), BACK).address).query)["response_type"] == ["code"]
