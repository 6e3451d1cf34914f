"""What is not equal and why, and what is not replayed and why: every row stands in docs/twin.md.

A test fails when a difference is found that is not here, and when one that is here is not found any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from twin_recorded.comparing import Aspect
from twin_recorded.recordings import Exchange


@dataclass(frozen=True, slots=True)
class Known:
    """A difference: in which exchange, of which kind, at which path, and its reason.

    ``*`` stands for any text in exchange and kind, and for an entry of a list in the path.
    """

    exchange: str
    kind: str
    path: str
    reason: str

    def covers(self, exchange: Exchange, aspect: Aspect) -> bool:
        return (
            fnmatchcase(exchange.name, self.exchange)
            and fnmatchcase(aspect.kind, self.kind)
            and aspect.path == self.path
        )


DIFFERENCES: Final = (
    Known(
        "qbo_api/vcr/error/400_json.json#1",
        "texts",
        "Fault.Error.*.Detail",
        "The service counts the properties of its own class (83) and names them in the order of its hash table; the twin "
        "knows those of the public schema, in the schema's order.",
    ),
    Known(
        "ledgersync/*/_new_from_oauth_client_uri/1_9_1.json#1",
        "*",
        "",
        "Since 2025 a refresh token has a last day, and the answer tells it; the recording is of 2019.",
    ),
    Known(
        "ledgersync/*/_new_from_oauth_client_uri/1_9_1.json#1",
        "headers",
        "intuit-tid",
        "A bare UUID in 2019; of the later form in the recording of 2020, and so at the twin.",
    ),
    Known(
        "ledgersync/*/_new_from_oauth_client_uri/1_9_1.json#1",
        "headers",
        "x-spanid",
        "Two spans of two machines in one of two recordings: the path inside Intuit's house is not imitated here.",
    ),
    Known(
        "ledgersync/*/_new_from_oauth_client_uri/1_9_1.json#1",
        "headers",
        "x-amzn-trace-id",
        "Two traces of two machines in one of two recordings: the path inside Intuit's house is not imitated here.",
    ),
    Known(
        "quickbooks-go/attachable.json#1",
        "texts",
        "Attachable.Id",
        "In 2015 the Ids of attachments had 21 digits; every later recording has 19, and so has the twin.",
    ),
    Known(
        "qbosdk/mock_qbo.json#7",
        "order",
        "[]",
        "The order of the recorded attachments follows nothing in them; the twin lists them by Id.",
    ),
    Known(
        "qbosdk/mock_qbo.json#9",
        "order",
        "[]",
        "The order of the recorded currencies follows nothing in them; the twin lists them by their codes.",
    ),
)


@dataclass(frozen=True, slots=True)
class NotReplayed:
    what: str
    reason: str


NOT_REPLAYED: Final = (
    NotReplayed(
        "flowlink (94 files, 536 exchanges)",
        "Bodies are XML; the twin answers in JSON only. Its writes of 2019 and its refused statements are done again in JSON, "
        "see below.",
    ),
    NotReplayed("quickbooks-ruby (156 of 157 files)", "Bodies are XML, a part of them samples from documentation."),
    NotReplayed(
        "dotnet-oauth/failure_token_response.json, failure_token_revocation_response.json",
        "Written by hand: the words `error` and `error_description` stand where a real answer says what was wrong.",
    ),
)


def reason_for(exchange: Exchange, aspect: Aspect, known: Iterable[Known] = DIFFERENCES) -> Known | None:
    return next((row for row in known if row.covers(exchange, aspect)), None)
