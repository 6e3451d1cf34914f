"""A keyring and an AWS account that live in this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import keyring
import pytest
from vault.ways.holders import MemoryKeyring


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ARN of a KMS key in an AWS account that lives in this process."""
    from moto import mock_aws

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        import boto3

        made = boto3.client("kms", region_name="eu-central-1").create_key(Description="vault")
        yield made["KeyMetadata"]["Arn"]


@pytest.fixture(autouse=True)
def _botocore_is_as_it_was() -> Iterator[None]:
    level = logging.getLogger("botocore").level
    yield
    logging.getLogger("botocore").setLevel(level)
