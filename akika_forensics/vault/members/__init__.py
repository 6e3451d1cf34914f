"""Who can open the vault, and what becomes of its keys when that changes."""
