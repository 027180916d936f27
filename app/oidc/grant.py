"""What a sign-in or a renewal has brought."""

from __future__ import annotations

from dataclasses import dataclass, field

from .id_token import Claims
from .tokens import TokenResponse


@dataclass(frozen=True, slots=True)
class Grant:
    """What a redeemed code, or a refresh, brought: the tokens, and the checked claims of the ID token.

    `requested_at` is the moment before the request, in seconds since the epoch: `expires_in` counts from there.
    """

    tokens: TokenResponse
    id_token: str = field(repr=False)
    claims: Claims
    requested_at: float
