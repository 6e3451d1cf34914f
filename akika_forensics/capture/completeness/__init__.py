"""What a capture can say of how whole it is: what is cited and not there, what nobody let us read, which Ids nobody holds."""

from __future__ import annotations

from akika_forensics.capture.completeness.closure import close_references, note_what_was_not_looked_at
from akika_forensics.capture.completeness.gaps import note_gaps
from akika_forensics.capture.completeness.unread import note_unread

__all__ = ["close_references", "note_gaps", "note_unread", "note_what_was_not_looked_at"]
