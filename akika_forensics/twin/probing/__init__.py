"""Asking a real sandbox company what nobody is sure of: see ``twin.uncertain``. Knows nothing of a twin."""

from akika_forensics.twin.probing.probe import Probe, write_profile
from akika_forensics.twin.probing.questions import QUESTIONS, UNASKED
from akika_forensics.twin.probing.sandbox import SANDBOX, Sandbox, check_host

__all__ = ["QUESTIONS", "SANDBOX", "UNASKED", "Probe", "Sandbox", "check_host", "write_profile"]
