"""A second opinion on every report: figures worked out from scratch out of documents, sharing no code with the twin."""
