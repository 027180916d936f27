"""A sign-in in progress: from the moment the browser leaves for the provider until it comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.oidc.authorization import AuthorizationRequest

SIGN_IN_LIFETIME = 600.0  # seconds that a person may take at the provider


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was asked of the provider, by which browser, and where the person wants to go afterwards.

    `silent` if no person asked for it, so that a failure is not worth a page.
    """

    request: AuthorizationRequest
    return_to: str
    browser: str = field(repr=False)
    expires_at: float
    silent: bool = False
