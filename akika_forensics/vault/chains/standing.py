"""What the chain of commits amounts to without any key: who may sign, and which files the vault vouches for. Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import NamedTuple

from akika_forensics.vault import layout
from akika_forensics.vault.chains.authority import CAPTURE, Authority
from akika_forensics.vault.chains.entries import Link, Plain
from akika_forensics.vault.files import StoredFile


class Added(NamedTuple):
    """What a key table of a member who may only add is believed: salts of ``segments``, index keys under ``names``."""

    segments: frozenset[str]
    names: frozenset[str]


class Standing:
    """Folded entry by entry. ``founder``: the public key that the marker names.

    ``files``: what commits vouch for now, by path; ``retired``: what was vouched for, by them or by an entry of another
    chain, and is no more; ``adding``: numbers of commits whose signer may add snapshots and no more; ``added``: the key
    tables that these brought, and of which segments they also brought the record roots, and under
    which names they may bring keys of the index half. ``void``: numbers of commits of such members that do more than
    they may, and why: they change nothing, and stop nobody.
    """

    def __init__(self, founder: str) -> None:
        self.authority = Authority(founder)
        self.files: dict[str, StoredFile] = {}
        self.retired: dict[str, StoredFile | None] = {}
        self.adding: set[int] = set()
        self.added: dict[str, Added] = {}
        self.void: dict[int, str] = {}
        self._keyring = ""

    @property
    def keyring(self) -> str:
        """Path of the keyring in use; empty before the first commit."""
        return self._keyring

    def refuses(self, link: Link) -> str:
        """Why an entry may not follow those so far, empty when it may."""
        trial = copy.copy(self)
        trial.authority, trial.files, trial.retired = self.authority.copy(), dict(self.files), dict(self.retired)
        trial.adding, trial.added, trial.void = set(self.adding), dict(self.added), {}
        return trial.admit(link) or trial.void.get(link.plain.seq, "")

    def passes_over(self, links: Iterable[Link]) -> frozenset[int]:
        """None: a commit that changes nothing is among ``void``, and counts as one."""
        del links
        return frozenset()

    def admit(self, link: Link) -> str:
        """Why an entry may not follow those before it, empty when it may; then it is taken up."""
        plain = link.plain
        keyrings = [file.path for file in plain.files if layout.place_of(file.path).kind == "keyring"]
        if self.authority.role(link.public) == CAPTURE:
            return self._add(link, keyring=bool(keyrings))
        problem = self.authority.commit(
            link.public,
            retired=plain.retired,
            keyring=bool(keyrings),
            signers=plain.signers,
            witness=plain.witness,
        )
        return problem or _strange(plain) or self._replace(link) or self._ring(link, keyrings)

    def _add(self, link: Link, *, keyring: bool) -> str:
        """A commit of a member who may only add: what is not that is passed over, so that nobody is stopped by it."""
        plain = link.plain
        self.adding.add(plain.seq)
        problem = self.authority.commit(
            link.public, retired=plain.retired, keyring=keyring, signers=plain.signers, witness=plain.witness
        )
        problem = problem or _strange(plain) or self._taken_already(plain)
        if problem:
            self.void[plain.seq] = problem
            return ""
        names = frozenset({plain.key, *(layout.place_of(file.path).id for file in plain.files)})
        segments = frozenset(number for file in plain.files for number in file.root)
        tables = (file.path for file in plain.files if layout.place_of(file.path).kind == "keytable")
        self.added |= dict.fromkeys(tables, Added(segments, names))
        return self._replace(link)

    def _taken_already(self, plain: Plain) -> str:
        for file in plain.files:
            if file.path in self.retired:
                return f"It brings {file.path} back, which was taken out."
            if self.files.get(file.path, file) != file:
                return f"It tells of {file.path} otherwise than an earlier entry."
        return ""

    def absorb(self, link: Link) -> None:
        """Take up an entry whatever it says, where one before it is damaged and nothing can be held against it."""
        self._replace(link)
        keyrings = [file.path for file in link.plain.files if layout.place_of(file.path).kind == "keyring"]
        self._keyring = keyrings[-1] if keyrings else self._keyring

    def _replace(self, link: Link) -> str:
        again = [file.path for file in link.plain.files if file.path in self.retired.keys() - {layout.MARKER}]
        for path in link.plain.retired:
            # What a chain beside the commits vouches for can be taken out too; it is not among these files.
            self.retired[path] = self.files.pop(path, None)
        for file in link.plain.files:
            if self.files.setdefault(file.path, file) != file:
                return f"It tells of {file.path} otherwise than an earlier entry."
        # What was taken out stays out: whoever kept a file does not put it back. An upgrade alone, in one entry, takes
        # the marker out and brings it anew.
        again += [path for path in link.plain.retired if path in self.files and path != layout.MARKER]
        return f"It brings {again[0]} back, which was taken out." if again else ""

    def _ring(self, link: Link, keyrings: list[str]) -> str:
        if link.plain.seq == 0 and (len(keyrings) != 1 or layout.MARKER not in self.files):
            return "It does not vouch for the marker and the keyring."
        if layout.MARKER not in self.files:
            return "It takes out the marker."
        if not keyrings:
            return "" if self._keyring in self.files else "It takes out the keyring and brings no other."
        if len(keyrings) > 1 or self._keyring in self.files:
            return "It brings a keyring beside the one in use."
        self._keyring = keyrings[0]
        return ""


def _strange(plain: Plain) -> str:
    for path in (*plain.retired, *(file.path for file in plain.files)):
        if layout.place_of(path).kind not in layout.VOUCHED:
            return f"It tells of {path}, which is no kind of file that entries vouch for."
    return ""


class Others:
    """The gate of a chain beside the commits: whoever they list may sign."""

    def __init__(self, authority: Callable[[], Authority]) -> None:
        self._authority = authority

    def refuses(self, link: Link) -> str:
        if link.plain.retired or link.plain.signers is not None or link.plain.witness is not None:
            return "It changes what only a commit may change."
        return self._authority().other(link.plain.chain, link.plain.seq, link.public)

    def admit(self, link: Link) -> str:
        return "" if self.passes_over([link]) else self.refuses(link)

    def passes_over(self, links: Iterable[Link]) -> frozenset[int]:
        authority = self._authority()
        late = (one.plain for one in links if authority.passes_over(one.plain.chain, one.plain.seq, one.public))
        return frozenset(plain.seq for plain in late)
