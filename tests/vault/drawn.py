"""Records as drawn for the vault's models: few keys, so that they meet, and values of which some are equal in other bytes."""

from __future__ import annotations

from hypothesis import strategies as st

from akika_forensics.model.record import RecordKey

KEYS = st.builds(RecordKey, st.sampled_from(["Account", "Invoice", "Vendor"]), st.sampled_from(["1", "2", "10", "é"]))
VALUES = st.sampled_from([b'{"v":1}', b'{"v":1.0}', b'{ "v":1 }', b'{"v":2}', b'{"w":"x"}'])
