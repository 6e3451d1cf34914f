"""``akika lab`` in a process of its own whose every socket is heard, and a kernel spoken to over its websocket."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

PASSPHRASE = "words that open the vault"
_HEARD = """
import os, sys
def heard(event, given):
    if event in ("socket.connect", "socket.sendto"):
        where = given[1]
        if isinstance(where, tuple) and where[0] not in ("127.0.0.1", "::1", "localhost"):
            print(event, where, file=open(os.environ["HEARD"], "a"))
    elif event == "socket.getaddrinfo" and given[0] not in ("127.0.0.1", "::1", "localhost", "", None):
        print(event, given[0], file=open(os.environ["HEARD"], "a"))
sys.addaudithook(heard)
"""
"""Run by every Python of the lab, the kernels too, as it starts."""


@dataclass(frozen=True)
class Stage:
    vault: Path
    state: Path


class LabProcess:
    """The command as a person starts it. ``more`` are further variables, ``home`` the person's home."""

    def __init__(
        self,
        stage: Stage | None,
        folder: Path,
        *arguments: str,
        more: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        self.folder = folder / "work"
        self._heard = folder / "heard.txt"
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(_HEARD, encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKIKA_", "JUPYTER"))}
        own = {
            "AKIKA_STATE_DIR": str(stage.state if stage else folder / "state"),
            "PYTHONPATH": str(site),
            "HEARD": str(self._heard),
        }
        own |= {"HOME": str(home or folder), "TMPDIR": str(_short(folder))}
        if stage:
            own |= {"AKIKA_PASSPHRASE": PASSPHRASE, "AKIKA_VAULT": str(stage.vault)}
        self.temporary = Path(own["TMPDIR"])
        self._errors = folder / "errors.txt"
        with self._errors.open("w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "akika_forensics", "lab", "--dir", str(self.folder), "--no-browser", "--json", *arguments],
                stdout=subprocess.PIPE, stderr=errors, text=True, env=kept | own | dict(more or {}), cwd=folder,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors()
        self.said: dict[str, Any] = json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()
        assert self.process.stdout is not None
        self.process.stdout.close()
        shutil.rmtree(self.temporary, ignore_errors=True)

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it as Ctrl-C does; the exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    @property
    def url(self) -> str:
        return str(self.said["url"])

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def errors(self) -> str:
        return self._errors.read_text(encoding="utf-8")

    def outside(self) -> list[str]:
        """Every address off this machine that the server or one of its kernels asked for."""
        return self._heard.read_text(encoding="utf-8").splitlines() if self._heard.exists() else []

    def ask(self, method: str, path: str, **given: Any) -> Any:
        parts = urlsplit(self.url)
        answer = httpx.request(
            method,
            f"http://{parts.netloc}/{path}",
            headers={"Authorization": f"token {self.token}"},
            timeout=60,
            **given,
        )
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def connection_file(self, kernel: str) -> dict[str, Any]:
        """What the server wrote for its kernel to connect by."""
        (found,) = self.temporary.rglob(f"kernel-{kernel}.json")
        return dict(json.loads(found.read_text(encoding="utf-8")))

    def kernel_client(self, kernel: str) -> Any:
        """A client that speaks to a kernel over the sockets of its connection file."""
        from jupyter_client.blocking.client import BlockingKernelClient

        client = BlockingKernelClient()
        client.load_connection_info(self.connection_file(kernel))
        # A kernel that starts on a busy machine can miss the default second between heartbeats and is not dead.
        client.hb_channel.time_to_dead = 30.0
        client.start_channels()
        client.wait_for_ready(timeout=120)
        return client


def _short(folder: Path) -> Path:
    """Paths of sockets are cut at about a hundred characters, and those of pytest are long."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="lab-", dir="/tmp" if Path("/tmp").is_dir() else folder))  # noqa: S108


def processes_of(parent: int) -> list[int]:
    """The children of a process, by the system's own list."""
    shown = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], check=False, capture_output=True, text=True)
    return [int(line) for line in shown.stdout.split()]
