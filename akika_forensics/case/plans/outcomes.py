"""What a rehearsal and a verification found, as documents: kept in the vault and printed by the command line."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.money import money_text
from akika_forensics.restore.document import Fidelity
from akika_forensics.restore.rehearse import Rehearsal
from akika_forensics.restore.verify import Verification

_OF_A_PLAN: Final = ("plan", "digest", "snapshot")
_REHEARSAL: Final = Format("akika-rehearsal-", 1, "record of a rehearsal", {0: unchanged})
_REHEARSAL_FIELDS: Final = (
    *("ok", "state", "differences", "undo_state", "undo_differences"),
    *("not_modelled", "unverified", "residual"),
)
_VERIFICATION: Final = Format("akika-verification-", 1, "record of a verification", {0: unchanged})
_VERIFICATION_FIELDS: Final = (
    *("exact", "exact_but_for", "differs", "by_hand", "wrong", "residual"),
    *("records", "balances", "unexpected"),
)


def kept_rehearsal(result: Rehearsal) -> dict[str, Any]:
    """What a rehearsal found, as it is kept."""
    return _REHEARSAL.named(rehearsal_json(result))


def kept_verification(result: Verification) -> dict[str, Any]:
    """What a verification found, as it is kept."""
    return _VERIFICATION.named(verification_json(result))


def read_rehearsal(stored: Any) -> dict[str, Any]:
    """What a rehearsal found, as it was kept, alone or with the plan it is of. Raises NewerFormat, VaultDamaged."""
    return _REHEARSAL.stored(stored, _REHEARSAL_FIELDS, optional=_OF_A_PLAN)


def read_verification(stored: Any) -> dict[str, Any]:
    """What a verification found, as it was kept, alone or with the plan it is of. Raises NewerFormat, VaultDamaged."""
    return _VERIFICATION.stored(stored, _VERIFICATION_FIELDS, optional=_OF_A_PLAN)


def rehearsal_json(result: Rehearsal) -> dict[str, Any]:
    return {
        "ok": result.ok,
        "state": result.state,
        "differences": list(result.differences),
        "undo_state": result.undo_state,
        "undo_differences": list(result.undo_differences),
        "not_modelled": list(result.not_modelled),
        "unverified": [row.as_dict() for row in result.unverified],
        "residual": money_text(result.verification.residual),
    }


def verification_json(result: Verification) -> dict[str, Any]:
    return {
        "exact": result.count(Fidelity.EXACT),
        "exact_but_for": result.count(Fidelity.EXACT_BUT_FOR),
        "differs": result.count(Fidelity.DIFFERS),
        "by_hand": result.by_hand,
        "wrong": result.wrong,
        "residual": money_text(result.residual),
        "records": [
            {
                "record": row.record,
                "now": row.now_record,
                "label": row.label,
                "action": row.action,
                "fidelity": row.fidelity.value,
                "agrees": row.agrees,
                "differences": list(row.differences),
            }
            for row in result.records
        ],
        "balances": [
            {
                "account": line.account,
                "account_name": line.name,
                "before": money_text(line.before),
                "predicted": money_text(line.predicted),
                "actual": money_text(line.actual),
                "reported": None if line.reported is None else money_text(line.reported),
                "residual": money_text(line.residual),
            }
            for line in result.balances
        ],
        "unexpected": list(result.unexpected),
    }
