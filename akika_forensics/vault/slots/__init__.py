"""Small sealed values that change, such as a connection and its tokens."""

from akika_forensics.vault.slots.every import is_resealed, names, reseal
from akika_forensics.vault.slots.sealed import check, is_of_now, open_slot
from akika_forensics.vault.slots.slot import Slot
from akika_forensics.vault.slots.stored import newest, resealed

__all__ = ["Slot", "check", "is_of_now", "is_resealed", "names", "newest", "open_slot", "reseal", "resealed"]
