"""The visible side of Akika Forensics."""
