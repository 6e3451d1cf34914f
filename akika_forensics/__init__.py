"""Akika Forensics: capture, compare, plan, restore and prove the books of a QuickBooks Online company."""

__version__ = "0.1.0"
