"""Who is signed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """A person who signed in to the app. ``how``: ``token``, ``password`` or the name of an OAuth provider.

    The name is text from outside: show it through `akika_widgets.views.markup.tag`. It signs nothing; an approval
    takes the passphrase of a signer's own key.
    """

    name: str
    how: str
