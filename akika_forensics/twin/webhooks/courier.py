"""Carrying the notifications of one subscription to its receiver, in a thread of its own.

What is sent when is decided by ``line`` and ``patience``; here is the thread, the company's file and the socket. A
receiver that hangs or fails holds up nobody but itself.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from akika_forensics.model.payload import decode
from akika_forensics.twin import wire
from akika_forensics.twin.clock import VirtualClock
from akika_forensics.twin.http.disturbance import Script
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.store import Store
from akika_forensics.twin.webhooks import address, forms, mischief, notice, sending
from akika_forensics.twin.webhooks.line import DROPPED, Line, Waiting
from akika_forensics.twin.webhooks.notice import Act, Notice
from akika_forensics.twin.webhooks.patience import Patience
from akika_forensics.twin.webhooks.register import Attempt, Note, Subscription

MOST: Final = 500
"""Acts that are told in one notification; how many Intuit tells in one is not known."""
_LONGEST_WAIT: Final = 3600.0


class Courier:
    """Runs from ``start`` until ``stop`` or until its subscription ends."""

    def __init__(
        self,
        webhook: int,
        realm: str,
        store: Store,
        clock: VirtualClock,
        script: Script,
        verifier: Callable[[], str],
        deadline: timedelta,
    ) -> None:
        self._webhook = webhook
        self._realm = realm
        self._store = store
        self._clock = clock
        self._script = script
        self._verifier = verifier
        self._deadline = deadline
        self._bell = threading.Condition()
        self._rung = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"twin-webhook-{webhook}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        """Something happened or the clock moved: look again."""
        with self._bell:
            self._rung = True
            self._bell.notify_all()

    def stop(self) -> None:
        """An attempt that runs is finished first; it takes no longer than the deadline. ``join`` waits for it."""
        with self._bell:
            self._stopped = True
            self._bell.notify_all()

    def join(self) -> None:
        self._thread.join(self._deadline.total_seconds() + 5)

    def _run(self) -> None:
        try:
            while not self._stopped:
                hook = self._store.hooks.subscription(self._webhook)
                if hook is None:
                    return
                self._sleep(self._turn(hook))
        except sqlite3.ProgrammingError:
            return  # the company was closed while it was served

    def _sleep(self, until: datetime | None) -> None:
        """Until an instant of the company's clock, or until somebody rings."""
        left = None
        if until is not None and not self._clock.frozen:
            left = min(max((until - self._clock()).total_seconds(), 0.0), _LONGEST_WAIT)
        with self._bell:
            if not self._rung and not self._stopped:
                self._bell.wait(left)
            self._rung = False

    def _turn(self, hook: Subscription) -> datetime | None:
        """Do what is to be done now; gives when there is more, None when nobody knows."""
        now = self._clock()
        line = self._store.hooks.line(hook.id, blacklisted=hook.blacklisted)
        gathered = None
        if line.open:
            line, gathered = self._gather(hook, line, now)
        waiting = line.turn(now)
        if waiting is not None:
            self._send(hook, waiting)
            return now
        return min((moment for moment in (line.next_due, gathered) if moment is not None), default=None)

    def _gather(self, hook: Subscription, line: Line, now: datetime) -> tuple[Line, datetime | None]:
        """With what happened since, cut into a notification; and when there is more to be cut."""
        events = self._store.trail.events(hook.cursor, MOST)
        if not events:
            return line, None
        beliefs, told = self._store.beliefs, self._acts(events)
        found = [one for act in told if (one := notice.of(act, beliefs, hook.wanted)) is not None]
        # Where the clock was set back, what happened lies ahead of it, and is told at once.
        if found and len(events) < MOST and found[0].at <= now < found[0].at + hook.gather:
            return line, found[0].at + hook.gather
        with self._store.transaction():
            self._store.hooks.look(hook.id, events[-1].seq)
            if found:
                line = self._cut(hook, line, found, now)
        return line, now

    def _acts(self, events: Sequence[Event]) -> list[Act]:
        moved = self._store.hooks.moved(events[0].seq, events[-1].seq)
        acts = []
        for event in events:
            detail = decode(event.detail.encode()) if event.detail else {}
            at = wire.moment_of(event.at)
            inactive = event.verb == "updated" and detail.get("active") is False
            merged_from = str(detail.get("merged_from", ""))
            acts.append(
                Act(
                    event.seq, at, event.verb, event.entity, event.id, event.indirect, inactive, merged_from=merged_from
                )
            )
            acts.extend(Act(event.seq, at, "updated", *key, moved=True) for key in moved.get(event.seq, ()))
        return acts

    def _cut(self, hook: Subscription, line: Line, found: Sequence[Notice], now: datetime) -> Line:
        register, number = self._store.hooks, hook.number + 1
        fate, ordered = mischief.meet(self._script, found)
        body = forms.body(hook.form, self._realm, ordered, self._store.beliefs)
        register.cut(hook.id, Note(number, now, body, tuple(one.about for one in ordered)))
        line = line.joined(number, now, fate)
        register.keep(hook.id, line)
        if fate.drop:
            register.sent(hook.id, Attempt(number, now, 0, "on purpose", DROPPED))
        return line

    def _send(self, hook: Subscription, waiting: Waiting) -> None:
        register = self._store.hooks
        note = register.note(hook.id, waiting.number)
        kind = forms.content_type(hook.form, self._store.beliefs)
        headers = forms.headers(note.body, kind, self._verifier(), self._realm, note.number, note.at)
        got = sending.post(address.read(hook.url), headers, note.body, self._deadline)
        at, patience = self._clock(), Patience.under(self._store.beliefs)
        verdict = patience.judge(got.status, waiting.failures)
        with self._store.transaction():
            line = register.line(hook.id, blacklisted=hook.blacklisted)
            line, outcome = line.answered(waiting.number, verdict, at, holds=patience.holds)
            register.keep(hook.id, line)
            register.sent(hook.id, Attempt(waiting.number, at, got.status, got.answer, outcome))
