"""All subscriptions of a served company: begun, ended, told about; one courier each while the server runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.twin.http.disturbance import Script
from akika_forensics.twin.webhooks import address, forms
from akika_forensics.twin.webhooks.courier import Courier
from akika_forensics.twin.webhooks.notice import Wanted, written
from akika_forensics.twin.webhooks.patience import DEADLINE
from akika_forensics.twin.webhooks.register import Subscription

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

_MOST: Final = 20
"""Subscriptions of a company: each is a thread."""


class Couriers:
    """Thread-safe. ``deadline`` is how long a receiver may take."""

    def __init__(self, twin: Twin, script: Script, verifier: Callable[[], str], deadline: timedelta = DEADLINE) -> None:
        self._twin = twin
        self._store = twin.store
        self._script = script
        self._verifier = verifier
        self._deadline = deadline
        self._lock = threading.Lock()
        self._running = False
        self._couriers: dict[int, Courier] = {}

    def start(self) -> None:
        """Go on with the subscriptions of the company's file."""
        with self._lock:
            self._running = True
            self._store.watchers.add(self.ring)
            self._twin.clock.watchers.add(self.ring)
            for hook in self._store.hooks.subscriptions():
                self._send_out(hook.id)

    def stop(self) -> None:
        """No thread is left; may be called twice."""
        with self._lock:
            self._running = False
            self._store.watchers.discard(self.ring)
            self._twin.clock.watchers.discard(self.ring)
            couriers = list(self._couriers.values())
            self._couriers = {}
        for courier in couriers:
            courier.stop()
        for courier in couriers:
            courier.join()

    def ring(self) -> None:
        """Something was written or the clock moved."""
        for courier in self._couriers.values():
            courier.ring()

    def _send_out(self, webhook: int) -> None:
        if self._running and webhook not in self._couriers:
            twin = self._twin
            courier = Courier(
                webhook, twin.realm_id, self._store, twin.clock, self._script, self._verifier, self._deadline
            )
            self._couriers = {**self._couriers, webhook: courier}  # never changed in place: others read it
            courier.start()

    def subscribe(self, url: str, form: str, wanted: Wanted = None, gather: timedelta = timedelta(0)) -> int:
        """Notify of what happens from now on; gives the subscription's number. Raises WrongUse."""
        address.read(url)
        forms.check(form)
        with self._lock:
            if len(self._store.hooks.subscriptions()) >= _MOST:
                raise WrongUse(f"There are {_MOST} subscriptions already.", do="End one with DELETE /twin/webhooks/ID.")
            with self._store.transaction():
                webhook = self._store.hooks.subscribe(url, form, wanted, gather, self._store.trail.last())
            self._send_out(webhook)
        return webhook

    def keep_subscribed(self, url: str, form: str) -> int:
        """The subscription of that address and form which there is already, or a new one. Raises WrongUse."""
        for hook in self._store.hooks.subscriptions():
            if (hook.url, hook.form) == (url, form):
                return hook.id
        return self.subscribe(url, form)

    def end(self, webhook: int) -> None:
        """With all that waits. Raises WrongUse when there is no such subscription."""
        with self._lock:
            with self._store.transaction():
                there = self._store.hooks.end(webhook)
            courier = self._couriers.get(webhook)
            self._couriers = {number: other for number, other in self._couriers.items() if number != webhook}
        if courier is not None:
            courier.stop()
            courier.join()
        if not there:
            raise WrongUse(f"There is no webhook {webhook}.", do="GET /twin/webhooks lists them.")

    def told(self) -> list[dict[str, Any]]:
        """Every subscription and how its delivery stands."""
        return [self._told(hook) for hook in self._store.hooks.subscriptions()]

    def _told(self, hook: Subscription) -> dict[str, Any]:
        register = self._store.hooks
        line = register.line(hook.id, blacklisted=hook.blacklisted)
        return {
            "id": hook.id,
            "url": hook.url,
            "format": hook.form,
            "entities": written(hook.wanted),
            "gather_s": hook.gather.total_seconds(),
            "blacklisted": hook.blacklisted,
            "notifications": hook.number,
            "unseen": len(self._store.trail.events(hook.cursor, 1000)),
            "waiting": [
                {
                    "number": waiting.number,
                    "due": format_instant(waiting.due),
                    "failures": waiting.failures,
                    "aside": waiting.aside,
                    "about": list(register.note(hook.id, waiting.number).about),
                }
                for waiting in line.waiting
            ],
            "attempts": register.counts(hook.id),
        }

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """The attempts after number ``since``, a thousand at most, each with its bytes."""
        return [row | {"at": format_instant(row["at"])} for row in self._store.hooks.log(since)]
