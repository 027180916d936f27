"""Telling a form of ours from one that another site sends in a person's name."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from ..app_context import AppContext
from ..errors import CsrfFailed
from ..secret_key import derive_key


class Csrf:
    """What the browser says of a form's origin decides; where it says nothing, a token that only our pages have.

    The token is for the session that the form names, whatever the cookie says that came with it.
    """

    def __init__(self, secret_key: str, base_url: str, prefix: str = '') -> None:
        self._key = derive_key(secret_key, 'csrf')
        url = urlsplit(base_url)
        self._origin = f'{url.scheme}://{url.netloc}'  # which has no path (RFC 6454 §7)
        self.own_path = f'{url.path}{prefix}'

    def token(self, reference: str) -> str:
        """The token that a form must send back which names the session with this reference."""
        return hmac.new(self._key, reference.encode(), sha256).hexdigest()

    def is_token(self, reference: str, token: object) -> bool:
        """Whether it is the token for the session with this reference."""
        return isinstance(token, str) and hmac.compare_digest(token.encode(), self.token(reference).encode())

    def check(self, headers: Mapping[str, str], reference: str, token: object) -> None:
        """Raises `CsrfFailed` if another site sent the form, or nobody knows who did and it has no valid token."""
        is_ours = self.is_ours(headers)
        if is_ours is False or (is_ours is None and not self.is_token(reference, token)):
            site, origin = headers.get('Sec-Fetch-Site'), headers.get('Origin')
            raise CsrfFailed(f'the form is not ours (Sec-Fetch-Site {site}, Origin {origin})')

    def is_ours(self, headers: Mapping[str, str]) -> bool | None:
        """Whether a page of ours sent the form, as the browser has it; None if it does not say.

        `Sec-Fetch-Site` (Fetch Metadata §2.3) tells another port of this host from us, which `SameSite` does not;
        `Origin` is `null` where the page that sends it has the policy `no-referrer`.
        """
        site, origin = headers.get('Sec-Fetch-Site'), headers.get('Origin', 'null')
        if site is not None:
            return site == 'same-origin'
        return origin == self._origin if origin != 'null' else None


def csrf_of(context: AppContext) -> Csrf:
    """What checks the forms of this app. Raises `SettingsError` where there is no key."""
    settings = context.settings
    return Csrf(context.secret_key(), settings.base_url, settings.prefix)
