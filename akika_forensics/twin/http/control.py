"""The twin's own door, below ``/twin``: how it is, what it saw, what it should do next. No part of QuickBooks' API.

    GET  /twin/health
    GET  /twin/log?since=N        {"requests": […], "last": N}: the entries after the N-th of all; without it those in memory
    GET  /twin/incidents          {"incidents": {NAME: what happens}}
    POST /twin/incidents/NAME     {"seed": 1, "description": TEXT}: both may be missing; TEXT is a file of one's own
    GET  /twin/clock
    POST /twin/clock              {"advance_s": 60} | {"now": "2026-03-02T09:00:00Z"} | {"frozen": true}, also together
    POST /twin/bank               {"entity": "Purchase", "id": "12", "mark": "matched" or "reconciled", "on": true}
    GET  /twin/screens            what QuickBooks' own screens can do here, what each takes and who may use it
    POST /twin/screens/merge      {"entity": "Vendor", "id": "31", "into": "30", "as": "Ann"}: by its name; as is a user
    POST /twin/standing           {"code": "140"}   or {"code": null}
    GET  /twin/faults             what is in force, how many requests each has counted and met
    POST /twin/faults             {"spec": SPEC}: beside what is in force; PUT: in its place; DELETE: nothing any more
    GET  /twin/limits
    POST /twin/limits             {"on": true, "a_minute": 500, "a_second": 10, "in_flight": 10, "batches_a_minute": 40}
    GET  /twin/metering
    POST /twin/metering           {"cap": 500000}: reads a month before they are refused; null is no end
    GET  /twin/webhooks           who is notified, and how delivery stands
    POST /twin/webhooks           {"url": "http://127.0.0.1:8090/hook", "format": "cloudevents" or "legacy",
                                  "entities": {"Invoice": ["Create"], "Customer": true}, "gather_s": 5}
    DELETE /twin/webhooks/ID
    GET  /twin/webhooks/log?since=N   {"attempts": […], "last": N}: what was sent after the N-th, how it was answered
    GET  /twin/audit-log.csv?user=NAME&from=2026-03-01&to=2026-03-31&events=transactions&form=native or wide
    GET  /twin/exports/ProfitAndLoss.csv?start_date=2026-01-01&layout=classic or modern: a report as the screens export it
    GET  /twin/statements         the accounts at a bank, and from when to when anything happened
    GET  /twin/statements/35.ofx?from=2026-03-01&to=2026-03-31&version=102 or 220; without days: a statement a month
    GET  /twin/statements/35.csv?from=2026-03-01&to=2026-03-31&layout=amount, debit-credit or balance

An answer is JSON; a request that makes no sense is answered 400 ``{"error": TEXT}``, one of another site's page 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.http import exports, hooks, screens
from akika_forensics.twin.http.gate import Gate
from akika_forensics.twin.http.limits import Limits
from akika_forensics.twin.screens import desk

type Body = dict[str, Any]
type Handler = Callable[[Request, Body], Any]

_CLOCK_WORDS: Final = frozenset({"advance_s", "now", "frozen"})


class Control:
    """The handlers.

    No token is asked for: the server listens on the loopback address alone, the company is made up, and whoever can
    open this port could as well have started it. What remains is a page of another site in a browser on this
    machine; browsers name such a page in ``Origin``, and it is turned away.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin: Twin = gate.twin

    def routes(self) -> list[Route]:
        return [
            self._route("/twin/health", "GET", self._health),
            self._route("/twin/log", "GET", self._log),
            self._route("/twin/incidents", "GET", self._incidents),
            self._route("/twin/incidents/{name}", "POST", self._incident),
            self._route("/twin/clock", "GET", self._clock),
            self._route("/twin/clock", "POST", self._set_clock),
            self._route("/twin/bank", "POST", lambda _, body: screens.mark(self._twin, body)),
            self._route("/twin/screens", "GET", lambda _, __: desk.listed()),
            self._route("/twin/screens/{name}", "POST", self._screen),
            self._route("/twin/standing", "POST", lambda _, body: screens.stand(self._twin, body)),
            self._route("/twin/faults", "GET", self._faults),
            self._route("/twin/faults", "POST", self._add_faults),
            self._route("/twin/faults", "PUT", self._replace_faults),
            self._route("/twin/faults", "DELETE", self._end_faults),
            self._route("/twin/limits", "GET", self._limits),
            self._route("/twin/limits", "POST", self._set_limits),
            self._route("/twin/metering", "GET", self._metering),
            self._route("/twin/metering", "POST", self._set_metering),
            *self._webhooks(),
            self._route("/twin/audit-log.csv", "GET", lambda request, _: exports.audit_log(self._twin, request)),
            self._route("/twin/exports/{name}", "GET", lambda request, _: exports.report(self._twin, request)),
            self._route("/twin/statements", "GET", lambda _, __: exports.banked(self._twin)),
            self._route("/twin/statements/{name}", "GET", lambda request, _: exports.statement(self._twin, request)),
        ]

    def _webhooks(self) -> list[Route]:
        told = self._gate.couriers
        return [
            self._route("/twin/webhooks", "GET", lambda _, __: hooks.listed(told)),
            self._route("/twin/webhooks", "POST", lambda _, body: hooks.subscribe(told, body)),
            self._route("/twin/webhooks/log", "GET", lambda asked, _: hooks.log(told, asked.query_params.get("since"))),
            self._route("/twin/webhooks/{id}", "DELETE", lambda asked, _: hooks.end(told, asked.path_params["id"])),
        ]

    @staticmethod
    def _route(path: str, method: str, handler: Handler) -> Route:
        async def handled(request: Request) -> Response:
            origin = request.headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != request.url.netloc:
                return answer({"error": "This door is not for pages of other sites."}, 403)
            body = await request.body()
            try:
                options = payloads.decode(body) if body.strip() else {}
                if not isinstance(options, dict):
                    return answer({"error": "The body is no JSON object."}, 400)
                done = await run_in_threadpool(handler, request, options)
                return done if isinstance(done, Response) else answer(done)
            except AkikaError as error:
                return answer({"error": str(error)}, 400)

        return Route(path, handled, methods=[method])

    def _health(self, _request: Request, _body: Body) -> Any:
        return {"status": "ok", "realm_id": self._twin.realm_id, "company": self._twin.company_name}

    def _log(self, request: Request, _body: Body) -> Any:
        since = request.query_params.get("since")
        if since is not None and not (since.isascii() and since.isdecimal() and len(since) < 16):
            raise WrongUse("since is the number of an entry.", do="Give the `seq` of the last one you have, or 0.")
        log = self._twin.requests
        found = log.as_dicts(int(since)) if since is not None else [entry.as_dict() for entry in log.entries]
        return {"requests": found, "last": log.last}

    def _incidents(self, _request: Request, _body: Body) -> Any:
        from akika_forensics.twin import incidents  # noqa: PLC0415 - it stands on the engine

        return {"incidents": incidents.INCIDENTS}

    def _incident(self, request: Request, body: Body) -> Any:
        from akika_forensics.twin import incidents  # noqa: PLC0415 - it stands on the engine

        if set(body) - {"seed", "description"} or not isinstance(body.get("description", ""), str):
            raise WrongUse("An incident takes a seed and a description.")
        return incidents.run(self._twin, request.path_params["name"], **body)

    def _screen(self, request: Request, body: Body) -> Any:
        return screens.perform(self._twin, request.path_params["name"], body)

    def _clock(self, _request: Request, _body: Body) -> Any:
        clock = self._twin.clock
        return {
            "now": format_instant(clock()),
            "frozen": clock.frozen,
            "offset_s": int(clock.offset.total_seconds()),
        }

    def _set_clock(self, request: Request, body: Body) -> Any:
        clock = self._twin.clock
        if not body or set(body) - _CLOCK_WORDS:
            raise WrongUse("The clock takes advance_s, now and frozen.")
        if "frozen" in body and not isinstance(body["frozen"], bool):
            raise WrongUse("frozen is true or false.")
        by = body.get("advance_s", 0)
        if isinstance(by, bool) or not isinstance(by, int | float | Decimal):
            raise WrongUse("advance_s is a number of seconds.")
        instant = _instant(body["now"]) if "now" in body else None
        if "frozen" in body:
            (clock.freeze if body["frozen"] else clock.release)()
        if instant is not None:
            clock.set(instant)
        clock.advance(_seconds(by))
        return self._clock(request, body)

    def _faults(self, _request: Request, _body: Body) -> Any:
        return {"faults": self._gate.script.as_dicts()}

    def _add_faults(self, request: Request, body: Body) -> Any:
        self._gate.script.add(_spec(body))
        return self._faults(request, body)

    def _replace_faults(self, request: Request, body: Body) -> Any:
        self._gate.script.replace(_spec(body))
        return self._faults(request, body)

    def _end_faults(self, request: Request, body: Body) -> Any:
        self._gate.script.replace("")
        return self._faults(request, body)

    def _limits(self, _request: Request, _body: Body) -> Any:
        throttle = self._gate.throttle
        return {"on": throttle is not None, **asdict(throttle.limits if throttle else Limits())}

    def _set_limits(self, request: Request, body: Body) -> Any:
        now = self._limits(request, {})
        wanted = {**now, **body}
        on = wanted.pop("on")
        good = all(isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in wanted.values())
        if set(body) - set(now) or not isinstance(on, bool) or not good:
            raise WrongUse(f"The limits are {', '.join(now)}: on is true or false, the others are numbers above 0.")
        self._gate.limit(Limits(**wanted) if on else None)
        return self._limits(request, body)

    def _metering(self, _request: Request, _body: Body) -> Any:
        return self._gate.meter.as_dict()

    def _set_metering(self, request: Request, body: Body) -> Any:
        cap = body.get("cap", -1)
        if set(body) != {"cap"} or not (cap is None or (type(cap) is int and cap >= 0)):
            raise WrongUse("The metering takes a cap: a number of reads a month, or null.")
        self._gate.meter.limit(cap)
        return self._metering(request, body)


def _spec(body: Body) -> str:
    if set(body) != {"spec"} or not isinstance(body["spec"], str):
        raise WrongUse('Write {"spec": "drop@write:3"}.')
    return body["spec"]


def _instant(value: Any) -> Any:
    try:
        return parse_instant(str(value))
    except ValueError as error:
        raise WrongUse(f"now: {error}.", do="Write for example 2026-03-02T09:00:00Z.") from error


def _seconds(by: float | Decimal) -> timedelta:
    try:
        return timedelta(seconds=float(by))
    except OverflowError:
        raise WrongUse("advance_s is more than a calendar has.") from None


def answer(body: Any, status: int = 200) -> Response:
    return Response(payloads.encode(body), status, {"Content-Type": "application/json"})
