"""An access token for another API than the one that the session's own is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from ...oidc.tokens import Grant
from ...settings import RenewalMethod


@dataclass(frozen=True, slots=True)
class AudienceToken:
    """It stays on the server, as all tokens do; times as in `Tokens`. `renewed_by` is the method that brought it."""

    access_token: str = field(repr=False)
    scope: str
    issued_at: float
    expires_at: float | None
    renewed_by: RenewalMethod

    @classmethod
    def of(cls, grant: Grant, by: RenewalMethod) -> Self:
        """The one that a grant for its audience brought."""
        granted, issued_at = grant.tokens, grant.requested_at
        expires_at = None if granted.expires_in is None else issued_at + granted.expires_in
        return cls(granted.access_token, granted.scope, issued_at, expires_at, by)

    @property
    def lifetime(self) -> float | None:
        """Seconds from issue to expiry; None if nobody knows."""
        return None if self.expires_at is None else self.expires_at - self.issued_at

    def is_active(self, now: float) -> bool:
        """Whether it can still be used at `now`."""
        return self.expires_at is None or now < self.expires_at
