from collections.abc import Iterator
from typing import Any

import pytest

from akika_forensics.twin import Twin, serve
from tests.capture.conftest import FakeSnapshotWriter

from .scene import company, take
from .unchanging import unchanging


@pytest.fixture(scope="module")
def served() -> Iterator[Twin]:
    """One company for all: a capture changes nothing of it."""
    twin = company()
    with unchanging(twin):
        yield twin
    twin.close()


@pytest.fixture(scope="module")
def whole(served: Twin) -> Any:
    """What a capture without disturbance hands over; the time of its fence is that of the company's clock."""
    with serve(served) as server:
        ended = take(server, FakeSnapshotWriter())
    assert ended.how == "whole"
    return ended.writer


@pytest.fixture(scope="module")
def later(served: Twin, whole: Any) -> Any:
    """What an incremental capture over it hands over without disturbance: fewer reports than a full one."""
    with serve(served) as server:
        ended = take(server, FakeSnapshotWriter(whole), before=whole.snapshot)
    assert ended.how == "whole"
    return ended.writer
