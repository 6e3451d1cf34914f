"""One request's way through disturbances, sign-in and limits to the company and back."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.twin import faults
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.http import disturbance, oauth, service
from akika_forensics.twin.http.call import Answer, Call
from akika_forensics.twin.http.limits import Limits, Throttle
from akika_forensics.twin.http.request_log import Seen

Hook = Callable[[int, str], None]


class Gate:
    """Runs in worker threads."""

    def __init__(self, twin: Twin, authority: oauth.Authority, limits: Limits | None, spec: str) -> None:
        self.twin = twin
        self.authority = authority
        self.throttle = Throttle(limits, lambda: twin.clock().timestamp()) if limits else None
        self.disturbances = disturbance.parse(spec)
        self.before_apply: Hook | None = None
        self.after_apply: Hook | None = None

    def pass_through(self, call: Call, seen: Seen, authorization: str) -> Answer | None:
        """The answer, or None when the connection is to be closed without one."""
        met = {
            found.what: found for found in self.disturbances if found.meets(seen.kind, seen.number, seen.kind_number)
        }
        seen.disturbed = ",".join(sorted(met))
        if "refuse" in met:
            return None
        if "throttle" in met:
            return service.too_many(self.twin, call.started)
        if "error" in met:
            return service.system_failure(call.started)
        refused = self.authority.refuses(authorization)
        if refused is not None:
            return service.gateway(refused, call.started)
        if self.throttle is None:
            found = self._apply(call, seen, met)
        else:
            try:
                self.throttle.enter(batch=call.is_batch)
            except faults.GatewayFault:
                return service.too_many(self.twin, call.started)
            try:
                found = self._apply(call, seen, met)
            finally:
                self.throttle.leave()
        return None if "drop" in met else found

    def _apply(self, call: Call, seen: Seen, met: dict[str, disturbance.Disturbance]) -> Answer:
        if "slow" in met:
            self.twin.clock.wait(met["slow"].seconds)
        if self.before_apply is not None:
            self.before_apply(seen.kind_number, seen.kind)
        found = service.answer(self.twin, call)
        seen.applied, seen.replayed = found.applied, found.replayed
        if self.after_apply is not None:
            self.after_apply(seen.kind_number, seen.kind)
        return found
