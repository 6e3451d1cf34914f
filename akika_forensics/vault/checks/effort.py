"""How much of a vault one check looks at: everything or a sample, all of it now or the rest of an interrupted check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.checks.findings import Scope
from akika_forensics.vault.checks.ledger import Bound, Ledger
from akika_forensics.vault.checks.sample import SMALL, Draw, Sample
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.storage import Backend

BYTES: Final = "bytes"
"""Stage: a file's length and SHA-256 are those that were signed."""
OPENED: Final = "opened"
"""Stage: a sealed file opens."""
CONTROLS: Final = "controls"
"""Stage: a sealed file holds the control that its commit names."""
ATTACHED: Final = "attached"
"""Stage: an attached file opens and holds the bytes that its list tells of."""
PAYLOADS: Final = "payloads"
"""Stage: the payloads of a file are those that its index tells of."""

_DRAWN_KINDS: Final = frozenset({"parquet", "sealed", "blob"})


class Effort:
    """Decides before each piece of work whether it is done, and remembers what was found sound.

    ``folder``: where the results of an interrupted check are kept, outside the vault; None keeps none. Methods raise
    StorageFailed when it cannot be written, and WrongUse when what was kept cannot be read.
    """

    def __init__(
        self, *, keys: bool = False, sample: Sample | None = None, folder: Path | None = None, resume: bool = False
    ) -> None:
        self._keys = keys
        self._sample = sample
        self._folder = folder
        self._resume = resume
        self._ledger: Ledger | None = None
        self._listed: dict[str, StoredFile] = {}
        self._drawn: frozenset[str] | None = None
        self._draw: Draw | None = None
        self._records = 0
        self._records_left = 0
        self._looked: set[str] = set()
        self._known_files = 0
        self._known_bytes = 0

    def anew(self) -> Effort:
        """The same once more, because the vault moved on meanwhile."""
        return Effort(keys=self._keys, sample=self._sample, folder=self._folder, resume=self._resume)

    def begin(self, vault: str | None, digests: Mapping[tuple[str, int], str], listed: Iterable[StoredFile]) -> None:
        """Once the chains are read: what they vouch for is known, and so is the state that results hold for."""
        self._listed = {file.path: file for file in listed}
        if self._sample is not None:
            large = [file.path for file in self._listed.values() if _is_drawn(file)]
            self._drawn = frozenset(self._listed) - frozenset(large) | self._sample.paths(large)
        if self._folder is None or vault is None:
            return
        heads = Bound.heads_of((chain, seq, digest) for (chain, seq), digest in digests.items())
        sample = self._sample or Sample("", "")
        self._ledger = Ledger(self._folder, Bound(vault, heads, self._keys, sample.text, sample.seed))
        if self._resume:
            self._ledger.resume()

    def reads(self, file: StoredFile, backend: Backend) -> bool:
        """Whether the bytes of a listed file are to be held against what was signed."""
        if self._drawn is not None and file.path not in self._drawn:
            return False
        if not self._known(BYTES, file.path, backend):
            return True
        self._known_files += 1
        self._known_bytes += file.length
        self._looked.add(file.path)
        return False

    def opens(self, stage: str, path: str, backend: Backend) -> bool:
        """Whether a sealed file is to be opened in this stage."""
        left_out = self._drawn is not None and path in self._listed and path not in self._drawn
        return not left_out and not self._known(stage, path, backend)

    def population(self, records: int) -> None:
        """How many records the payload files hold that `rows` will be asked for."""
        if self._sample is not None:
            self._draw = Draw(self._sample, records)

    def rows(self, path: str, keys: Sequence[tuple[str, str]], backend: Backend) -> frozenset[int] | None:
        """The positions of the records whose payloads are to be checked; None for all, empty for none."""
        self._records += len(keys)
        chosen = self._draw.rows(keys) if self._draw is not None else None
        if chosen is not None:
            self._records_left += len(keys) - len(chosen)
        if self._known(PAYLOADS, path, backend):
            self._looked.add(path)
            return frozenset()
        return chosen

    def sound(self, stage: str, path: str) -> None:
        """A piece of work is done and nothing was found."""
        self._looked.add(path)
        if self._ledger is not None:
            self._ledger.add(stage, path)

    def looked_at(self, path: str) -> None:
        """A file's bytes were read to their end, with whatever result."""
        self._looked.add(path)

    def keep(self) -> None:
        """Keep what was found sound, for a check that goes on from here."""
        if self._ledger is not None:
            self._ledger.save()

    def done(self) -> None:
        if self._ledger is not None:
            self._ledger.forget()

    def scope(self) -> Scope:
        left = sorted(path for path in self._listed if path not in self._looked) if self._sample is not None else []
        resumed = self._ledger is not None and self._ledger.taken_over
        return Scope(
            keys=self._keys,
            sample=self._sample.text if self._sample else None,
            seed=self._sample.seed if self._sample else None,
            files_left=tuple(left),
            bytes_left=sum(self._listed[path].length for path in left),
            records=self._records,
            records_left=self._records_left,
            resumed_from=self._ledger.began if resumed and self._ledger else None,
            files_before=self._known_files,
            bytes_before=self._known_bytes,
        )

    def _known(self, stage: str, path: str, backend: Backend) -> bool:
        return self._ledger is not None and path in self._listed and self._ledger.knows(stage, path, backend)


def _is_drawn(file: StoredFile) -> bool:
    return file.length > SMALL and layout.place_of(file.path).kind in _DRAWN_KINDS
