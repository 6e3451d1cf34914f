"""Approvals: signed statements that bind a person to the digest of a plan, and what makes them enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from akika_forensics.errors import AkikaError, NotApproved, Refused
from akika_forensics.model.formats import Format, OtherFormat
from akika_forensics.model.instants import format_instant
from akika_forensics.restore.document import Plan
from akika_forensics.restore.signers import Signer
from akika_forensics.vault import canonical
from akika_forensics.vault.chains import sshsig

NAMESPACE: Final = "akika-approval"
_APPROVAL: Final = Format("akika-approval/", 1, "approval")
FORMAT: Final = _APPROVAL.label


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed, as canonical JSON. ``verdict`` approves or rejects; ``as_preparer`` says who could not be two people."""

    plan: str
    digest: str
    verdict: Literal["approved", "rejected"]
    signer: str
    role: str
    fingerprint: str
    at: str
    as_preparer: bool
    words: str = ""
    override: str = ""
    format: str = FORMAT


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement's exact text with its SSHSIG signature, as they are stored."""

    statement: str
    signature: str


@dataclass(frozen=True, slots=True)
class Approval:
    statement: Statement
    signed: Signed

    @property
    def reading(self) -> str:
        """How a report names it."""
        by = "approved by the preparer" if self.statement.as_preparer else f"approved by {self.statement.signer}"
        return by if self.statement.verdict == "approved" else f"rejected by {self.statement.signer}"


def sign(
    plan: Plan,
    signer: Signer,
    key: Ed25519PrivateKey,
    at: datetime,
    *,
    verdict: Literal["approved", "rejected"] = "approved",
    allow_author: bool = False,
    words: str = "",
    override: str = "",
) -> Approval:
    """Sign the plan's digest. Raises NotApproved when the preparer would approve alone without saying so."""
    as_preparer = signer.kind == "preparer" or signer.name == plan.author
    if verdict == "approved" and as_preparer and not (allow_author or plan.policy.author_may_approve):
        raise NotApproved(
            f"{signer.name} prepared this plan.",
            means="The author's own approval does not count unless it is asked for by name.",
            do="Have another signer approve, or use --allow-author; the approval then reads “approved by the preparer”.",
        )
    statement = Statement(
        plan=plan.id,
        digest=plan.digest,
        verdict=verdict,
        signer=signer.name,
        role=signer.role,
        fingerprint=signer.fingerprint,
        at=format_instant(at),
        as_preparer=as_preparer,
        words=words,
        override=override,
    )
    text = canonical.encode(statement)
    return Approval(statement, Signed(text.decode(), sshsig.sign(key, text, NAMESPACE).decode()))


def read(data: bytes) -> Approval:
    """An approval as stored. Raises NewerFormat when a newer version of the software made it, Refused when it is none."""
    try:
        signed = msgspec.json.decode(data, type=Signed)
        said = _APPROVAL.current(msgspec.json.decode(signed.statement.encode()))
        return Approval(msgspec.convert(said, Statement), signed)
    except (msgspec.MsgspecError, UnicodeError, OtherFormat) as error:
        raise Refused(
            "A stored approval cannot be read.", means="It does not count.", do="Approve the plan again."
        ) from error


def write(approval: Approval) -> bytes:
    return msgspec.json.encode(approval.signed)


@dataclass(frozen=True, slots=True)
class Tally:
    """Which approvals count, and why others do not."""

    valid: tuple[Approval, ...]
    ignored: tuple[tuple[Approval, str], ...]
    needed: int

    @property
    def enough(self) -> bool:
        rejected = any(approval.statement.verdict == "rejected" for approval in self.valid)
        return not rejected and len({approval.statement.signer for approval in self.valid}) >= self.needed


def tally(plan: Plan, approvals: Iterable[Approval], signers: Mapping[str, Signer], at: datetime) -> Tally:
    """Hold approvals against a plan: digest, signature, signer, expiry. Pure."""
    valid, ignored = [], []
    for approval in approvals:
        why = _objection(plan, approval, signers.get(approval.statement.signer), at)
        if why:
            ignored.append((approval, why))
        else:
            valid.append(approval)
    return Tally(tuple(valid), tuple(ignored), plan.policy.approvals_needed)


def _objection(plan: Plan, approval: Approval, signer: Signer | None, at: datetime) -> str:
    statement = approval.statement
    if statement.digest != plan.digest:
        return "It is for another plan, or for this one before it was changed."
    if signer is None:
        return f"{statement.signer} is no signer of this vault."
    if signer.revoked:
        return f"{signer.name} has been revoked."
    if statement.fingerprint != signer.fingerprint:
        return f"The key is not the one {signer.name} was enrolled with."
    age = at - datetime.fromisoformat(statement.at)
    if age > timedelta(days=plan.policy.expires_days):
        return f"It is older than {plan.policy.expires_days} days."
    try:
        public = sshsig.read_public_line(signer.public)
        sshsig.verify(public, approval.signed.statement.encode(), approval.signed.signature.encode(), NAMESPACE)
    except AkikaError:
        return "Its signature does not hold."
    return ""


def require(counted: Tally) -> None:
    """Raises NotApproved unless the approvals are enough."""
    if counted.enough:
        return
    rejected = [a for a in counted.valid if a.statement.verdict == "rejected"]
    if rejected:
        raise NotApproved(
            f"The plan was rejected by {rejected[0].statement.signer}.",
            means="A rejected plan is not run.",
            do="Make a new plan that meets the objection.",
        )
    others = " ".join(why for _, why in counted.ignored)
    raise NotApproved(
        f"The plan has {len(counted.valid)} of {counted.needed} approvals that count. {others}".strip(),
        means="Nothing is written without an approved plan.",
        do="`akika plan approve FILE` signs it.",
    )
