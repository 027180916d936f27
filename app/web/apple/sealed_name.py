"""The names on their way from the POST to the GET, in a URL where nobody can read or change them."""

from __future__ import annotations

import json

from ...app_context import AppContext
from ...sessions.encryption import CannotDecrypt, Encryptor

PURPOSE = 'apple-name'
LIFETIME = 60.0  # seconds; a browser follows the redirect at once
PARAMETER = 'user'  # of our own redirect


def sealed(app_context: AppContext, names: dict[str, str], state: str | None) -> str:
    """The names, for the answer with this `state` only, from now on for `LIFETIME`."""
    content = {'names': names, 'state': state, 'until': app_context.clock.now() + LIFETIME}
    return _encryptor(app_context).encrypt(json.dumps(content)).decode()


def unsealed(app_context: AppContext, value: str | None, state: str | None) -> dict[str, str]:
    """The names in it; none if it is not ours, too old, or of another answer: a sign-in does without."""
    if not value:
        return {}
    try:
        content = json.loads(_encryptor(app_context).decrypt(value.encode()))
    except CannotDecrypt:
        return {}
    is_good = content['state'] == state and app_context.clock.now() < content['until']
    names: dict[str, str] = content['names']
    return names if is_good else {}


def _encryptor(app_context: AppContext) -> Encryptor:
    return Encryptor(app_context.secret_key(), PURPOSE)
