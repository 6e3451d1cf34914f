"""Two snapshots to changes, field by field, and what they did to the accounts."""

from akika_forensics.changes.change import KINDS, Change, Kind, compare_records
from akika_forensics.changes.check import CHECK_VERSION, CheckReport, completeness
from akika_forensics.changes.compare import Comparison, Indexed, Readable, changed_keys, compare, effect_of
from akika_forensics.changes.effects import TRACED, Effect, traced
from akika_forensics.changes.fields import FieldChange, apply_fields, differences

__all__ = [
    "CHECK_VERSION",
    "KINDS",
    "TRACED",
    "Change",
    "CheckReport",
    "Comparison",
    "Effect",
    "FieldChange",
    "Indexed",
    "Kind",
    "Readable",
    "apply_fields",
    "changed_keys",
    "compare",
    "compare_records",
    "completeness",
    "differences",
    "effect_of",
    "traced",
]
