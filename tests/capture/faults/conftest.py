from typing import Any

import pytest

from tests.capture.conftest import FakeSnapshotWriter


@pytest.fixture(scope="session")
def writers_of_module() -> Any:
    """The class of `writers`, for fixtures that live longer than a test."""
    return FakeSnapshotWriter
