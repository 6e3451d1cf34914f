"""What checks conclude, as they are attested: kind, rule with its version, statement, figures, and the details."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.case.attested import outcome
from akika_forensics.case.results import CheckResult
from akika_forensics.changes import CHECK_VERSION
from akika_forensics.custody.log import operator
from akika_forensics.model.money import money_text
from akika_forensics.model.payload import canonical_value
from akika_forensics.restore.verify import VERIFY_VERSION, Verification
from akika_forensics.vault.chains.attestations import Judgement

CHECK: Final = "check"
RESTORE: Final = "restore"


def of_check(report: CheckResult) -> Judgement:
    """How whole a snapshot is: counts, references, tie-out by report, account, month, basis and party.

    Judgements of earlier versions of the rule have no ``figures`` in their details and no ``table`` among their figures.
    """
    problems = sum(finding.severity == "problem" for finding in report.findings)
    whole = "The snapshot is complete" if report.complete else "The snapshot is not complete"
    statement = (
        f"{whole}: {report.compared} figures compared with QuickBooks' own reports, largest residual "
        f"{money_text(report.residual)}, {problems} problems."
    )
    compared = outcome(report)
    figures = {
        "complete": report.complete,
        "lines": report.compared,
        "residual": money_text(report.residual),
        "problems": problems,
        "notes": len(report.findings) - problems,
        "table": compared["table"]["sha256"],
    }
    details = {
        "tie_out": [line.as_dict() for line in report.tie_out],
        "reports": [one.as_dict() for one in report.reports],
        "findings": [finding.as_dict() for finding in report.findings],
        "unverified": [row.as_dict() for row in report.unverified],
        "figures": compared,
    }
    return Judgement(CHECK, "completeness", CHECK_VERSION, statement, figures, canonical_value(details), operator())


def of_restore(plan: str, result: Verification, details: dict[str, Any]) -> Judgement:
    """Whether the books are as an approved plan promised."""
    outcome = "agrees with" if result.clean else "does not agree with"
    figures = {name: value for name, value in details.items() if isinstance(value, str | int | bool)}
    statement = f"The company {outcome} the approved plan {plan}: largest residual {money_text(result.residual)}."
    return Judgement(
        RESTORE,
        "restore verification",
        VERIFY_VERSION,
        statement,
        {"plan": plan, **figures},
        canonical_value(details),
        operator(),
    )
