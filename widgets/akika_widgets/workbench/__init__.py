"""The application in the browser: one journey from what changed to books that are back."""
