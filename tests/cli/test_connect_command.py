"""``connect``, ``companies``, ``disconnect`` as a person types them, with a browser that is a process of its own."""

from __future__ import annotations

import io
import json
import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.cli import browser as opened
from akika_forensics.cli import main
from akika_forensics.cli.app_credentials import credentials
from akika_forensics.errors import WrongUse
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.vault import KdfCost

PASSPHRASE = "CANARY of the vault"
BROWSER = """
import json, os, sys
from pathlib import Path
import httpx
here = Path(sys.argv[0]).parent
lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in ("self", os.getppid())]
(here / "browser.json").write_text(json.dumps({"environment": dict(os.environ), "lines": lines, "address": sys.argv[1]}))
page = httpx.get(sys.argv[1], follow_redirects=True)
(here / "page.txt").write_text(page.text)
"""


@pytest.fixture
def server() -> Iterator[TwinServer]:
    with serve(Twin(company_name="Garden & Sons")) as served:
        yield served


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: TwinServer) -> Path:
    init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    script = tmp_path / "browser.py"
    script.write_text(BROWSER)
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("AKIKA_VAULT", str(tmp_path / "vault"))
    monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s")
    monkeypatch.setenv("AKIKA_CLIENT_ID", server.credentials.client_id)
    monkeypatch.setenv("OTHER_SECRET", server.credentials.client_secret)
    monkeypatch.delenv("AKIKA_CLIENT_SECRET", raising=False)
    return tmp_path


def connect(server: TwinServer, *more: str) -> int:
    return main(["connect", "--base-url", server.base_url, "--client-secret-env", "OTHER_SECRET", *more])


def test_the_browser_connects_a_company(place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert connect(server, "--json") == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["company"], told["realm_id"], told["for"]) == ("Garden & Sons", server.realm_id, "capture")
    assert told["last_day"] > told["ends"]
    assert f"{server.base_url}/connect/oauth2?" in err, "whoever sits elsewhere can open it too"
    assert "You can close this window" in (place / "page.txt").read_text()
    assert main(["companies", "--check", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["companies"]
    assert (row["company"], row["state"], row["restore"], row["last"], row["refused"]) == (
        "Garden & Sons", "connected", None, None, None,
    )  # fmt: skip


def test_no_secret_leaves_by_any_way(
    place: Path, server: TwinServer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert connect(server, "--debug") == 0
        httpx_logger = logging.getLogger("httpx")
        assert httpx_logger.isEnabledFor(logging.INFO), "its lines are looked at too"
    tokens = open_vault(place / "vault").companies.tokens("Garden & Sons").load()
    secrets = {
        "passphrase": PASSPHRASE,
        "client secret": server.credentials.client_secret,
        "access token": tokens.access_token.reveal(),
        "refresh token": tokens.refresh_token.reveal(),
    }
    seen = json.loads((place / "browser.json").read_text())
    out, err = capfd.readouterr()
    told = {
        "environment of the browser": json.dumps(seen["environment"]),
        "argument lists": json.dumps(seen["lines"]),
        "address": seen["address"],
        "page": (place / "page.txt").read_text(),
        "output": out + err,
        "log": caplog.text,
    }
    for where, text in told.items():
        for name, secret in secrets.items():
            assert secret not in text, f"{name} in the {where}"
    assert "AKIKA_CLIENT_ID" not in seen["environment"]
    assert "PATH" in seen["environment"], "the rest is as it was"


def test_the_canary_would_be_seen(place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "without_secrets", lambda environment, _hidden: dict(environment))
    assert connect(server) == 0
    assert PASSPHRASE in (place / "browser.json").read_text()


def test_a_failure_quotes_no_secret(
    place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("OTHER_SECRET", "CANARY of another app")
    assert connect(server, "--debug") == 4
    out, err = capfd.readouterr()
    assert "does not know this app" in err
    assert "Traceback" in err
    assert "CANARY" not in out + err
    assert open_vault(place / "vault").companies.names() == ()


def test_who_declines_is_told(place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]) -> None:
    script = place / "browser.py"
    script.write_text(
        BROWSER.replace(
            "page = httpx.get(sys.argv[1], follow_redirects=True)",
            """from urllib.parse import parse_qsl, urlsplit
form = dict(parse_qsl(urlsplit(sys.argv[1]).query))
page = httpx.post(sys.argv[1].partition("?")[0], data={**form, "decision": "cancel"}, follow_redirects=True)""",
        )
    )
    assert connect(server) == 4
    assert "was declined" in capsys.readouterr().err


def pasted(monkeypatch: pytest.MonkeyPatch, capsys: Any, line: Callable[[str], str]) -> None:
    """Standard input on which a line is typed once the address has been shown."""

    class Typed(io.StringIO):
        def readline(self, _size: int = -1) -> str:
            shown = capsys.readouterr().err
            address = next(one for one in shown.splitlines() if one.startswith("http"))
            return line(address)

    monkeypatch.setattr(sys, "stdin", Typed())


def test_a_line_is_pasted(
    place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del place
    pasted(monkeypatch, capsys, lambda address: urlsplit(httpx.get(address).headers["location"]).query + "\n")
    assert connect(server, "--paste", "--no-browser", "--redirect-uri", "https://books.example/akika/", "--json") == 0
    assert json.loads(capsys.readouterr().out)["company"] == "Garden & Sons"


@pytest.mark.parametrize("line", ["", "hello", "code=AB1234567890&state=wrong&realmId=1"])
def test_a_line_that_is_another_one_connects_nothing(
    place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    pasted(monkeypatch, capsys, lambda _: line)
    assert connect(server, "--paste", "--no-browser", "--redirect-uri", "https://books.example/akika/") == 2
    assert open_vault(place / "vault").companies.names() == ()


def test_a_known_company_is_connected_anew_without_being_told_anything(
    place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(server, "--name", "garden") == 0
    monkeypatch.delenv("AKIKA_CLIENT_ID")
    monkeypatch.delenv("OTHER_SECRET")
    before = open_vault(place / "vault").companies.tokens("garden").load()
    assert main(["connect", "--company", "garden"]) == 0
    assert open_vault(place / "vault").companies.tokens("garden").load() != before
    assert main(["connect", "--company", "garden", "--for", "restore"]) == 2, "a second app is another app"
    assert "client id" in capsys.readouterr().err


def test_a_second_connection_for_restores(place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]) -> None:
    del place
    assert connect(server, "--for", "restore") == 2
    assert "Which company" in capsys.readouterr().err
    assert connect(server, "--name", "garden") == 0
    assert connect(server, "--for", "restore", "--company", "garden") == 0
    assert "the same app" in capsys.readouterr().err
    assert main(["companies", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["companies"]
    assert row["restore"]["state"] == "connected"
    assert main(["disconnect", "--for", "restore", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"company": "garden", "for": "restore", "withdrawn": True}


def test_disconnected_the_snapshots_stay(place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]) -> None:
    del place
    assert connect(server, "--name", "garden") == 0
    assert main(["capture"]) == 0
    assert main(["disconnect"]) == 0
    assert "its snapshots stay" in capsys.readouterr().out
    assert main(["snapshots", "--company", "garden", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["snapshots"]) == 1
    assert main(["capture"]) == 4
    said = capsys.readouterr().err
    assert "akika connect" in said
    assert "are to be expected" not in said, "nothing is foretold of a capture that cannot be"
    assert main(["companies"]) == 0
    told = capsys.readouterr().out
    assert "not connected" in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_connection_that_quickbooks_refuses_is_found_by_asking(
    place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect(server, "--name", "garden") == 0
    known = server.credentials
    token = open_vault(place / "vault").companies.tokens("garden").load().refresh_token.reveal()
    capsys.readouterr()
    httpx.post(
        f"{server.base_url}/v2/oauth2/tokens/revoke",
        json={"token": token},
        auth=(known.client_id, known.client_secret),
    )
    assert main(["companies", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["companies"][0]["state"] == "connected", "nobody asked"
    assert main(["companies", "--check", "--json"]) == 4
    (row,) = json.loads(capsys.readouterr().out)["companies"]
    assert row["refused"]["what"] == "QuickBooks has ended this connection."
    assert main(["companies", "--check"]) == 4
    assert "refused" in capsys.readouterr().out


def test_credentials_come_from_a_file(place: Path, server: TwinServer, capsys: pytest.CaptureFixture[str]) -> None:
    file = place / "app.json"
    file.write_text(
        json.dumps({"client_id": server.credentials.client_id, "client_secret": server.credentials.client_secret})
    )
    file.chmod(0o644)
    assert main(["connect", "--base-url", server.base_url, "--client-file", str(file)]) == 0
    assert "chmod 600" in capsys.readouterr().err
    for broken in ("{", '{"client_id": "CANARY"}', '{"client_id": 7, "client_secret": "CANARY"}'):
        file.write_text(broken)
        assert main(["connect", "--base-url", server.base_url, "--client-file", str(file)]) == 2
        assert "CANARY" not in capsys.readouterr().err
    assert main(["connect", "--base-url", server.base_url, "--client-file", str(place / "none.json")]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--environment", "production"], "sends nobody back to this machine"),
        (["--environment", "moon"], "sandbox"),
        (["--for", "fun"], "restore"),
        (["--environment", "sandbox", "--base-url", "https://quickbooks.example"], "exclude each other"),
        (["--environment", "production", "--paste"], "--redirect-uri"),
        (["--environment", "production", "--paste", "--redirect-uri", "http://books.example/"], "not encrypted"),
        (["--base-url", "http://books.example", "--refresh-token-env", "OTHER_SECRET", "--token-url", "https://a.example/t", "--realm-id", "1"], "not encrypted"),
        (["--environment", "sandbox", "--authorize-url", "https://a.example/x"], "--token-url"),
        (["--refresh-token-env", "NOTHING_HERE"], "is empty"),
        (["--environment", "sandbox", "--refresh-token-env", "OTHER_SECRET"], "realm id"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_before_anybody_signs_in(
    place: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connect", "--client-secret-env", "OTHER_SECRET", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert not (place / "browser.json").exists()


def test_the_options_of_a_script_go_on_working(
    place: Path, server: TwinServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = server.credentials
    monkeypatch.setenv("TOKEN", known.refresh_token)
    arguments = ["--name", "twin", "--base-url", server.base_url, "--token-url", server.token_url]
    arguments += ["--client-id", known.client_id, "--client-secret-env", "OTHER_SECRET"]
    arguments += ["--refresh-token-env", "TOKEN", "--realm-id", server.realm_id]
    assert main(["connect", *arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["company"], told["realm_id"], told["name"]) == ("twin", server.realm_id, "Garden & Sons")
    assert not (place / "browser.json").exists()


def test_the_page_for_a_redirect_address_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connect", "--write-page", str(tmp_path / "index.html"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"page": str(tmp_path / "index.html")}
    assert b"<!doctype html>" in (tmp_path / "index.html").read_bytes()
    assert main(["connect", "--write-page", str(tmp_path / "index.html")]) == 2


def test_the_sandbox_waits_at_the_address_that_is_registered(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Intuit's own page is not asked here: what counts is where the person would be sent, and back to."""
    del place
    from akika_forensics.quickbooks import doorstep
    from akika_forensics.quickbooks.authorize import SigningIn

    def stop(_self: Any, signing_in: SigningIn, _should_stop: Any = None) -> Any:
        raise signing_in.too_late()

    monkeypatch.setattr(doorstep.Doorstep, "wait", stop)
    assert main(["connect", "--client-secret-env", "OTHER_SECRET", "--no-browser"]) == 4
    address = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("https://"))
    assert address.startswith("https://appcenter.intuit.com/connect/oauth2?")
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == ["http://localhost:8741/connected"]


KNOWN = Connection("a", "1", "https://a.example", "https://a.example/t", "id-kept", Secret("secret-kept"))


@pytest.mark.parametrize(
    ("variables", "arguments", "known", "expected"),
    [
        ({}, ("", "", ""), KNOWN, ("id-kept", "secret-kept")),
        ({"AKIKA_CLIENT_ID": "id-env", "AKIKA_CLIENT_SECRET": "s-env"}, ("", "", ""), KNOWN, ("id-env", "s-env")),
        ({"AKIKA_CLIENT_ID": "id-env", "AKIKA_CLIENT_SECRET": "s-env"}, ("id-arg", "", ""), None, ("id-arg", "s-env")),
        ({"OWN": "s-own", "AKIKA_CLIENT_SECRET": "s-env"}, ("id-arg", "OWN", ""), KNOWN, ("id-arg", "s-own")),
        ({"OWN": "s-own"}, ("", "OWN", ""), KNOWN, ("id-kept", "s-own")),
        ({"AKIKA_CLIENT_SECRET": "s-new"}, ("", "", ""), KNOWN, ("id-kept", "s-new")),
        ({}, ("id-kept", "", ""), KNOWN, ("id-kept", "secret-kept")),
    ],
)
def test_where_the_credentials_of_an_app_come_from(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    arguments: tuple[str, str, str],
    known: Connection | None,
    expected: tuple[str, str],
) -> None:
    for name in ("AKIKA_CLIENT_ID", "AKIKA_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client_id, secret = credentials(*arguments, known)
    assert (client_id, secret.reveal()) == expected


def test_the_secret_of_one_app_does_not_go_out_with_the_id_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AKIKA_CLIENT_SECRET", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(WrongUse, match="The client secret of the app was not given"):
        credentials("id-other", "", "", KNOWN)
