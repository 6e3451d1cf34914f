"""The searcher finds what was planted, in every form, and does not find what was not."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import random
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pytest
from search import forms_of_key, forms_of_text, found_in, search

TEXT = "Zsófia O'Canary & <Sons>"
KEY = bytes(range(200, 232))
NEEDLES = {"text": forms_of_text(TEXT), "key": forms_of_key(KEY)}
BOTH = json.dumps({"Name": TEXT}, ensure_ascii=False).encode() + b"\n" + KEY
NOISE = random.Random(7).randbytes(5000)


def parquet(compression: str) -> bytes:
    out = io.BytesIO()
    pl.DataFrame({"name": [TEXT] * 50, "key": [KEY] * 50}).write_parquet(out, compression=compression)  # type: ignore[arg-type]  # its own words
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.xml", BOTH * 4)
    return out.getvalue()


RAW = {
    "plain": BOTH,
    "other case": TEXT.encode().upper() + KEY.hex().upper().encode(),
    "escaped, hex": html.escape(TEXT).encode() + KEY.hex().encode(),
    "json, base64": json.dumps(TEXT).encode() + base64.b64encode(KEY),
    "address, urlsafe": quote(TEXT).encode() + base64.urlsafe_b64encode(b"x" + KEY),
    "utf-16, numbers": TEXT.encode("utf-16") + str(list(KEY)).encode(),
    "base64, base32": base64.b64encode(b"ab" + BOTH) + base64.b32encode(KEY),
    "repr": repr(TEXT).replace("'", '"').encode() + TEXT.encode() + repr(KEY).encode(),
}
PACKED = {
    "zlib": zlib.compress(BOTH),
    "zlib without effort": zlib.compress(BOTH, 0),
    "gzip": gzip.compress(BOTH),
    "zstd": pa.Codec("zstd").compress(BOTH * 4, asbytes=True),
    "zip": archive(),
    "twice": gzip.compress(base64.b64encode(zlib.compress(BOTH))),
    **{f"parquet {name}": parquet(name) for name in ("zstd", "snappy", "gzip", "lz4", "uncompressed")},
}


@pytest.mark.parametrize("form", [*RAW, *PACKED])
def test_it_finds_what_was_planted(form: str, tmp_path: Path) -> None:
    planted = {**RAW, **PACKED}[form]
    assert found_in(planted, NEEDLES) == {"text", "key"}
    if not form.startswith("parquet"):
        assert found_in(NOISE + planted + NOISE, NEEDLES) == {"text", "key"}
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "file").write_bytes(planted)
    assert list(search([tmp_path], NEEDLES)) == [tmp_path / "deep" / "er" / "file"]


def test_it_finds_names_of_files_and_targets_of_links(tmp_path: Path) -> None:
    (tmp_path / "Zsófia O'Canary & <Sons>").write_bytes(b"")
    (tmp_path / "link").symlink_to("Zsófia O'Canary & <Sons>.txt")
    assert len(search([tmp_path], NEEDLES)) == 2


def test_it_does_not_find_what_is_not_there() -> None:
    assert found_in(NOISE + gzip.compress(NOISE) + b"Zsofia O'Canary" + KEY[:31], NEEDLES) == set()
