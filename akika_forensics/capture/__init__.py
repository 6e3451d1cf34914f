"""A live company → a snapshot that says how whole it is. Reads only; the writer is out of its reach."""

from __future__ import annotations

from akika_forensics.capture.attachables import files_before
from akika_forensics.capture.entities import readable_entities
from akika_forensics.capture.run import run
from akika_forensics.capture.scoped import run_scoped

__all__ = ["files_before", "readable_entities", "run", "run_scoped"]
