"""A served company that is killed amid writes: nothing that it answered is lost, and its log says what its books say."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

WRITERS = 4


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    command = [sys.executable, "-m", "akika_forensics", "twin", "serve", "--company", "empty", "--data", str(folder)]
    command += options
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def client(told: dict[str, Any], access_token: str | None = None) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {access_token or told['access_token']}", "Accept": "application/json"}
    with httpx.Client(base_url=f"{told['base_url']}/v3/company/{told['realm_id']}", headers=headers) as web:
        yield web


class Work:
    """What the writers sent and what they were answered, until the company is gone."""

    def __init__(self, process: subprocess.Popen[bytes], told: dict[str, Any], kill_after: int) -> None:
        self._process, self._told, self._left = process, told, kill_after
        self._lock = threading.Lock()
        self.answered: dict[str, Any] = {}
        self.sent: dict[str, Any] = {}

    def write(self, writer: int) -> None:
        with client(self._told) as web:
            try:
                for number in range(1000):
                    self._one(web, f"{writer}-{number}")
            except httpx.TransportError:
                return

    def _one(self, web: httpx.Client, name: str) -> None:
        made = self._send(web, f"c{name}", {"DisplayName": name})
        key = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
        self._send(web, f"u{name}", {**key, "Notes": name})

    def _send(self, web: httpx.Client, request_id: str, body: dict[str, Any]) -> Any:
        self.sent[request_id] = body
        answer = web.post("customer", params={"requestid": request_id}, json=body)
        assert answer.status_code == 200, answer.text
        with self._lock:
            self.answered[request_id] = answer.json()["Customer"]
            self._left -= 1
            if self._left == 0:
                self._process.send_signal(signal.SIGKILL)
        return answer.json()["Customer"]


@pytest.mark.parametrize("kill_after", [1, 40, 111])
def test_nothing_answered_is_lost_and_the_log_agrees_with_the_books(tmp_path: Path, kill_after: int) -> None:
    with served(tmp_path) as (process, before):
        work = Work(process, before, kill_after)
        with ThreadPoolExecutor(WRITERS) as pool:
            for done in [pool.submit(work.write, writer) for writer in range(WRITERS)]:
                done.result()
        assert process.wait(120) == -signal.SIGKILL
    with served(tmp_path) as (_, after), client(after, before["access_token"]) as web:
        books = _customers(web)
        log = httpx.get(f"{after['base_url']}/twin/log?since=0").json()["requests"]
        writes = [row for row in log if row["kind"] == "write"]
        applied = Counter(entry for row in writes for entry in row["applied"])
        assert len(writes) >= kill_after
        for request_id, record in work.answered.items():
            there = books[record["Id"]]
            assert there["DisplayName"] == record["DisplayName"]
            assert int(there["SyncToken"]) >= int(record["SyncToken"])
            (row,) = [row for row in writes if row["request_id"] == request_id]
            assert (row["status"], len(row["applied"])) == (200, 1)
        expected = {f"create Customer:{number}": 1 for number in books}
        expected |= {f"update Customer:{number}": 1 for number, row in books.items() if row["SyncToken"] == "1"}
        assert applied == expected
        # Who was not answered asks again, under the same name, and nothing happens twice.
        for request_id in sorted(set(work.sent) - set(work.answered)):
            again = web.post("customer", params={"requestid": request_id}, json=work.sent[request_id])
            assert again.status_code == 200, again.text
        books = _customers(web)
        names = Counter(row["DisplayName"] for row in books.values())
        assert names == {body["DisplayName"]: 1 for body in work.sent.values() if "DisplayName" in body}
        assert {row["SyncToken"] for row in books.values()} <= {"0", "1"}


def _customers(web: httpx.Client) -> dict[str, Any]:
    found = web.get("query", params={"query": "select * from Customer maxresults 1000"}).json()["QueryResponse"]
    return {row["Id"]: row for row in found.get("Customer", [])}
