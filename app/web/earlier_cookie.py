"""The cookie of the versions that kept everything in it: read once, so that an upgrade signs nobody out.

It was Starlette's session: base64 of JSON, signed and readable. Of its keys these are taken over:

| key        | what                                                                    |
|------------|-------------------------------------------------------------------------|
| session    | the id of the session                                                   |
| browser    | what bound sign-ins and forms to the browser                            |
| return_to  | where the latest sign-in was to lead                                    |
| looked_at  | when a silent sign-in was last tried (seconds since the epoch)          |
| logged_out | the person logged out, so nothing signs them in again but themselves    |
| window     | the key of the native window                                            |
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from itsdangerous import BadSignature, TimestampSigner

from ..errors import SessionEnded
from ..sessions.browser_record import BrowserRecord, new_browser_id
from ..sessions.session import Ending, Session
from ..settings import Settings
from .return_to import local_path

TAKEN_OVER = {'session', 'browser', 'return_to', 'looked_at', 'logged_out', 'window'}


class EarlierCookie:
    """Reads it, and says how it is deleted."""

    def __init__(self, settings: Settings, secret_key: str) -> None:
        is_https = settings.base_url.startswith('https:')
        self._name = '__Host-stay_signed_in' if is_https else f'stay_signed_in_{settings.listen_port()}'
        self._signer = TimestampSigner(secret_key)
        self._max_age = settings.cookie_max_age
        self.deletion = f'{self._name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax{"; Secure" if is_https else ""}'

    def read(self, cookies: Mapping[str, str], now: float) -> dict[str, Any] | None:
        """What it says, as far as that is of use; None if there is none that can be believed.

        It outlived the browser's end, and so counts for nothing where COOKIE_MAX_AGE is 0.
        """
        try:
            signed, sent_at = self._signer.unsign(cookies.get(self._name, ''), return_timestamp=True)
            document = json.loads(b64decode(signed))
        except (BadSignature, ValueError):
            return None
        if self._max_age == 0 or now - sent_at.timestamp() > self._max_age:
            return None
        said = {name: document[name] for name in TAKEN_OVER & document.keys()} if isinstance(document, dict) else {}
        return said or None


def adopted(said: Mapping[str, Any], now: float) -> tuple[BrowserRecord, Session | None]:
    """The record of a browser whose cookie says this, and the mark of a session that the person has logged out of.

    Its id is made of what the cookie says, so that tabs that open at the same moment get the same one; of all of it,
    since the browser's former id alone was known to whoever had used the browser before a sign-in.
    """
    session_id, browser = _text(said.get('session')), _text(said.get('browser'))
    id = new_browser_id()
    if session_id:
        id = urlsafe_b64encode(sha256(f'{browser}\n{session_id}'.encode()).digest()).decode().rstrip('=')
    over = Session.unknown(id, Ending(SessionEnded.code, now)) if said.get('logged_out') and not session_id else None
    looked_at = said.get('looked_at')
    record = BrowserRecord(
        id,
        session_id=over.id if over else session_id,
        window_key=_text(said.get('window')),
        return_to=local_path(_text(said.get('return_to'))),
        looked_at=float(looked_at) if isinstance(looked_at, int) and 0 <= looked_at <= now else 0.0,
    )
    return record, over


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.isascii() and value else None
