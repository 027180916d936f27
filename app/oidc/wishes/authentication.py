"""When and how a person has shown who they are: what a guard that wants more goes by.

The same rule says whether the answer to a sign-in is taken and whether a session still is what a page wants, so that no
answer is taken with which the page would ask at once again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...errors import AcrTooLow, AuthTimeTooOld
from ..authorization import AuthorizationRequest
from ..tokens import Grant

ARRIVES_WITHIN = 30.0  # seconds from a sign-in until the page that asked for it is open, or the button pressed again


@dataclass(frozen=True, slots=True)
class Authentication:
    """`acr` and `auth_time` as the provider says them (OpenID Connect Core §2), None where it does not.

    `learnt_at` is when a sign-in here has told us, by our own clock; None of an access token that somebody sends.
    `skew`: seconds that the provider's clock may differ.
    """

    acr: str | None
    auth_time: float | None
    learnt_at: float | None
    skew: float

    @classmethod
    def of(cls, claims: Mapping[str, Any], learnt_at: float | None, skew: float) -> Self:
        """What these claims, which were verified, say of it."""
        acr, auth_time = claims.get('acr'), claims.get('auth_time')
        is_moment = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
        return cls(acr if isinstance(acr, str) else None, auth_time if is_moment else None, learnt_at, skew)

    def has_acr(self, acr: Collection[str]) -> bool:
        """Whether it is one of these; any will do if there are none."""
        return not acr or self.acr in acr

    def is_recent(self, max_age: int | None, now: float) -> bool:
        """Whether it was at most `max_age` seconds ago, whatever was before; None: whenever.

        From the sign-in on our own clock counts, so that the skew lengthens nothing. A sign-in that has only just
        come was asked for by what looks at it now: it counts for `ARRIVES_WITHIN`, with which `max_age=0` can be met.
        """
        if max_age is None:
            return True
        if self.auth_time is None:
            return False
        learnt_at = self.learnt_at
        if learnt_at is None or self.auth_time > learnt_at + self.skew:  # by a renewal, the person was asked since
            return now <= self.auth_time + self.skew + max_age
        expires_at = min(learnt_at, self.auth_time + self.skew) + max_age
        return now <= expires_at or (learnt_at <= expires_at and now <= learnt_at + ARRIVES_WITHIN)


def check_authentication(request: AuthorizationRequest, grant: Grant, skew: float) -> Grant:
    """What a sign-in has brought, if it is what the request asked for (OpenID Connect Core §3.1.2.1, §3.1.3.7).

    Raises `AcrTooLow` if `acr` is none of those that were wanted, `AuthTimeTooOld` if `auth_time` is older than
    `max_age` allows, or missing. The tokens are let go of, and not revoked: at some providers those of the session
    that is there would go with them.
    """
    now = grant.requested_at
    found = Authentication.of(grant.claims, now, skew)
    if not found.has_acr(request.acr):
        raise AcrTooLow(f'the ID token has the acr {found.acr!r}; wanted: {" ".join(request.acr)}')
    if not found.is_recent(request.max_age, now):
        said = 'no auth_time' if found.auth_time is None else f'an auth_time of {now - found.auth_time:.0f} s ago'
        raise AuthTimeTooOld(f'the ID token has {said}; wanted: at most {request.max_age} s')
    return grant
