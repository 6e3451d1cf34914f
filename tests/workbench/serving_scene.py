"""A served app that shows one line, and a client that keeps its cookies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from akika_widgets.workbench.identity import User
from akika_widgets.workbench.serving import AppServer, Tls, serve_app
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.sign_in import SignIn

INSIDE = "the books of the company"


class Visits:
    """The app's builder: it notes whom it was built for."""

    def __init__(self) -> None:
        self.users: list[User] = []

    def __call__(self, _shared: Shared, user: User) -> Any:
        import panel as pn

        self.users.append(user)
        return pn.widgets.TextInput(value=INSIDE)


@contextmanager
def served(
    sign_in: SignIn, folder: Path, *, build: Visits | None = None, port: int = 0, tls: Tls | None = None
) -> Iterator[AppServer]:
    shared = Shared(case=None, plans_folder=folder)  # type: ignore[arg-type]  # serving never looks into the case
    with serve_app(shared, port=port, sign_in=sign_in, tls=tls, build=build or Visits()) as server:
        yield server


def base_of(server: AppServer) -> str:
    parts = urlsplit(server.url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def client(server: AppServer, **given: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_of(server), trust_env=False, timeout=30, **given) as made:
        yield made


def shows_nothing(answer: httpx.Response) -> bool:
    """Whether the answer is a refusal that says nothing of the app."""
    return INSIDE not in answer.text and "bokeh" not in answer.text.lower() and "token" not in answer.headers
