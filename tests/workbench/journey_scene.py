"""A served company that was damaged, with a vault connected to it and the app on it: what a person finds on the day after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_twin import sample_twin

from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.errors import AkikaError
from akika_forensics.jobs import Job
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, incidents, serve
from akika_forensics.vault import KdfCost
from akika_widgets.views.live import Event
from akika_widgets.workbench.app import Workbench
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages.stage import Stage

PASSPHRASE = "the vault's own words"
SIGNER = "Dana Partner"
OWN_PASSPHRASE = "only-danas-key-opens-with-this"
ANNA = User("anna", "token")
MOVED_BY_ANY_SAVE = {"SyncToken", "MetaData"}


@dataclass
class Scene:
    """The company as the twin holds it, and the app's shared part."""

    twin: Twin
    server: TwinServer
    case: Case
    folder: Path
    shared: Shared
    before: dict[str, dict[str, Any]]
    truth: dict[str, Any]

    def bench(self, user: User = ANNA) -> Bench:
        """A new session."""
        return Bench(Workbench(self.shared, user))

    def content(self) -> dict[str, dict[str, Any]]:
        """The company by an eye of its own: every record without what any save moves."""
        return content(self.twin)

    def writes(self) -> int:
        """How many requests that write the server has answered."""
        return sum(
            line.method == "POST" and "/query" not in line.path and "/oauth2" not in line.path
            for line in self.server.log
        )

    def put_back(self) -> list[str]:
        """What an eye of its own finds still wrong with the damaged records: removed ones that are not there again
        under whatever Id, changed ones that are not as before, added ones that are still there."""
        now = self.content()
        wrong = []
        for damaged in self.truth["records"]:
            key = f"{damaged['entity']}:{damaged['id']}"
            before, found = self.before.get(key), now.get(key)
            if before is None and found is not None:
                wrong.append(f"{key} is still there")
            elif before is not None and found is None and not self._made_again(damaged["entity"], before, now):
                wrong.append(f"{key} is still missing")
            elif before is not None and found is not None and _essence(found) != _essence(before):
                wrong.append(f"{key} is not as it was")
        return wrong

    def _made_again(self, entity: str, before: dict[str, Any], now: dict[str, dict[str, Any]]) -> bool:
        name = "DocNumber" if "DocNumber" in before else "DisplayName" if "DisplayName" in before else "TotalAmt"
        return any(
            key.startswith(f"{entity}:")
            and body.get(name) == before.get(name)
            and body.get("TotalAmt") == before.get("TotalAmt")
            for key, body in now.items()
            if key not in self.before
        )


def content(twin: Twin) -> dict[str, dict[str, Any]]:
    return {
        f"{entity}:{ident}": {
            name: value for name, value in json.loads(payload).items() if name not in MOVED_BY_ANY_SAVE
        }
        for (entity, ident), payload in twin.dump().items()
    }


def _essence(body: dict[str, Any]) -> dict[str, Any]:
    """A record without what the server computes and without links, which get new Ids with what is made again."""
    own = {
        "Balance",
        "HomeBalance",
        "LinkedTxn",
        "BalanceWithJobs",
        "CurrentBalance",
        "QtyOnHand",
        "CurrentBalanceWithSubAccounts",
    }
    return {name: value for name, value in body.items() if name not in own and name != "Line"} | {
        "lines": [(line.get("Amount"), line.get("Description")) for line in body.get("Line", ())]
    }


class Bench:
    """A session steered by events, as a browser would send them."""

    def __init__(self, bench: Workbench) -> None:
        self.workbench = bench
        self.desk = bench.desk

    def at(self, name: str) -> Stage:
        """Go to a stage, as the navigation does."""
        assert self.workbench.ways.dispatch(Event("go", name))
        return self.workbench.stage

    def do(self, act: str, value: str = "", **fields: str) -> bool:
        if act in {"approve", "reject", "execute", "resume"} and not value:
            with suppress(AkikaError):  # these name their plan, as they are drawn
                value = self.desk.plan().plan.digest
        return self.workbench.stage.dispatch(Event(act, value, fields))

    def job(self, kind: str, about: str = "") -> Job[Any]:
        found = self.desk.job(kind, about)
        assert found is not None, f"there is no job {kind}"
        return found

    def ended(self, kind: str, about: str = "") -> None:
        """Wait for the end of a job, and have the session look."""
        job = self.job(kind, about)
        assert job.wait(120)
        shown = job.snapshot()
        assert shown.state == "done", (shown.state, str(shown.error))
        self.workbench.ways.dispatch(Event("tick"))

    @property
    def plan_id(self) -> str:
        return self.desk.plan().plan.id

    def text(self) -> str:
        """Everything that is drawn now."""
        return "".join(str(view.render()) for view in (self.workbench.ways, *self.workbench.views()))

    # -- the journey in steps ------------------------------------------------------------------------------------------

    def choose(self) -> None:
        self.at("company")
        assert self.do("before", "s1")
        assert self.do("after", "s2")
        self.at("changed")
        assert self.do("all")

    def plan(self) -> None:
        self.choose()
        self.at("plan")
        assert self.do("make"), self.workbench.stage.notice
        self.ended("plan")

    def approve(self, *, signer: str = SIGNER, passphrase: str = OWN_PASSPHRASE) -> bool:
        self.at("approve")
        assert self.do("signer", signer)
        typed = self.desk.plan().plan.digest[:6]
        return self.do("approve", typed=typed, passphrase=passphrase, words="Looked through.")


@contextmanager
def damaged(folder: Path, *, incident: str = "demo", snapshots: int = 2) -> Iterator[Scene]:
    """The sample company, captured, damaged, captured again; a signer beside the preparer."""
    twin = sample_twin()
    with serve(twin) as server:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        connection = Connection(
            "craig", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        case.signers.add(SIGNER, Secret(OWN_PASSPHRASE), role="partner", cost=KdfCost.CHEAP)
        before = content(twin)
        truth: dict[str, Any] = {"records": []}
        if snapshots:
            case.capture()
        if incident:
            truth = incidents.run(twin, incident)
        if snapshots > 1:
            case.capture()
        yield Scene(twin, server, case, folder, Shared(case, folder / "plans"), before, truth)


def parts_of(bench: Bench, kind: str) -> Any:
    """The one part of this class that stands below the stage."""
    found = [view for view in bench.workbench.views() if type(view).__name__ == kind]
    assert len(found) == 1, [type(view).__name__ for view in bench.workbench.views()]
    return found[0]


def ready(bench: Bench) -> None:
    """Everything up to the execution."""
    bench.plan()
    assert bench.do("rehearse")
    bench.ended("rehearse", bench.plan_id)
    assert bench.approve(), bench.workbench.stage.notice


def execute(bench: Bench) -> None:
    bench.at("execute")
    assert bench.do("execute"), bench.workbench.stage.notice
    bench.ended("execute", bench.plan_id)
