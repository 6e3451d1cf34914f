"""Judgements as an open vault keeps them: a chain a company, the details of each sealed beside it."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.model.company import Company
from akika_forensics.vault.chains import attestations, links
from akika_forensics.vault.chains.attestations import Attestation, Judgement
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf


class Judging:
    """``chain`` opens a chain by its name, namespace and company; ``put`` seals a document: its kind, bytes and company."""

    def __init__(
        self,
        shelf: Shelf,
        chain: Callable[[str, str, Company | None], Chain],
        put: Callable[[str, bytes, Company | None], StoredFile],
    ) -> None:
        self._shelf = shelf
        self._chain = chain
        self._put = put

    def attest(self, commit: Commit, judged: Judgement) -> Attestation:
        """Sign a judgement on a snapshot; durable when it returns. Raises WrongUse for one without a rule."""
        judged.require()
        company, kind = commit.info.company, f"attestation {judged.kind}"
        files = [] if judged.document is None else [self._put(kind, judged.document, company)]
        chain = self._chain(f"{attestations.CHAIN}/{commit.pseudonym}", attestations.NAMESPACE, company)
        return attestations.append(chain, commit.info.id, commit.info.digest, judged, files)

    def attestations(self, digest: str | None) -> tuple[Attestation, ...]:
        """Every judgement, or those on the snapshot of one commit, oldest first; without those on companies that were erased."""
        owners = {commit.pseudonym: commit.info.company for commit in self._shelf.commits()}
        names = (name for name in links.names(self._shelf.backend) if name.startswith(f"{attestations.CHAIN}/"))
        chains = [self._chain(name, attestations.NAMESPACE, owners.get(name.partition("/")[2])) for name in names]
        return attestations.read_all(chains, digest)
