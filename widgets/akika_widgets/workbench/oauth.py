"""Sign-in by an OAuth provider: its settings in a TOML file, the flow by Panel's classes, who may enter by our list.

provider = "google"                      # one of Panel's: google, azure, github, gitlab, okta, auth0, generic, …
key = "the client id"
secret_env = "AKIKA_OAUTH_SECRET"        # the environment variable that holds the client's secret
redirect_uri = "https://books.example:8443/sign-in"
allowed = ["anna@example.com"]           # users or e-mail addresses, as the provider names them

[extra]                                  # what the provider needs besides, such as tenant or TOKEN_URL
tenant = "…"
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from tornado.web import HTTPError, RequestHandler

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_widgets.workbench import pages
from akika_widgets.workbench.gate import SIGN_IN
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.sign_in import DoorHandler, SignIn
from akika_widgets.workbench.tickets import Tickets

_NOT_OAUTH: Final = frozenset({"pam", "password"})
_STATE_DAYS: Final = 1 / 48
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class OAuthSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file's content."""

    provider: str
    key: str
    secret_env: str
    redirect_uri: str
    allowed: list[str]
    extra: dict[str, str | list[str]] = {}

    @classmethod
    def read(cls, file: Path) -> OAuthSettings:
        """Raises WrongUse, saying what is wrong with the file."""
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise WrongUse(f"The OAuth file {file} cannot be read.", do="Check its path and permissions.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongUse(f"The OAuth file {file} is not TOML.", do="Look at the line it names.") from error
        if any("secret" in name.casefold() and name != "secret_env" for name in (*content, *content.get("extra", ()))):
            raise WrongUse(
                "The OAuth file holds a secret.",
                do="Put it into an environment variable and name that one in secret_env.",
            )
        try:
            made = msgspec.convert(content, cls)
        except msgspec.ValidationError as error:
            raise WrongUse(f"The OAuth file is not as it should be: {error}.") from error
        made.require()
        return made

    def require(self) -> None:
        """Raises WrongUse."""
        if not self.key or not self.allowed or not all(self.allowed):
            raise WrongUse(
                "The OAuth file names no key or nobody who is allowed.",
                means="Without a list everybody with an account at the provider could enter.",
                do="Set key and allowed.",
            )
        if urlsplit(self.redirect_uri).path != SIGN_IN:
            raise WrongUse("The redirect_uri does not lead back to the app.", do=f"Let it end with {SIGN_IN}.")
        addresses = {"redirect_uri": self.redirect_uri, **{k: v for k, v in self.extra.items() if k.endswith("_URL")}}
        for name, value in addresses.items():
            if not _is_safe(str(value)):
                raise WrongUse(f"The address {name} is neither https nor this machine.", do="Use https.")

    def secret(self) -> Secret:
        """From the environment. Raises WrongUse."""
        value = os.environ.get(self.secret_env)
        if not value:
            raise WrongUse(f"The environment variable {self.secret_env} is empty.", do="Put the client's secret there.")
        return Secret(value)


def _is_safe(address: str) -> bool:
    given = urlsplit(address)
    return given.scheme == "https" or (given.scheme == "http" and given.hostname in _LOOPBACK)


class OAuthSignIn(SignIn):
    """Sign-in at a provider. Panel keeps the settings for the whole process: one such app in a process."""

    def __init__(self, settings: OAuthSettings) -> None:
        self.settings = settings
        self.how = settings.provider
        self._allowed = frozenset(name.casefold() for name in settings.allowed)

    def allows(self, user: str) -> bool:
        return user.casefold() in self._allowed

    def prepare(self) -> None:
        import panel as pn  # noqa: PLC0415

        _provider(self.settings.provider)
        secret = self.settings.secret()
        given = {
            "oauth_provider": self.settings.provider,
            "oauth_key": self.settings.key,
            "oauth_secret": secret.reveal(),
            "oauth_redirect_uri": self.settings.redirect_uri,
            "oauth_extra_params": dict(self.settings.extra),
            "oauth_expiry": _STATE_DAYS,
        }
        for name, value in given.items():
            setattr(pn.config, name, value)

    def handler(self) -> type[RequestHandler]:
        flow = _provider(self.settings.provider)

        class OAuthHandler(_OurDoor, flow):  # type: ignore[misc, valid-type]  # the class is chosen by the file
            """The provider's flow, ending in our ticket."""

        return OAuthHandler


def _provider(name: str) -> type[RequestHandler]:
    """Raises WrongUse."""
    from panel.auth import AUTH_PROVIDERS  # noqa: PLC0415

    found: type[RequestHandler] | None = AUTH_PROVIDERS.get(name) if name not in _NOT_OAUTH else None
    if found is None:
        known = ", ".join(sorted(set(AUTH_PROVIDERS) - _NOT_OAUTH))
        raise WrongUse(f"There is no OAuth provider {name!r}.", do=f"Use one of {known}.")
    return found


class _OurDoor(DoorHandler):
    """What differs from Panel's handlers: no cookie but ours, no state no entry, a list of who may enter, our pages."""

    sign_in: OAuthSignIn
    tickets: Tickets

    def initialize(self, sign_in: Any, tickets: Tickets) -> None:
        super().initialize(sign_in, tickets)
        self._user = ""
        self._claims: dict[str, Any] = {}

    def set_signed_cookie(self, name: str, value: str | bytes, *args: Any, **given: Any) -> None:
        """Panel would keep the provider's tokens in cookies; who it is, is all we want of them."""
        from panel.auth import CODE_COOKIE_NAME, STATE_COOKIE_NAME  # noqa: PLC0415

        del args, given
        if name in {STATE_COOKIE_NAME, CODE_COOKIE_NAME}:
            super().set_signed_cookie(
                name,
                value,
                expires_days=_STATE_DAYS,
                httponly=True,
                secure=self.tickets.secure,
                samesite="Lax",  # it comes back along a way that begins at the provider
            )
        elif name == "id_token":
            self._claims = _claims(value)

    set_secure_cookie = set_signed_cookie

    async def get_authenticated_user(self, *args: Any, **given: Any) -> Any:
        if given.get("code") and not given.get("state"):
            # Panel compares two empty states as equal; then anybody could sign a person in as somebody else.
            raise HTTPError(401)
        user = await super().get_authenticated_user(*args, **given)  # type: ignore[misc]  # the provider's class has it
        if not given.get("code"):
            return None
        name = str(user or "")
        if self._claims.get("email_verified") is False or not self.sign_in.allows(name):
            raise HTTPError(403)
        self._user = name
        return name

    def redirect(self, url: str, permanent: bool = False, status: int | None = None) -> None:
        if not self._user:
            super().redirect(url, permanent, status)
            return
        name = self._user
        self.tickets.issue(self, User(name, self.sign_in.how), lambda: self.sign_in.allows(name))
        self.finish(pages.opening())

    def write_error(self, status_code: int, **_given: Any) -> None:
        self.clear_all_cookies()
        said = {403: "This account may not open the app.", 401: "The provider did not sign you in."}
        # The provider's own words would be its bytes on our page.
        self.set_status(status_code, "Refused" if status_code < 500 else "Error")
        self.finish(pages.refused(said.get(status_code, "The sign-in failed."), "Try again from the beginning."))


def _claims(token: str | bytes) -> dict[str, Any]:
    from panel.util import decode_token  # noqa: PLC0415

    try:
        decoded = decode_token(token.decode() if isinstance(token, bytes) else token)
    except Exception:  # noqa: BLE001 -- whatever it is, it says nothing about the person
        return {}
    return decoded if isinstance(decoded, dict) else {}
