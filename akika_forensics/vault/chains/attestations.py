"""Judgements on snapshots, apart from them: a tie-out, a check of references, the outcome of a restore.

A snapshot says what was captured and how. What somebody concluded from it, by which rule in which version, is an entry
of a chain of its own. A better rule concludes anew beside it; neither the snapshot nor the older judgement changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.formats import Format
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.files import StoredFile

CHAIN: Final = "attestations"
"""Below it each company has a chain of its own, named by its pseudonym, so that it can be closed with the company."""

NAMESPACE: Final = "akika-attestation"
FORMAT: Final = Format("akika-attestation-", 1, "attestation")
_FIELDS: Final = ("by", "commit", "document", "figures", "kind", "rule", "snapshot", "statement", "version")
_CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody concluded. ``kind`` is a short code such as ``check``; ``rule`` and ``version`` say by what.

    ``statement`` is one plain sentence, ``figures`` are JSON values, ``document`` the details, which are kept sealed.
    """

    kind: str
    rule: str
    version: str
    statement: str
    figures: Mapping[str, Any]
    document: bytes | None = None
    by: str = ""

    def require(self) -> None:
        """Raises WrongUse when it does not say what it is, or by what rule."""
        if not _CODE.fullmatch(self.kind) or not all(map(str.strip, (self.rule, self.version, self.statement))):
            raise WrongUse(
                "An attestation needs a kind, a rule with its version, and a statement.",
                do="Give a kind such as check, and the others as plain text.",
            )


@dataclass(frozen=True, slots=True)
class Attestation:
    """A judgement as it was signed. ``commit`` is the digest of the snapshot's commit; ``digest`` that of this entry.

    ``document`` is the path of the sealed details.
    """

    number: int
    at: datetime
    digest: str
    snapshot: str
    commit: str
    kind: str
    rule: str
    version: str
    statement: str
    figures: dict[str, Any]
    document: str | None
    by: str


def append(
    chain: Chain, snapshot: str, commit: str, judged: Judgement, files: Sequence[StoredFile] = ()
) -> Attestation:
    """Sign a judgement; ``files``: its document, where it has one. Durable when it returns."""
    told = {
        "by": judged.by,
        "commit": commit,
        "document": files[0].path if files else None,
        "figures": dict(judged.figures),
        "kind": judged.kind,
        "rule": judged.rule,
        "snapshot": snapshot,
        "statement": judged.statement,
        "version": judged.version,
    }
    return read(chain.append(FORMAT.named(told), files))


def read_body(stored: Any) -> dict[str, Any]:
    """What was sealed in an entry. Raises VaultDamaged, NewerFormat."""
    return FORMAT.stored(stored, _FIELDS)


def read(entry: Entry) -> Attestation:
    """An entry of such a chain, read. Raises VaultDamaged when it is no judgement, NewerFormat."""
    told = read_body(entry.body)
    del told["format"]
    return Attestation(number=entry.seq, at=entry.at, digest=entry.digest, **told)


def read_all(chains: Iterable[Chain], commit: str | None) -> tuple[Attestation, ...]:
    """Of all chains, or on one commit, oldest first; what was closed with its company is left out. Raises VaultDamaged."""
    found: list[Attestation] = []
    for chain in chains:
        for link in chain.links():
            try:
                found.append(read(chain.open(link)))
            except Closed:
                continue
    return tuple(sorted((one for one in found if commit in {None, one.commit}), key=lambda one: one.at))
