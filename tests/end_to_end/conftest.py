"""A served company with a vault that is connected to it: what a user has after `connect`."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.cli import main
from akika_forensics.errors import WrongUse
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.vault import KdfCost

PASSPHRASE = "the vault's own words"


@dataclass
class Scene:
    """A twin, its server, a vault connected to it, and the command line on that vault."""

    twin: Twin
    server: TwinServer
    case: Case
    folder: Path
    out: Callable[[], str]

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    def akika(self, *arguments: str) -> tuple[int, Any]:
        """Exit code and the JSON document of one command."""
        self.out()
        code = main([*arguments, "--vault", str(self.vault), "--json"])
        return code, json.loads(self.out())

    def good(self, *arguments: str) -> Any:
        code, document = self.akika(*arguments)
        assert code == 0, document
        return document

    def content(self) -> dict[str, dict[str, Any]]:
        """The company by an eye of its own: every record without what any save moves."""
        shown = {}
        for (entity, record_id), payload in self.twin.dump().items():
            body = json.loads(payload)
            shown[f"{entity}:{record_id}"] = {k: v for k, v in body.items() if k not in {"SyncToken", "MetaData"}}
        return shown

    def planned(self, *scope: str, to: str = "s1", name: str = "restore.plan") -> Path:
        """A plan file, approved by its preparer."""
        file = self.folder / name
        self.good("plan", "create", "--to", to, *scope, "--out", str(file))
        self.good("plan", "approve", str(file), "--allow-author")
        return file


@contextmanager
def staged(folder: Path, twin: Twin, out: Callable[[], str], faults: str = "") -> Iterator[Scene]:
    with serve(twin, faults=faults) as server:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        connection = Connection(
            "craig", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        yield Scene(twin, server, case, folder, out)


class Kept:
    """A scene as it stands when nobody serves it, to begin from again and again: company, folder, and what this machine remembers."""

    def __init__(self, scene: Scene, place: Path) -> None:
        self._scene, self._twin = scene, scene.twin.copy()
        self._folders = [(scene.folder, place / "scene"), (Path(os.environ["AKIKA_STATE_DIR"]), place / "state")]
        for folder, kept in self._folders:
            shutil.copytree(folder, kept, symlinks=True)

    @contextmanager
    def again(self) -> Iterator[Scene]:
        """The scene as it was kept, at the same places and served at the same port, which the vault knows."""
        for folder, kept in self._folders:
            shutil.rmtree(folder)
            shutil.copytree(kept, folder, symlinks=True)
        twin = self._twin.copy()
        with self._served(twin) as server:
            yield replace(self._scene, twin=twin, server=server)
        twin.close()

    def _served(self, twin: Twin) -> TwinServer:
        for _ in range(600):
            with suppress(WrongUse):
                return serve(twin, port=self._scene.server.port)
            time.sleep(0.1)  # somebody else was given the port meanwhile
        return serve(twin, port=self._scene.server.port)


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().out


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    assert os.environ["AKIKA_STATE_DIR"]
    twin = sample_twin()
    with staged(tmp_path, twin, out) as made:
        yield made
