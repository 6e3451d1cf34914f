"""Serving a company on 127.0.0.1, in a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

import uvicorn

from akika_forensics.errors import WrongUse
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.http import application, oauth
from akika_forensics.twin.http.gate import Gate, Hook
from akika_forensics.twin.http.limits import Limits
from akika_forensics.twin.http.prompt import PromptServer
from akika_forensics.twin.http.request_log import Seen
from akika_forensics.twin.webhooks.couriers import Couriers


class TwinServer:
    """A served company; a context manager. Only this machine can reach it.

    ``before_apply`` and ``after_apply`` are called in the server's thread with a request's number among those of its
    kind (from 1) and its kind, ``read`` or ``write``: before it is applied, and after, before the answer leaves.
    """

    def __init__(self, twin: Twin, *, port: int = 0, limits: Limits | None = None, faults: str = "") -> None:
        self.twin = twin
        self._authority = oauth.Authority(twin.clock, twin, lambda: _manner(twin.beliefs))
        self._gate = Gate(twin, self._authority, limits, faults)
        # asyncio switches off Nagle's delay (40 ms an answer) only where the protocol is named.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise WrongUse(f"Port {port} cannot be used: {error.strerror}.", do="Give another port, or 0.") from error
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            application.build(self._gate),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http="auto",
            loop="auto",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = PromptServer(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="twin-server", daemon=True
        )

    def answer_as(self, twin: Twin) -> None:
        """From now on the books of another company answer under this one's address and sign-in, as by a mistake of whatever
        stands between. Notifications and the company's own pages stay.
        """
        self._gate.twin = twin

    def start(self) -> Self:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise WrongUse("The local company could not be served.")
            time.sleep(0.005)
        self._gate.couriers.start()
        return self

    def stop(self) -> None:
        """Finish what runs, close the port; may be called twice."""
        if self._thread.is_alive():
            self._server.end()
            self._thread.join(timeout=10)
        self._gate.couriers.stop()
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The API's address without path; ``/v3/…`` follows it directly."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/oauth2/v1/tokens/bearer"

    @property
    def realm_id(self) -> str:
        return self.twin.realm_id

    @property
    def credentials(self) -> oauth.Credentials:
        return self._authority.credentials

    @property
    def webhooks(self) -> Couriers:
        """Who is notified of what changes."""
        return self._gate.couriers

    @property
    def log(self) -> list[Seen]:
        return self.twin.log

    @property
    def before_apply(self) -> Hook | None:
        return self._gate.before_apply

    @before_apply.setter
    def before_apply(self, hook: Hook | None) -> None:
        self._gate.before_apply = hook

    @property
    def after_apply(self) -> Hook | None:
        return self._gate.after_apply

    @after_apply.setter
    def after_apply(self, hook: Hook | None) -> None:
        self._gate.after_apply = hook


def _manner(beliefs: Beliefs) -> oauth.Manner:
    daily = beliefs.choice("refresh_token_value") == "daily"
    return oauth.Manner(
        oauth.ROTATES_AFTER if daily else timedelta(0), beliefs.choice("refresh_token_hard_end") == "told"
    )


def serve(
    twin: Twin,
    *,
    port: int = 0,
    limits: bool | Limits = False,
    faults: str = "",
    beliefs: Beliefs | None = None,
) -> TwinServer:
    """A server for ``with``; ``faults`` as in ``disturbance``, ``beliefs`` if the twin is to take others for granted.

    Raises WrongUse for a bad SPEC or a taken port.
    """
    if beliefs is not None:
        twin.believe(beliefs)
    chosen = limits if isinstance(limits, Limits) else Limits() if limits else None
    return TwinServer(twin, port=port, limits=chosen, faults=faults)
