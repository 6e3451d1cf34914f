"""The guards of tests/conftest.py hold, else every other test proves less than it says."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from akika_forensics import settings


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_beyond_this_machine_is_refused_and_noted(host: str, reached: Any) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(ConnectionRefusedError, match="loopback"):
        outward.connect((host, 9))
    assert reached.seen
    reached.seen.clear()


def test_a_name_beyond_this_machine_is_not_looked_up(reached: Any) -> None:
    with pytest.raises(ConnectionRefusedError, match="loopback"):
        socket.getaddrinfo("books.example", 443)
    assert reached.seen
    reached.seen.clear()


def test_listening_on_all_interfaces_is_refused_and_noted(reached: Any) -> None:
    with socket.socket() as listener, pytest.raises(ConnectionRefusedError, match="loopback"):
        listener.bind(("0.0.0.0", 0))  # the fault under test
    assert reached.seen
    reached.seen.clear()


def test_loopback_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"here")
        assert accepted.recv(4) == b"here"


def test_state_lies_in_a_folder_of_the_test(state_dir: Path) -> None:
    assert settings.state_dir() == state_dir
    assert Path.home() not in state_dir.parents


def test_no_settings_of_this_machine_are_seen() -> None:
    assert [name for name in os.environ if name.startswith("AKIKA_")] == ["AKIKA_STATE_DIR"]
