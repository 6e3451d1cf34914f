"""Parts made into one: the same rows sorted, whatever the sizes of the steps; a wrong row is never written."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import encryption

from akika_forensics.vault.lifecycle import merging
from akika_forensics.vault.lifecycle.merging import MergeError, Order, Sealed, Source
from akika_forensics.vault.snapshots import parquet

SEALED = Sealed(b"k" * 32, b"akika/1|company|file")
INDEX = {"entity": pl.String, "id": pl.String, "payload_sha256": pl.Binary, "length": pl.UInt64, "segment": pl.UInt32}
PAYLOAD = pl.Schema({"entity": pl.String, "id": pl.String, "segment": pl.UInt32, "payload": pl.Binary})

type Row = tuple[str, str, int]


def body(row: Row) -> bytes:
    return repr(row).encode() * (1 + len(row[1]))


def source(rows: Sequence[Row], bodies: Sequence[bytes] | None = None) -> Source:
    rows = sorted(rows)
    bodies = bodies or [body(row) for row in rows]
    index = [
        (entity, record, hashlib.sha256(data).digest(), len(data), segment)
        for (entity, record, segment), data in zip(rows, bodies, strict=True)
    ]
    payload = [(*row, data) for row, data in zip(rows, bodies, strict=True)]
    frame = pl.DataFrame(payload, schema=PAYLOAD, orient="row")
    return Source(pl.DataFrame(index, schema=INDEX, orient="row"), frame.lazy())


def payloads_of(order: Order, written: Callable[[int], None]) -> bytes:
    stream = io.BytesIO()
    merging.write_payloads(order, SEALED, PAYLOAD, written, stream)
    return stream.getvalue()


def read(content: bytes) -> pl.LazyFrame:
    properties = pl.ParquetDecryptionProperties(footer_key=SEALED.key, aad_prefix=SEALED.associated)
    return pl.scan_parquet(io.BytesIO(content), decryption=properties)


ROWS = st.lists(
    st.tuples(st.sampled_from(["Bill", "Invoice", "é"]), st.integers(1, 40).map(str), st.integers(0, 5)),
    min_size=1,
    max_size=60,
    unique=True,
)


@given(rows=ROWS, cut=st.integers(1, 6), gone=st.integers(0, 3), step=st.sampled_from([1, 7, 1_000]))
def test_the_result_is_all_rows_sorted(rows: list[Row], cut: int, gone: int, step: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parquet, "_SLICE_ROWS", step)
        patched.setattr(parquet, "_SLICE_BYTES", 500)
        sources = [source(rows[number::cut]) for number in range(cut) if rows[number::cut]]
        out = [row for row in rows if gone and int(row[1]) % 3 < gone - 1]
        left_out = pl.DataFrame(out, schema={"entity": pl.String, "id": pl.String, "segment": pl.UInt32}, orient="row")
        order = Order(sources, left_out if gone else None)
        kept = sorted(set(rows) - set(out))
        assert list(order.index.select(merging.ORDER).iter_rows()) == kept
        assert list(order.rows.filter(order.gone).select(merging.ORDER).iter_rows()) == (sorted(out) if gone else [])
        steps: list[int] = []
        content = payloads_of(order, steps.append)
        assert read(content).collect().rows() == [(*row, body(row)) for row in kept]
        assert sum(steps) == len(kept)
        assert max(steps, default=0) <= step
        merging.check_payloads(order.index, read(content))


def test_another_reader_reads_it_and_nothing_of_it_is_readable_without_a_key() -> None:
    rows = [("Invoice", str(number), number % 3) for number in range(60_000)]
    order = Order([source(rows[:20_000]), source(rows[20_000:])])
    content = payloads_of(order, lambda _: None)
    index = merging.write_index(order.index, SEALED)
    for data in (content, index):
        assert data.startswith(b"PARE")
        assert data.endswith(b"PARE")
        assert b"Invoice" not in data
        assert b"payload" not in data
    properties = encryption.create_decryption_properties(SEALED.key, aad_prefix=SEALED.associated)
    file = pq.ParquetFile(io.BytesIO(content), decryption_properties=properties)
    assert max(file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)) == 5_000
    assert file.read().column("payload").to_pylist() == [body(row) for row in sorted(rows)]
    assert read(index).collect().equals(order.index)
    with pytest.raises(OSError, match=r"[Dd]ecrypt"):
        pq.ParquetFile(
            io.BytesIO(content),
            decryption_properties=encryption.create_decryption_properties(os.urandom(32), aad_prefix=SEALED.associated),
        )


def test_a_part_whose_two_files_do_not_agree_is_refused() -> None:
    rows = [("Bill", str(number), 0) for number in range(5)]
    whole = source(rows)
    for wrong in (
        whole.payload.reverse(),
        whole.payload.head(4),
        whole.payload.with_columns(segment=pl.lit(1, pl.UInt32)),
    ):
        order = Order([Source(whole.rows, wrong)])
        with pytest.raises(MergeError, match="not those of its index"):
            list(order.payloads())
    with pytest.raises(MergeError, match="two parts"):
        Order([whole, source(rows[:1])])


def test_what_was_written_is_held_against_the_index() -> None:
    rows = [("Bill", str(number), 0) for number in range(5)]
    good = source(rows)
    merging.check_payloads(good.rows, good.payload)
    other = source(rows, [b"x", *(body(row) for row in sorted(rows)[1:])])
    with pytest.raises(MergeError, match="not those"):
        merging.check_payloads(good.rows, other.payload)
    with pytest.raises(MergeError, match="not as many"):
        merging.check_payloads(good.rows, pl.concat([good.payload, source([("Zebra", "1", 0)]).payload]))


def test_a_merge_can_be_stopped_at_each_step() -> None:
    class Stop(Exception):
        pass

    def stop(_: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        payloads_of(Order([source([("Bill", "1", 0)])]), stop)


def test_digests_of_another_length_are_written_as_they_are() -> None:
    """Whoever may add can store such; it is verify that names them, and merging must not stop over it."""
    kept = pl.DataFrame({"digest": [bytes(32), b"short"], "was": [None, bytes(32)]})
    found = read(merging.write_index(kept, SEALED)).collect()
    assert found.equals(kept)
    none = pl.DataFrame({"was": [None, None]}, schema={"was": pl.Binary})
    assert read(merging.write_index(none, SEALED)).collect().equals(none)
