"""The authorities are read once, and anew where the environment names others."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest

from akika_forensics.quickbooks import network as module
from akika_forensics.quickbooks.network import network


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What was asked of ``httpx.create_ssl_context``, from an empty memory."""
    made: list[dict[str, Any]] = []

    def noted(**asked: Any) -> ssl.SSLContext:
        made.append(asked)
        return create(**asked)

    create = httpx.create_ssl_context
    monkeypatch.setattr(httpx, "create_ssl_context", noted)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    module._trusted.cache_clear()
    yield made
    module._trusted.cache_clear()


def test_transports_share_the_authorities(read: list[dict[str, Any]]) -> None:
    for _ in range(3):
        network().close()
        network(limits=httpx.Limits(max_connections=2)).close()
    assert read == [{"trust_env": True}]


def test_who_names_others_in_the_environment_is_heeded_where_it_is_trusted(
    read: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network().close()
    other = tmp_path / "authorities.pem"
    other.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    network().close()
    network(trust_env=False).close()
    network(trust_env=False).close()
    assert read == [{"trust_env": True}, {"trust_env": True}, {"trust_env": False}]
    assert module._trusted((str(other), "")).verify_mode is ssl.CERT_REQUIRED
    assert module._trusted(()).check_hostname


def test_what_cannot_be_read_is_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    with pytest.raises(OSError, match="No such file"):
        network()
