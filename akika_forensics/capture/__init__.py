"""A live company → a snapshot that says how whole it is. Reads only; the writer is out of its reach."""

from __future__ import annotations

from akika_forensics.capture.attachments import stored_files
from akika_forensics.capture.entities import readable_entities
from akika_forensics.capture.run import run

__all__ = ["readable_entities", "run", "stored_files"]
