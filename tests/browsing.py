"""What browser tests share: a page that hears every request and error, serving a Panel view, and axe."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
SERIOUS = {"serious", "critical"}


@dataclass
class Heard:
    """What a page did besides what it showed."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        def on_request(request: Any) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOOPBACK:
                self.outside.append(request.url)

        page.on("request", on_request)
        page.on("websocket", lambda socket: on_request(socket))
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@contextmanager
def browser_at(path: str) -> Iterator[Browser]:
    """A headless browser that finds no name but this machine's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(make: Callable[[], Any]) -> Iterator[str]:
    """A Panel view, made anew for each session, at an address on this machine."""
    import panel as pn

    port = free_port()
    server = pn.serve(
        {"/": make},
        port=port,
        address="127.0.0.1",
        websocket_origin=[f"127.0.0.1:{port}"],
        show=False,
        threaded=True,
        verbose=False,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


def violations(page: Page, include: str | None = None) -> list[str]:
    """What axe finds serious or critical, in one line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=include)
    return [
        f"{rule['id']}: {rule['help']} ({'; '.join(str(node['target']) for node in rule['nodes'][:3])})"
        for rule in found.response["violations"]
        if rule["impact"] in SERIOUS
    ]
