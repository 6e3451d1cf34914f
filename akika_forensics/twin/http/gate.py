"""One request's way through disturbances, sign-in, limits and metering to the company and back, and into the log."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from akika_forensics.model import payload as payloads
from akika_forensics.twin import faults
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.http import disturbance, metering, oauth, service
from akika_forensics.twin.http.call import Answer, Call
from akika_forensics.twin.http.disturbance import Disturbance
from akika_forensics.twin.http.hanging_up import HALF
from akika_forensics.twin.http.limits import Limits, Throttle
from akika_forensics.twin.http.request_log import Seen
from akika_forensics.twin.http.subject import Subject
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.webhooks.couriers import Couriers

Hook = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``cut`` is after how many bytes of the body the connection is closed: None never, HALF in the middle."""

    answer: Answer
    cut: int | None = None


class Gate:
    """Runs in worker threads."""

    def __init__(self, twin: Twin, authority: oauth.Authority, limits: Limits | None, spec: str) -> None:
        self.twin = twin
        self.authority = authority
        self.meter = metering.Meter(twin.clock, twin, twin.requests.charged())
        self.script = disturbance.Script(spec)
        self.couriers = Couriers(twin, self.script, lambda: authority.credentials.webhook_verifier_token)
        self.throttle: Throttle | None = None
        self.limit(limits)
        self.before_apply: Hook | None = None
        self.after_apply: Hook | None = None

    def limit(self, limits: Limits | None) -> None:
        """From now on; None is no limits. The windows begin anew."""
        self.throttle = Throttle(limits, lambda: self.twin.clock().timestamp()) if limits else None

    @property
    def prompt(self) -> bool:
        """Whether nothing of a request's way may wait for anything else."""
        return self.script.idle and self.throttle is None and self.before_apply is None and self.after_apply is None

    def pass_through(self, call: Call, seen: Seen, authorization: str) -> Outcome | None:
        """The answer, or None when the connection is to be closed without one."""
        met = self._meet(seen, Subject(call))
        try:
            if "refuse" in met:
                self.twin.requests.done(seen, 0, b"")
                return None
            found = _instead(self.twin, call, met) or self._refused(call, authorization)
            if found is not None:
                self._note(seen, found, met)
            else:
                found = self._limited(call, seen, met, authorization)
        except Exception:
            self.twin.requests.done(seen, 500, b"")
            raise
        if "drop" in met:
            return None
        service.pack(call, found)
        return Outcome(found, _cut(met))

    def sign_in(self, seen: Seen, issue: Callable[[], Answer]) -> Outcome | None:
        """The same for the token endpoint, which has no limits. Of what it answers nothing is noted but the status."""
        met = self._meet(seen, None)
        if "refuse" in met:
            self.twin.requests.done(seen, 0, b"")
            return None
        found = _instead_of_tokens(met) or issue()
        if "lost" in met:
            found = _failure()
        self.twin.requests.done(seen, 0 if "drop" in met else found.status, b"")
        return None if "drop" in met else Outcome(found, _cut(met))

    def _client(self, authorization: str) -> Actor:
        """The application, which acts for the user who connected it."""
        number = self.authority.user_of(authorization)
        user = self.twin.store.trail.user(number)
        return Actor(number, user.name if user else "", "app")

    def _note(self, seen: Seen, found: Answer, met: dict[str, Disturbance]) -> None:
        self.twin.requests.done(seen, 0 if "drop" in met else found.status, found.body)

    def _meet(self, seen: Seen, subject: Subject | None) -> dict[str, Disturbance]:
        met = self.script.meet(seen.kind, subject)
        seen.disturbed = ",".join(sorted(met))
        if "slow" in met:
            amount = met["slow"].amount
            self.twin.clock.wait(1.0 if amount is None else amount)
        return met

    def _refused(self, call: Call, authorization: str) -> Answer | None:
        refused = self.authority.refuses(authorization)
        return service.gateway(refused, call.started) if refused is not None else None

    def _limited(self, call: Call, seen: Seen, met: dict[str, Disturbance], authorization: str) -> Answer:
        throttle = self.throttle
        try:
            if self.meter.used_up(seen.kind):
                raise faults.throttled()
            if throttle is not None:
                throttle.enter(batch=call.is_batch)
        except faults.GatewayFault:
            found = service.too_many(self.twin, call.started)
            self._note(seen, found, met)
            return found
        try:
            return self._apply(call, seen, met, self._client(authorization))
        finally:
            if throttle is not None:
                throttle.leave()

    def _apply(self, call: Call, seen: Seen, met: dict[str, Disturbance], client: Actor) -> Answer:
        if self.before_apply is not None:
            self.before_apply(seen.kind_number, seen.kind)
        # What is applied and what the log says of it are one transaction: a kill between them is not possible.
        with (
            self.twin.transaction() if seen.kind == "write" else nullcontext(),
            self.twin.acting(client, seen.seq),
        ):
            found = service.answer(self.twin, call)
            seen.applied, seen.replayed = found.applied, found.replayed
            seen.charged = metering.charge(call, seen.kind, found, self.twin.beliefs)
            if "lost" in met:
                found = service.system_failure(call.started)
            self._note(seen, found, met)
        self.meter.count(seen.month, seen.charged)
        if self.after_apply is not None:
            self.after_apply(seen.kind_number, seen.kind)
        return found


def _cut(met: dict[str, Disturbance]) -> int | None:
    if "cut" not in met:
        return None
    amount = met["cut"].amount
    return HALF if amount is None else int(amount)


def _instead(twin: Twin, call: Call, met: dict[str, Disturbance]) -> Answer | None:
    what = next((name for name in disturbance.ANSWERS if name in met), "")
    match what:
        case "":
            return None
        case "throttle":
            return service.too_many(twin, call.started)
        case "unauthorized":
            return service.gateway(faults.not_authenticated("Token expired: on purpose"), call.started)
        case "forbidden":
            return service.gateway(faults.wrong_realm(), call.started)
        case "error":
            return service.system_failure(call.started)
        case "unavailable":
            return service.refusal(faults.unavailable(), call.started)
        case "stale":
            return service.refusal(faults.stale("Olive Owner"), call.started)
        case _:
            found = service.refusal(faults.business("On purpose."), call.started)
            found.status = 200
            return found


def _instead_of_tokens(met: dict[str, Disturbance]) -> Answer | None:
    for what, status in (("throttle", 429), ("unauthorized", 401), ("error", 500), ("unavailable", 503)):
        if what in met:
            return _failure(status)
    return None


def _failure(status: int = 500) -> Answer:
    """Nothing of an answer of the token endpoint that failed is recorded."""
    error = "invalid_client" if status == 401 else "server_error"
    told = {"Content-Type": "application/json;charset=utf-8"}
    return Answer(status, payloads.encode({"error": error}), told)
