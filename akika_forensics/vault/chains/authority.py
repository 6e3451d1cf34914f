"""Who may sign what: folded over the chain of commits, without any key. Pure.

The founder signs number 0. Every later commit is signed by one whom the commits before it list. Whoever only captures
may only add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from akika_forensics.vault.chains.heads import ChainHead

type MemberRole = Literal["full", "capture"]

FULL: Final = "full"
CAPTURE: Final = "capture"

_OF_FULL_MEMBERS: Final = frozenset({"attestations", "losses"})
"""Chains whose entries judge what was stored, by those who can read it."""

_OF_ACTS: Final = frozenset({"journals"})
"""Chains that tell what was begun, so that it is not begun again."""

LATE: Final = "It is signed by a member who had been removed before."


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key as OpenSSH writes it, and what its holder may do."""

    public: str
    role: MemberRole


class Authority:
    """What the commits so far allow. ``founder``: the public key that the marker names."""

    def __init__(self, founder: str) -> None:
        self._now: dict[str, MemberRole] = {founder: FULL}
        self._ever: set[str] = {founder}
        self._full: set[str] = {founder}
        self._removed: dict[str, dict[str, int]] = {}

    def copy(self) -> Authority:
        """One to try a commit on."""
        other = Authority("")
        other._now, other._ever, other._removed = dict(self._now), set(self._ever), dict(self._removed)
        other._full = set(self._full)
        return other

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who may sign the next commit."""
        return tuple(Signer(public, role) for public, role in sorted(self._now.items()))

    def knows(self, public: str) -> bool:
        """Whether any commit so far let ``public`` sign."""
        return public in self._ever

    def was_full(self, public: str) -> bool:
        """Whether any commit so far let ``public`` do everything."""
        return public in self._full

    def role(self, public: str) -> MemberRole | None:
        return self._now.get(public)

    def commit(
        self,
        public: str,
        *,
        retired: Sequence[str],
        keyring: bool,
        signers: Sequence[Signer] | None,
        witness: Mapping[str, ChainHead] | None,
    ) -> str:
        """Why ``public`` may not sign this commit, empty when it may; then what the commit changes is taken up.

        ``keyring``: whether it vouches for one.
        """
        role = self._now.get(public)
        if role is None:
            return "It is signed by a key that none of the commits before it lists."
        if role != FULL and (retired or keyring or signers is not None):
            return "It is signed by a member who may only add snapshots, and does more than that."
        if signers is not None:
            self._change(signers, witness or {})
        return ""

    def other(self, chain: str, seq: int, public: str) -> str:
        """Why ``public`` may not sign an entry of another chain, empty when it may."""
        if public not in self._ever:
            return "It is signed by a key that no commit lists."
        if public not in self._full and chain.partition("/")[0] in _OF_FULL_MEMBERS:
            return "It is signed by a member who may only add snapshots."
        return LATE if self._is_late(chain, seq, public) else ""

    def passes_over(self, chain: str, seq: int, public: str) -> bool:
        """Whether an entry of another chain has its number and its place and nothing else, because its signer had been
        removed: it may have been written in the moment of the removal, and whoever has such a key is to stop nobody.

        Not in a journal: an act that is left out of one could be done again.
        """
        return chain.partition("/")[0] not in _OF_ACTS and self._is_late(chain, seq, public)

    def _is_late(self, chain: str, seq: int, public: str) -> bool:
        last = self._removed.get(public)
        return last is not None and seq > last.get(chain, -1)

    def _change(self, signers: Sequence[Signer], witness: Mapping[str, ChainHead]) -> None:
        now = {signer.public: signer.role for signer in signers}
        for public in self._now.keys() - now.keys():
            self._removed[public] = {chain: head.seq for chain, head in witness.items()}
        for public in now:
            self._removed.pop(public, None)
        self._now = now
        self._ever |= now.keys()
        self._full |= {public for public, role in now.items() if role == FULL}
