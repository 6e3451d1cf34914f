"""Whether a plan may still begin, or go on: the right company, and books that have not moved under it."""

from __future__ import annotations

from akika_forensics.errors import StalePlan, WrongCompany
from akika_forensics.model.company import Company
from akika_forensics.model.identity import Identity
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.evidence import State
from akika_forensics.restore.journal import DONE, RunState
from akika_forensics.restore.live import LiveReader, drift, look_alikes, read_live


def check_company(live: Company, wanted: Company) -> None:
    """Raises WrongCompany unless realm, name and host of the live company are those wanted."""
    for what, planned, found in (
        ("realm", wanted.realm_id, live.realm_id),
        ("name", wanted.name, live.name),
        ("host", wanted.host, live.host),
    ):
        if planned != found:
            raise WrongCompany(
                f"The plan is for the company with {what} {planned!r}; this connection leads to {found!r}.",
                means="Nothing was written.",
                do="Connect to the company the plan was made for, or make a plan for this one.",
            )


def check_identity(realm_id: str, company_info: bytes, known: State) -> None:
    """Raises WrongCompany where the books that answer are of another company than those the plan was made from, under whatever name."""
    live, record = Identity.of(company_info), next(iter(known.records(["CompanyInfo"])), None)
    why = live.not_of(realm_id) or (Identity.of(record.payload).differs(live) if record is not None else "")
    if why:
        raise WrongCompany(
            f"QuickBooks answers with the books of another company than the plan was made from. {why}",
            means="Nothing was written.",
            do="Sign in again with `akika connect` and choose the company there.",
        )


def check_live(reader: LiveReader, plan: Plan, run: RunState, known: State) -> None:
    """Raises StalePlan when a live record moved since the plan was made, each named with its fields.

    Reads what the steps that are not done yet touch, what they need to stand, and what was keyed meanwhile.
    """
    pending = [step for step in plan.steps if run.state(step.id) not in DONE]
    touched = [key for step in pending if (key := step.live) is not None]
    live = read_live(reader, [*touched, *(RecordKey.parse(required.record) for required in plan.requires)])
    moved: list[str] = []
    for step in pending:
        key = step.live
        recorded = known.record(key) if key else None
        if key is not None and recorded is not None:
            told = drift(recorded, live.get(key), own_writes=run.begun)
            if told:
                moved.append(told)
    for required in plan.requires:
        record = live.get(RecordKey.parse(required.record))
        if record is None:
            moved.append(f"{required.label} ({required.record}), which the plan refers to, is gone.")
        elif record.body.get("Active", True) is False:
            moved.append(f"{required.label} ({required.record}), which the plan refers to, has been made inactive.")
    moved.extend(look_alikes(reader, plan, pending, known, frozenset(written_by(plan.steps, run))))
    if moved:
        raise StalePlan(
            " ".join(moved),
            means="The books have moved since the plan was made; nothing further was written.",
            do="Make a new plan from the state of today and have it approved.",
        )


def written_by(steps: tuple[Step, ...], run: RunState) -> set[str]:
    """``Entity:Id`` of each record that a step of this run wrote already."""
    return {f"{step.key.entity}:{run.ids[step.id]}" for step in steps if step.id in run.ids}
