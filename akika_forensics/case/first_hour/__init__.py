"""The first hour after an incident: what to do in which order, what expires when, what was done by whom, what was kept."""

from akika_forensics.case.first_hour.deadlines import Deadline, Known, deadlines
from akika_forensics.case.first_hour.record import FirstHour, Row, Standing
from akika_forensics.case.first_hour.slices import Slice
from akika_forensics.case.first_hour.steps import NOT_TO_DO, PHASES, STEPS, Step
from akika_forensics.case.first_hour.stored import KeptFile

__all__ = [
    "NOT_TO_DO",
    "PHASES",
    "STEPS",
    "Deadline",
    "FirstHour",
    "KeptFile",
    "Known",
    "Row",
    "Slice",
    "Standing",
    "Step",
    "deadlines",
]
