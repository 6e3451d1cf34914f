"""The page on which a person connects an application to the company, or does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Self
from urllib.parse import urlencode, urlsplit

from akika_forensics.twin.http.oauth import ACCOUNTING, SCOPES, Authority
from akika_forensics.twin.people.trail import User

_FIELDS: Final = ("client_id", "response_type", "scope", "redirect_uri", "state")
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:10vh auto;max-width:30rem;padding:0 1rem;color:#222;background:#fff;overflow-wrap:anywhere}"
    "button,select{font:inherit;padding:.4rem 1rem;margin:.5rem .5rem .5rem 0;max-width:100%}"
    "@media (prefers-color-scheme:dark){:root{color-scheme:dark}body{color:#e6e6e6;background:#16191d}}"
)


class NotAskedRightlyError(Exception):
    """Nothing to send anybody back to: the client or the address is wrong. The text is for the person."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks for; ``error`` is what is wrong with it, told at its own address."""

    client_id: str
    response_type: str
    scopes: tuple[str, ...]
    redirect: str
    state: str
    error: str

    @classmethod
    def read(cls, given: Mapping[str, str], authority: Authority) -> Self:
        """Raises NotAskedRightlyError."""
        client_id, redirect = given.get("client_id", ""), given.get("redirect_uri", "")
        if not authority.knows(client_id):
            raise NotAskedRightlyError("The client_id belongs to no application that this company knows.")
        if not _is_address(redirect):
            raise NotAskedRightlyError("The redirect_uri is no complete http or https address without a fragment.")
        scopes = tuple(dict.fromkeys(given.get("scope", "").split()))
        response_type = given.get("response_type", "code")
        error = ""
        if response_type != "code":
            error = "unsupported_response_type"
        elif not scopes or not SCOPES.issuperset(scopes):
            error = "invalid_scope"
        return cls(client_id, response_type, scopes, redirect, given.get("state", ""), error)

    @property
    def of_company(self) -> bool:
        """Whether a company has to be picked."""
        return ACCOUNTING in self.scopes

    def back(self, **answer: str) -> str:
        """The application's address with the answer, the state kept."""
        told = {**answer, "state": self.state} if self.state else answer
        ordered = [(name, told[name]) for name in ("error", "code", "state", "realmId") if name in told]
        return f"{self.redirect}{'&' if urlsplit(self.redirect).query else '?'}{urlencode(ordered)}"


def _is_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and bool(found.hostname) and not found.fragment and text.isascii()


def page(wish: Wish, company: str, realm: str, users: Sequence[User]) -> str:
    """The form; without scripts, and whatever comes from outside stays text. ``users`` are those who may connect."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in zip(
            _FIELDS,
            (wish.client_id, wish.response_type, " ".join(wish.scopes), wish.redirect, wish.state),
            strict=True,
        )
    )
    picker = (
        '<p><label>Company <select name="realm_id">'
        f'<option value="{escape(realm)}" selected>{escape(company)}</option></select></label></p>'
        if wish.of_company
        else ""
    )
    who = "".join(f'<option value="{escape(user.id)}">{escape(user.name)}</option>' for user in users)
    who = f'<p><label>Signed in as <select name="user">{who}</select></label></p>' if len(users) > 1 else ""
    asked = "".join(f"<li>{escape(scope)}</li>" for scope in wish.scopes)
    return _html(
        "Connect an application",
        f"<p>The application {escape(wish.client_id)} asks for:</p><ul>{asked}</ul>"
        f'<form method="post" action="/connect/oauth2">{hidden}{who}{picker}'
        '<button name="decision" value="connect">Connect</button>'
        '<button name="decision" value="cancel">Cancel</button></form>',
    )


def trouble(text: str) -> str:
    return _html("This application cannot be connected", f"<p>{escape(text)}</p>")


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
