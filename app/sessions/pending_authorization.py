"""A sign-in in progress: from the moment the browser leaves for the provider until it comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from ..oidc.authorization import AuthorizationRequest

AUTHORIZATION_LIFETIME = 600.0  # seconds that a person may take at the provider


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """What was asked of the provider, by which browser, and where the person wants to go afterwards.

    `expires_at` is in seconds since the epoch. `frame_works` is what it tells of the silent frame, as in `Session`:
    true if it is the frame that asks, false if it is another browser, whose cookies the frame does not have.
    """

    request: AuthorizationRequest
    return_to: str
    browser: str = field(repr=False)
    expires_at: float
    frame_works: bool | None = None

    @classmethod
    def begin(
        cls,
        request: AuthorizationRequest,
        return_to: str,
        browser: str,
        now: float,
        frame_works: bool | None = None,
    ) -> Self:
        """One that begins now."""
        return cls(request, return_to, browser, now + AUTHORIZATION_LIFETIME, frame_works)

    @property
    def silent(self) -> bool:
        """Whether no person asked for it, so that a failure is not worth a page."""
        return self.frame_works is True
