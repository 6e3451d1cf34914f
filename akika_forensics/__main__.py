"""``python -m akika_forensics`` is the same as ``akika``."""

from akika_forensics.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
