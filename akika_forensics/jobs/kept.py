"""What is kept of jobs in the state folder, so that a new process can say which work was cut off.

One small file a job, replaced as a whole, readable by its owner alone. It holds names, counts and times: neither
secrets nor text from the books. A process that runs jobs holds a lock on a file of its own; the kernel lets go of it
when the process dies, however that happens, so no process id is ever mistaken for another's.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import secrets
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from akika_forensics.errors import AkikaError, NewerFormat
from akika_forensics.jobs.snapshot import ENDED, JobSnapshot, State
from akika_forensics.jobs.trouble import kept_words
from akika_forensics.model.formats import Format, OtherFormat, unchanged
from akika_forensics.settings import state_dir

MOST_KEPT: Final = 200

_log = logging.getLogger(__name__)
_ID: Final = re.compile(r"j[0-9]{20}-[0-9a-f]{8}", re.ASCII)
_MOST_BYTES: Final = 1 << 16
_FORMAT: Final = Format("akika-job-", 1, "job", {0: unchanged})


class KeptJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file's content. ``process`` names the lock of the process that ran it."""

    id: str
    name: str
    kind: str
    about: str
    state: State
    process: str
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 1
    error_code: str = ""
    error: str = ""
    format: str = _FORMAT.label

    @classmethod
    def of(cls, snapshot: JobSnapshot, process: str) -> KeptJob:
        code = snapshot.error.code if snapshot.error else ""
        return cls(
            snapshot.id,
            snapshot.name,
            snapshot.kind,
            snapshot.about,
            snapshot.state,
            process,
            snapshot.done,
            snapshot.total,
            snapshot.started_at,
            snapshot.finished_at,
            snapshot.attempts,
            code,
            kept_words(code) if code else "",
        )

    def snapshot(self, *, alive: bool) -> JobSnapshot:
        """As it is read by another process; what had not ended when its process died was interrupted."""
        error = None
        if self.error_code:
            error = AkikaError(self.error)
            error.code = self.error_code
        state: State = self.state if alive or self.state in ENDED else "interrupted"
        return JobSnapshot(
            self.id,
            self.name,
            self.kind,
            self.about,
            state,
            done=self.done,
            total=self.total,
            started_at=self.started_at,
            finished_at=self.finished_at,
            error=error,
            attempts=self.attempts,
        )


def is_id(text: str) -> bool:
    """Ids come from outside, such as an address in a browser: nothing else becomes a file's name."""
    return _ID.fullmatch(text) is not None


def folder() -> Path:
    return state_dir() / "jobs"


def write(job: KeptJob, *, durable: bool) -> None:
    """Replace the job's file. A medium that does not take it is logged: the work matters more than its record."""
    place = folder()
    temporary = place / f".{job.id}.{secrets.token_hex(4)}"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(job))
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(place / f"{job.id}.json")
    except OSError as error:
        _log.warning("The state of job %s could not be kept: %s.", job.id, error.strerror or type(error).__name__)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def read(job_id: str) -> KeptJob | None:
    """The file of a job; None when there is none, or when it cannot be read as one.

    Raises NewerFormat when a newer version of the software wrote it.
    """
    if not is_id(job_id):
        return None
    try:
        with (folder() / f"{job_id}.json").open("rb") as file:
            stored = msgspec.json.decode(file.read(_MOST_BYTES))
        job = msgspec.convert(_FORMAT.current(stored), KeptJob)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, OtherFormat):
        return None
    return job if job.id == job_id else None


def ids() -> list[str]:
    """Ids of all kept jobs, the newest first."""
    try:
        names = [path.name for path in folder().iterdir()]
    except OSError:
        return []
    return sorted((name[:-5] for name in names if name.endswith(".json") and is_id(name[:-5])), reverse=True)


def recent(most: int) -> list[KeptJob]:
    """The newest kept jobs that this version reads, the newest first."""
    found = []
    for job_id in ids()[:most]:
        with suppress(NewerFormat):
            job = read(job_id)
            if job is not None:
                found.append(job)
    return found


def prune() -> None:
    """Forget the oldest jobs beyond `MOST_KEPT`, and the locks of processes that no kept job names."""
    every = ids()
    for job_id in every[MOST_KEPT:]:
        with suppress(OSError, NewerFormat):
            job = read(job_id)
            if job is None or job.state in ENDED or not is_alive(job):
                (folder() / f"{job_id}.json").unlink(missing_ok=True)
    named = {job.process for job in recent(MOST_KEPT)}
    with suppress(OSError):
        for path in folder().glob("process-*"):
            if path.name not in named and not _is_held(path):
                path.unlink(missing_ok=True)


def is_alive(job: KeptJob) -> bool:
    """Whether the process that ran the job still lives."""
    return bool(job.process) and "/" not in job.process and _is_held(folder() / job.process)


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


class OwnProcess:
    """This process's lock, made when its first job starts; one for each state folder."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[Path, str] = {}

    def name(self) -> str:
        """The name of the lock file; empty when the medium did not take one."""
        place = folder()
        with self._guard:
            if place not in self._held:
                made = self._make(place)
                if not made:
                    return ""
                self._held[place] = made
            return self._held[place]

    def _make(self, place: Path) -> str:
        name = f"process-{os.getpid()}-{secrets.token_hex(8)}"
        temporary = place / f".{name}"
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            # Locked before it has its name: nobody ever sees the lock of a living process free. Never closed.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.rename(place / name)
        except OSError as error:
            _log.warning("This process cannot say that it lives: %s.", error.strerror or type(error).__name__)
            return ""
        return name
