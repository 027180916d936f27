"""A sign-in in progress: from the moment the browser leaves for the provider until it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..oidc.authorization import AuthorizationRequest

AUTHORIZATION_LIFETIME = 600.0  # seconds that a person may take at the provider

AuthorizationKind = Literal['interactive', 'popup', 'silent', 'system_browser']

# Whether the silent frame works in a session that begins in this way; None: nobody knows yet.
FRAME_WORKS: dict[AuthorizationKind, bool | None] = {
    'interactive': None,
    'popup': None,
    'silent': True,  # it is the frame that was answered
    'system_browser': False,  # whose cookies the frame does not have
}


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """What was asked of the provider, for which browser, and where the person wants to go afterwards.

    `browser` is the id of the browser that may finish it: the one that began it, or its successor. `kind` is how it
    began: by a click that takes the whole page there, in a window of its own, in the silent frame without anybody's
    doing, or in the system's browser for the native window. `expires_at` is in seconds since the epoch.
    `frame_has_answered` is false if a request of the silent frame was answered in a window. `provider` is the name of
    the one that was asked. `asked` is what the link had beside the way back, to be asked for again if it fails.
    `subject` is who has to answer, if it asks more of a person who is signed in; '' if anybody may.
    """

    request: AuthorizationRequest
    return_to: str
    browser: str = field(repr=False)
    expires_at: float
    kind: AuthorizationKind = 'interactive'
    frame_has_answered: bool = True
    provider: str = ''
    asked: Mapping[str, str] = field(default_factory=dict)
    subject: str = ''

    @property
    def frame_works(self) -> bool | None:
        """What is known of the silent frame once this has worked, as in `Session`."""
        return FRAME_WORKS[self.kind] if self.frame_has_answered else None

    @property
    def begun_at(self) -> float:
        """Seconds since the epoch."""
        return self.expires_at - AUTHORIZATION_LIFETIME
