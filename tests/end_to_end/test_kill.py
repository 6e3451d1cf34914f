"""Killed at any point of an execution and resumed: no duplicate, nothing missing.

The points are chosen by what the server has seen: before and after it applies each request.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import PASSPHRASE, Scene
from .test_restore import INVOICE

POINTS = 50


@pytest.fixture
def damaged(scene: Scene) -> Path:
    """An approved plan of some thirty steps: two invoices with payments, an item, a customer, an import of bills."""
    scene.good("capture")
    code = scene.akika("twin", "incident", "demo", "--url", scene.server.base_url)
    assert code[0] == 0
    truth = [f"{row['entity']}:{row['id']}" for row in code[1]["records"]]
    arguments = [part for record in truth for part in ("--record", record)]
    return scene.planned(*arguments)


def run(scene: Scene, verb: str, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "akika_forensics", "plan", verb, str(file), "--vault", str(scene.vault), "--json"]
    environment = {**os.environ, "AKIKA_PASSPHRASE": PASSPHRASE}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
