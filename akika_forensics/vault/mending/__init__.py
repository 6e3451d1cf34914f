"""What of a damaged vault can be mended without inventing anything, and what is lost."""
