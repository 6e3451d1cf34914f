"""The chains of an open vault beside its commits: each opened once, and what is told of them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.chains import links
from akika_forensics.vault.chains.authority import Authority
from akika_forensics.vault.chains.chain import Chain, Keys
from akika_forensics.vault.chains.heads import ANCHOR, ChainHead, HeadStore
from akika_forensics.vault.chains.standing import Others, Standing
from akika_forensics.vault.chains.vouched import Vouched
from akika_forensics.vault.storage import Backend


class OpenChains:
    """``opened``: those that were asked for, by name. Who may sign them ``commits`` say, read to their end.

    ``vouched``: what their entries and the commits say of a document.
    """

    def __init__(
        self, backend: Backend, heads: HeadStore, vault: str, standing: Standing, *, commits: Callable[[], Chain]
    ) -> None:
        self._backend = backend
        self._heads = heads
        self._vault = vault
        self._standing = standing
        self._commits = commits
        self.opened: dict[str, Chain] = {}
        self.vouched = Vouched(backend, vault, Others(self.authority), self.opened, standing.files.values)

    def chain(self, name: str, namespace: str, keys: Keys) -> Chain:
        """The chain of a name, sealed with ``keys`` from the first time on. Raises WrongUse for a name that none may have."""
        layout.require_chain(name)
        if name == layout.COMMITS:
            raise WrongUse("The chain of commits is written by snapshots only.")
        known = self.opened.get(name)
        if known is None:
            known = self.opened[name] = Chain(
                self._backend, self._heads, self._vault, name, namespace, gate=Others(self.authority), keys=keys
            )
        if known.namespace != namespace:
            raise WrongUse(f"The chain {name} is signed for {known.namespace}, not for {namespace}.")
        return known

    def authority(self) -> Authority:
        """Who may sign what, after all commits."""
        self._commits().advance()
        return self._standing.authority

    def witness(self) -> dict[str, ChainHead]:
        """The heads of all chains beside the commits, for a commit to tell of."""
        authority = self.authority()
        return links.heads(self._backend, self._vault, Others(lambda: authority))

    def anchor(self, witness: dict[str, ChainHead]) -> dict[str, Any]:
        """What to hand to a third party: the head of each chain of ``witness``, and that of the commits."""
        found, last = dict(witness), self._commits().head()
        if last is not None:
            found[layout.COMMITS] = last
        chains_at = {name: {"seq": head.seq, "digest": head.digest} for name, head in found.items()}
        return ANCHOR.named({"vault": self._vault, "chains": chains_at})
