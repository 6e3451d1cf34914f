"""The command line: one thin file a group of verbs; it reads settings, sets up logging, and turns errors into sentences."""

from akika_forensics.cli.app import main

__all__ = ["main"]
