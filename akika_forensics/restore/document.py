"""The plan document: what is reviewed, approved and executed, byte for byte.

A plan is canonical JSON (``akika-canonical-1``). Its digest is the SHA-256 of that text without the
``digest`` field; approvals sign the digest, and the executor refuses a plan whose digest does not fit.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.formats import Format, OtherFormat
from akika_forensics.model.record import RecordKey

FORMAT: Final = "akika-plan/1"
_PLAN: Final = Format("akika-plan/", 1, "plan")
"""Approvals sign the text as it is, so a plan is never brought forward: what another version wrote is made anew."""


class Action(StrEnum):
    """What a step does to its record, in a reviewer's words."""

    RECREATE = "recreate"
    REVERT = "revert"
    RELINK = "relink"
    REACTIVATE = "reactivate"
    REMOVE = "remove"
    DEACTIVATE = "deactivate"


class Fidelity(StrEnum):
    """How close the restored record comes to the one before."""

    EXACT = "exact"
    EXACT_BUT_FOR = "exact_but_for"
    DIFFERS = "differs"
    BY_HAND = "by_hand"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Amount = Annotated[Decimal, BeforeValidator(lambda value: Decimal(value) if isinstance(value, int) else value)]
"""Money in a document; the canonical form may have written it as a whole number."""


class CompanyRef(_Document):
    realm_id: str
    name: str
    host: str
    production: bool

    @property
    def identity(self) -> tuple[str, bool]:
        """As `Company.identity`."""
        return self.realm_id, self.production


class SnapshotRef(_Document):
    id: str
    digest: str
    taken_at: str


class FieldDelta(_Document):
    """One field as it stands now and as the step will leave it; None where it is absent."""

    path: str
    now: Any = None
    planned: Any = None


class Expectation(_Document):
    """What must be true of the live record before the step: absent, or present with this token and content."""

    present: bool
    sync_token: str | None = None
    digest: str | None = None


class Answer(_Document):
    """One preflight question: ``found``, ``clear`` or ``cannot be checked``."""

    check: str
    answer: Literal["found", "clear", "cannot be checked"]
    note: str = ""


class Step(_Document):
    """One write. ``body`` is exact; ``{"$step": "s001"}`` stands for the Id that step will be given."""

    id: str
    action: Action
    record: str
    target: str | None
    label: str
    family: str
    level: int
    operation: Literal["create", "update", "delete"]
    options: str = ""
    body: dict[str, Any]
    expects: Expectation
    depends_on: tuple[str, ...] = ()
    reason: str
    fields: tuple[FieldDelta, ...] = ()
    fidelity: Fidelity
    fidelity_note: str = ""
    preflight: tuple[Answer, ...] = ()
    effect: dict[str, Amount] = Field(default_factory=dict)

    @property
    def key(self) -> RecordKey:
        """The record as the state to go back to knows it (or, for a removal, as it stands now)."""
        return RecordKey.parse(self.record)

    @property
    def live(self) -> RecordKey | None:
        """The live record that the step changes, None for one that it creates."""
        return RecordKey.parse(self.target) if self.target else None


class Note(_Document):
    """Something the reviewer must read: a conflict, a finding, a thing to do by hand, a record left alone."""

    code: str
    record: str
    label: str
    what: str
    values: dict[str, Any] = Field(default_factory=dict)


class BalanceLine(_Document):
    account: str
    name: str
    before: Amount
    now: Amount
    predicted: Amount


class Prediction(_Document):
    """The trial balance the books should show when the plan has run, and the parties whose open balance moves."""

    as_of: str
    basis: Literal["Accrual"] = "Accrual"
    lines: tuple[BalanceLine, ...]
    quantities: dict[str, Amount] = Field(default_factory=dict)


class Policy(_Document):
    approvals_needed: int = 1
    author_may_approve: bool = False
    max_steps: int = 10_000
    expires_days: int = 30


class Requirement(_Document):
    """A record that steps refer to and that must still be there, and active, when they run."""

    record: str
    label: str


class Plan(_Document):
    format: Literal["akika-plan/1"] = FORMAT
    id: str
    created_at: str
    tool: str
    author: str
    company: CompanyRef
    before: SnapshotRef
    after: SnapshotRef | None = None
    now: SnapshotRef
    scope: dict[str, Any]
    decisions: dict[str, str] = Field(default_factory=dict)
    policy: Policy = Field(default_factory=Policy)
    aliases: dict[str, str] = Field(default_factory=dict)
    steps: tuple[Step, ...]
    requires: tuple[Requirement, ...] = ()
    already_right: tuple[str, ...] = ()
    follows: tuple[Note, ...] = ()
    left_alone: tuple[Note, ...] = ()
    conflicts: tuple[Note, ...] = ()
    by_hand: tuple[Note, ...] = ()
    findings: tuple[Note, ...] = ()
    unanswered: tuple[Answer, ...] = ()
    undo: tuple[str, ...] = ()
    forecast: dict[str, Any] = Field(default_factory=dict)
    prediction: Prediction
    digest: str = ""

    def step(self, step_id: str) -> Step:
        for step in self.steps:
            if step.id == step_id:
                return step
        raise WrongUse(f"The plan has no step {step_id!r}.", do="`akika plan show FILE` lists the steps.")

    def sealed(self) -> Self:
        """The same plan with its digest filled in."""
        return self.model_copy(update={"digest": digest_of(self)})

    def to_bytes(self) -> bytes:
        return payloads.canonical_value(self.model_dump(mode="python"))


def digest_of(plan: Plan) -> str:
    content = plan.model_dump(mode="python")
    content.pop("digest")
    return hashlib.sha256(payloads.canonical_value(content)).hexdigest()


def read_plan(data: bytes) -> Plan:
    """Read a plan document and hold it against its own digest.

    Raises WrongUse when the text is no plan, NewerFormat when a newer version wrote it, Refused when it was changed after
    it was made.
    """
    try:
        content = _PLAN.current(payloads.decode(data))
    except OtherFormat as error:
        raise WrongUse(
            "This file is not a plan this version can read.",
            means=f"A plan names its format as {FORMAT!r}.",
            do="Give the file that `akika plan create` wrote.",
        ) from error
    try:
        plan = Plan.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        # The name of a field that does not belong there is text from outside.
        place = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
        where = ".".join(str(part) for part in place) or "its beginning"
        raise Refused(
            f"The plan is not well formed at {where}: {first['msg']}.",
            means="It was changed after it was made.",
            do="Make a new plan.",
        ) from error
    if plan.digest != digest_of(plan):
        raise Refused(
            "The plan's text does not fit its digest.",
            means="It was changed after it was made, so no approval covers it.",
            do="Make a new plan and have it approved.",
        )
    return plan
