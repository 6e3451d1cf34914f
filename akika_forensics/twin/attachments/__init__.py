"""Attached files: their bytes, their thumbnails, the addresses at which they can be fetched."""
