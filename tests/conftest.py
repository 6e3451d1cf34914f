"""What holds for every test: its own state folder, no settings of this machine, no network but loopback."""

from __future__ import annotations

import gc
import ipaddress
import os
import shutil
import signal
import socket
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
PROFILE = os.environ.get("AKIKA_TEST_PROFILE", "quick")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile(
    "soak", deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(PROFILE)

# A shell starts what runs in its background with Ctrl-C ignored, and every child inherits that: no program under test
# could be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# What a sync is good for shows only when the power fails, which no test waits for: a disk that loses what was not synced
# is `vault.adversary`. Here the descriptor has to be open, and the medium is not waited for.
def _sync(descriptor: int) -> None:
    os.fstat(descriptor)


os.fsync = _sync  # type: ignore[assignment]


def _remove_our_variables() -> None:
    for name in [name for name in os.environ if name.startswith("AKIKA_")]:
        del os.environ[name]


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not look at all of it in every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _state_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures wider than one test run under this; each test gets a state folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("AKIKA_")}
    _remove_our_variables()
    os.environ["AKIKA_STATE_DIR"] = str(tmp_path_factory.mktemp("state"))
    yield
    _remove_our_variables()
    os.environ.update(kept)


@pytest.fixture(autouse=True)
def state_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's remembered heads and the like lie."""
    for name in [name for name in os.environ if name.startswith("AKIKA_")]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("AKIKA_STATE_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded data beside the checkout; the test skips where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("recorded data is absent: no folder shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; the test skips where there is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("needs Chromium: none on PATH")


@pytest.fixture(scope="session")
def pango() -> None:
    """What draws PDF; the test skips where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a Pango without its parts is told by a warning
            import weasyprint  # noqa: F401
    except (OSError, DeprecationWarning):
        pytest.skip("needs Pango with HarfBuzz's subsetter: no such libraries here")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A headless browser that finds no name but this machine's.

    Of one module: as long as it lives its event loop runs in this thread, where other tests want one of their own.
    """
    from browsing import browser_at

    with browser_at(chromium) as opened:
        yield opened


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page. The test fails when it asked beyond this machine or raised an error of its own."""
    from browsing import Heard

    heard = Heard()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    heard.listen(opened)
    opened.set_default_timeout(60_000)
    yield opened
    context.close()
    assert not heard.outside, f"asked beyond this machine: {heard.outside}"
    assert not heard.errors, f"errors of the page: {heard.errors}"


class Reached:
    """The addresses off this machine that were asked for or listened on, whoever swallowed the refusal."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: it hears every socket of this process, also those opened in threads."""
        if event in {"socket.connect", "socket.sendto", "socket.bind"}:
            address = arguments[1]
            # Sockets in the file system and of the kernel have addresses that are no (host, port).
            host = (
                address[0] if isinstance(address, tuple) and address and isinstance(address[0], str | bytes) else None
            )
            home = {"localhost"}
        elif event == "socket.getaddrinfo":
            host = arguments[0]
            home = {"localhost", socket.gethostname(), "", "0.0.0.0", "::"}  # asked for, not listened on
        else:
            return
        if host is None:
            return
        text = host.decode() if isinstance(host, bytes) else str(host)
        if text not in home and not _is_loopback(text):
            self.seen.append(f"{event} {text!r}")
            raise ConnectionRefusedError(f"tests reach nothing but loopback: {text!r}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


_reached = Reached()
sys.addaudithook(_reached.watch)


@pytest.fixture
def reached() -> Reached:
    return _reached


@pytest.fixture(autouse=True)
def _only_loopback() -> Iterator[None]:
    _reached.seen.clear()
    yield
    if _reached.seen:
        pytest.fail(f"reached beyond this machine: {', '.join(_reached.seen)}")
