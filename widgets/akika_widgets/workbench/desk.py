"""One session's way to the open case: asked under its lock, long work as jobs, everything else worked out once."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from akika_forensics import jobs
from akika_forensics.case.companies import Standing
from akika_forensics.case.dependencies import Dependencies
from akika_forensics.case.plans.archive import CREATED, Held
from akika_forensics.case.plans.review import Review
from akika_forensics.case.values import CaseDiff
from akika_forensics.changes import CheckReport
from akika_forensics.errors import AkikaError, Refused, WrongUse
from akika_forensics.jobs import Job, Work
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views.job import JobView
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.state import Choices, slot_of

_MOMENT: Final = 0.5
_MOST_LISTED: Final = 50
"""Plan files that are read to be listed."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file of this vault and company."""

    name: str
    held: Held


def stamp(held: Held) -> Hashable:
    """What became of a plan so far, in so far as it is shown: equal stamps look the same."""
    found = held.verification or {}
    return (
        held.plan.digest,
        held.state,
        held.run.ended,
        tuple((step, result.state.value) for step, result in held.run.results.items()),
        len(held.tally.valid),
        tuple(why for _, why in held.tally.ignored),
        held.rehearsal is None,
        str(found.get("snapshot", "")),
    )


class Desk:
    """What the stages of one session ask and tell. Every method may raise an AkikaError."""

    def __init__(self, shared: Shared, user: User) -> None:
        self.shared = shared
        self.user = user
        self.case = shared.case
        self.memory = shared.memory
        self.choices: Choices = shared.memory.choices_of(user)
        self.at = self.choices.stage
        self._views: dict[str, JobView] = {}
        self._pulse = (0.0, -1, 0)

    # -- the company and its snapshots -------------------------------------------------------------------------------

    @property
    def company(self) -> Company:
        with self.shared.lock:
            return self.case.companies.company(self.case.company_name)

    @property
    def local(self) -> bool:
        """Whether the company is served by this machine."""
        with self.shared.lock:
            return self.case.companies.connection(self.case.company_name).local

    def standings(self) -> tuple[Standing, ...]:
        """Every company of the vault with the state of its connections."""
        with self.shared.lock:
            known = self.case.companies
            return tuple(known.standing(name) for name in known.names())

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """Of this company alone, and of all of it, oldest first."""
        realm = self.company.realm_id
        with self.shared.lock:
            every = self.case.snapshots()
            return tuple(info for info in every if info.company.realm_id == realm and not info.scoped)

    def snapshot(self, ident: str) -> SnapshotInfo | None:
        return next((info for info in self.snapshots() if info.id == ident), None)

    def checked(self, ident: str) -> CheckReport | None:
        """How whole a snapshot is, if somebody had it checked."""
        found: CheckReport | None = self.memory.known(("check", ident))
        return found

    def diff(self) -> CaseDiff:
        """Between the chosen snapshots. Raises WrongUse while they are not chosen."""
        before, after = self.choices.before, self.choices.after
        if not (before and after):
            raise WrongUse("No two snapshots are chosen.", do="Choose the state before and the state after.")

        def make() -> CaseDiff:
            with self.shared.lock:
                return self.case.diff(before, after)

        return self.memory.once(("diff", before, after), make)

    def dependencies(self) -> Dependencies:
        """What the picked records need and what hangs on them, one reference away."""
        before, after = self.choices.before, self.choices.after
        picked = frozenset(self.choices.picked)

        def make() -> Dependencies:
            words = ", ".join(sorted(str(key) for key in picked))
            with self.shared.lock:
                return self.case.dependencies(words, before=before, after=after)

        return self.memory.once(("dependencies", before, after, picked), make)

    # -- choosing ----------------------------------------------------------------------------------------------------

    def choose_states(self, before: str, after: str) -> None:
        """The states to compare; what was picked from others is dropped."""
        choices = self.choices
        if (before, after) != (choices.before, choices.after):
            choices.before, choices.after = before, after
            choices.picked, choices.looked_at = set(), frozenset()
        self.memory.touch()

    def pick(self, keys: Sequence[RecordKey], *, wanted: bool) -> None:
        held = set(self.choices.picked)
        self.choices.picked = held | set(keys) if wanted else held - set(keys)
        self.memory.touch()

    def choose_plan(self, name: str) -> None:
        """Take up a plan, with the states that it was made from."""
        held = self.load(name)
        plan = held.plan
        if plan.after is not None and {plan.before.id, plan.after.id} <= {info.id for info in self.snapshots()}:
            self.choose_states(plan.before.id, plan.after.id)
            named = {RecordKey.parse(str(text)) for text in plan.scope.get("records", ())}
            self.choices.picked = named
            self.choices.looked_at = frozenset(named)
        self.choices.plan = name
        self.memory.touch()

    def go(self, stage: str) -> None:
        self.at = self.choices.stage = stage

    # -- plans -------------------------------------------------------------------------------------------------------

    def file(self, name: str) -> Path:
        """A file in the plans folder; a name that leads elsewhere is none. Raises WrongUse."""
        if not name or Path(name).name != name or name.startswith("."):
            raise WrongUse("There is no such plan.", do="Choose one from the list.")
        return self.shared.plans_folder / name

    def load(self, name: str) -> Held:
        """A plan and what became of it, as it stands now. Raises Refused when this vault does not vouch for the file."""
        file = self.file(name)

        def make() -> Held:
            with self.shared.lock:
                return self.case.plans.load(file)

        return self.memory.once(("plan", name, self.memory.ends, self.pulse()), make)

    def pulse(self) -> int:
        """Grows with every act that is recorded in the vault, by whichever process; looked up again after a moment."""
        at, version, value = self._pulse
        if version != self.memory.version or time.monotonic() - at > _MOMENT:
            version = self.memory.version
            value = len(self.case.custody.acts())
            self._pulse = (time.monotonic(), version, value)
        return value

    def held(self) -> Held | None:
        """The plan that was taken up."""
        return self.load(self.choices.plan) if self.choices.plan else None

    def plan(self) -> Held:
        """The plan that was taken up. Raises WrongUse when there is none."""
        held = self.held()
        if held is None:
            raise WrongUse("There is no plan yet.", do="Make one, or open one.")
        return held

    def review(self) -> Review:
        return Review(self.plan())

    @property
    def plan_file(self) -> Path:
        return self.file(self.choices.plan)

    def plan_files(self) -> tuple[PlanFile, ...]:
        """The latest plans of this company in the plans folder, the newest first; files of other vaults are left out."""
        folder, realm = self.shared.plans_folder, self.company.realm_id
        if not folder.is_dir():
            return ()
        found: list[PlanFile] = []
        written = [(file.stat().st_mtime_ns, file) for file in folder.glob("*.plan") if file.is_file()]
        for _, file in sorted(written, reverse=True):
            if len(found) < _MOST_LISTED:
                try:
                    held = self.load(file.name)
                except AkikaError:
                    continue
                if held.plan.company.realm_id == realm:
                    found.append(PlanFile(file.name, held))
        return tuple(sorted(found, key=lambda one: one.held.plan.created_at, reverse=True))

    def new_file(self, word: str) -> str:
        """A name that no file in the plans folder has."""
        taken = (
            {file.name for file in self.shared.plans_folder.iterdir()} if self.shared.plans_folder.is_dir() else set()
        )
        number = 1
        while f"{word}-{number}.plan" in taken:
            number += 1
        return f"{word}-{number}.plan"

    # -- long work ---------------------------------------------------------------------------------------------------

    def start[T](self, kind: str, name: str, work: Callable[[Work], T], *, about: str = "") -> Job[T]:
        """Begin long work on the vault, unless there is some already. Raises Refused.

        No job resumes itself: the stage that began it says how it goes on, from what the vault holds.
        """
        with self.shared.lock:
            why = self.why_wait()
            if why:
                raise Refused(why, do="Wait for its end, or stop it.")
            topic = about or self.case.vault.id
            job = jobs.start(name, work, kind=kind, about=topic, queue=self.case.vault.id)
            self.memory.keep(slot_of(kind, topic), job)
        return job

    def work_out[T](self, kind: str, name: str, work: Callable[[Work], T], *, about: str) -> Job[T]:
        """Begin long work that writes nothing to the vault and keeps nobody from writing; one after another."""
        job = jobs.start(name, work, kind=kind, about=about, queue=f"{self.case.vault.id}/{kind}")
        self.memory.keep(slot_of(kind, about), job)
        return job

    def why_wait(self) -> str:
        """Why nothing may be written to the vault now: one thing at a time."""
        running = [job for job in self.memory.running() if self._ours(job)]
        return f"{running[0].snapshot().name} is still going on." if running else ""

    def _ours(self, job: Job[Any]) -> bool:
        """Whether it works on this vault: jobs of other processes, on whatever vault, are found too."""
        about = job.snapshot().about
        return about == self.case.vault.id or any(
            act.details.get("plan") == about for act in self.case.custody.acts(CREATED)
        )

    def job(self, kind: str, about: str = "") -> Job[Any] | None:
        """The latest job of this kind about this plan, or about the vault."""
        return self.memory.job(slot_of(kind, about or self.case.vault.id))

    def job_view(self, kind: str, about: str = "") -> JobView | None:
        """That job as this session shows it, unless it ended well: then what it made is there instead."""
        job = self.job(kind, about)
        if job is None or job.snapshot().state == "done":
            return None
        known = self._views.get(job.id)
        if known is None:
            known = self._views[job.id] = JobView(job)
        return known

    def jobs_now(self) -> Mapping[str, str]:
        """The states of what is running, for telling whether something moved."""
        return {job.id: job.snapshot().state for job in self.memory.running()}
