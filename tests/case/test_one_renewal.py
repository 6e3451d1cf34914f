"""Many at one sign-in: threads, processes and vaults opened twice renew it once, and nobody burns another's token."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from akika_forensics.case.companies import Companies
from akika_forensics.case.connections.sealed import RESTORE, SealedConnection, SlotTokenStore
from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.case.turns import turn
from akika_forensics.errors import Refused, VaultLocked
from akika_forensics.model.company import Company
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Tokens
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost

PASSPHRASE = "one sign-in for all of us"
READS = 3
CHILD = """
import sys
from akika_forensics.case.opening import open_vault
from akika_forensics.model.record import RecordKey
vault, times = sys.argv[1:]
case = open_vault(vault)
print("ready", flush=True)
sys.stdin.readline()
with case.companies.reader("craig") as reader:
    for _ in range(int(times)):
        assert reader.read(RecordKey("CompanyInfo", "1")) is not None
print("read", flush=True)
"""


class Strict:
    """A service harsher than QuickBooks: a refresh token is good once and no grace is given; access ends after a few reads of a client."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.refresh, self.renewals, self.burnt = "refresh-0", 0, 0
        self.access: set[str] = set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                bearer = self.headers["Authorization"].removeprefix("Bearer ")
                self.reads = {**getattr(self, "reads", {}), bearer: getattr(self, "reads", {}).get(bearer, 0) + 1}
                if bearer not in service.access or self.reads[bearer] > READS:
                    fault = {"message": "Failed", "detail": f"Token expired: {bearer}", "code": "3200"}
                    self.say(401, {"fault": {"error": [fault], "type": "AUTHENTICATION"}})
                    return
                self.say(200, {"CompanyInfo": {"Id": "1", "CompanyName": "Craig's"}, "time": "2026-11-23T10:00:00Z"})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                with service.lock:
                    if form["refresh_token"][0] != service.refresh:
                        service.burnt += 1
                        self.say(400, {"error": "invalid_grant"})
                        return
                    service.renewals += 1
                    service.refresh = f"refresh-{service.renewals}"
                    access = f"access-{service.renewals}"
                    service.access.add(access)
                time.sleep(0.02)
                self.say(200, {"access_token": access, "refresh_token": service.refresh, "expires_in": 3600})

            def say(self, status: int, value: Any) -> None:
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def service() -> Iterator[Strict]:
    made = Strict()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def place(tmp_path: Path, service: Strict, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault that is connected to the service, with an access token that has ended."""
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    case = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    connection = Connection("craig", "4620816365", service.base, f"{service.base}/token", "client", Secret("secret"))
    long = now() + timedelta(days=90)
    SlotTokenStore(case.vault, "craig").save(Tokens(Secret("access-x"), Secret("refresh-0"), long, long))
    SealedConnection(case.vault, "craig").write(connection, Company("4620816365", "Craig's", service.base))
    return tmp_path / "vault"


def test_processes_renew_one_after_the_other_and_burn_nothing(place: Path, service: Strict) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(place), "10"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for reader in readers:
        assert reader.stdin is not None
        reader.stdin.write("go\n")
        reader.stdin.flush()
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert (reader.returncode, out) == (0, "read\n"), err
    assert service.burnt == 0
    assert service.renewals >= 10 // READS
    kept = open_vault(place).companies.tokens("craig").load()
    assert kept.refresh_token.reveal() == service.refresh, "what is kept is what is good"


def test_threads_of_vaults_that_were_opened_twice_wait_for_one_another(place: Path, service: Strict) -> None:
    one, two = open_vault(place), open_vault(place)
    failed: list[BaseException] = []

    def read(companies: Companies) -> None:
        try:
            with companies.reader("craig") as reader:
                for _ in range(8):
                    reader.read(RecordKey("CompanyInfo", "1"))
        except BaseException as error:  # noqa: BLE001 -- it is what the test looks at
            failed.append(error)

    threads = [threading.Thread(target=read, args=(case.companies,)) for case in (one, two, one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert service.burnt == 0


def test_capture_and_restore_do_not_wait_for_one_another(place: Path) -> None:

    vault = open_vault(place).vault
    with SlotTokenStore(vault, "craig").exclusive(), SlotTokenStore(vault, "craig", RESTORE).exclusive():
        pass


def test_whoever_hangs_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "turn"
    with (
        turn(file, "The sign-in"),
        pytest.raises(VaultLocked, match="The sign-in"),
        turn(file, "The sign-in", patience=0.1),
    ):
        pass
    with turn(file, "The sign-in"):
        pass
    assert file.stat().st_mode & 0o077 == 0


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "turn"
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(VaultLocked), turn(file, "The sign-in", patience=0.1):
            pass
        holder.kill()
        holder.wait()
        with turn(file, "The sign-in", patience=0.1):
            pass


def test_a_lock_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("a file where the folder should be")
    with pytest.raises(Refused, match="cannot be made"), turn(tmp_path / "deep" / "turn", "The sign-in"):
        pass
