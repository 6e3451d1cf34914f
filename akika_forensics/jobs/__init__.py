"""Long work on its own thread, watched by whoever looks."""

from akika_forensics.jobs.job import Job, shown_by
from akika_forensics.jobs.registry import find, recent, start, stop_all
from akika_forensics.jobs.snapshot import JobSnapshot, State
from akika_forensics.jobs.work import Work

__all__ = ["Job", "JobSnapshot", "State", "Work", "find", "recent", "shown_by", "start", "stop_all"]
