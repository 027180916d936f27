"""Telling a form of ours from one that another site sends in a person's name."""

from __future__ import annotations

import hmac
from hashlib import sha256

from ..errors import CsrfFailed
from ..secret_key import derive_key


class Csrf:
    """A token for each browser, which only pages of ours can know."""

    def __init__(self, secret_key: str) -> None:
        self._key = derive_key(secret_key, 'csrf')

    def token(self, browser: str) -> str:
        """The token that a form must send back."""
        return hmac.new(self._key, browser.encode(), sha256).hexdigest()

    def check(self, browser: str, token: object) -> None:
        """Raises `CsrfFailed` if it is not this browser's token."""
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), self.token(browser).encode()):
            raise CsrfFailed('the form has no valid CSRF token')
