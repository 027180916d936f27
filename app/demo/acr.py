"""The demo's two levels of authentication, the lower one first (`acr` and `amr`, OpenID Connect Core §2).

The wish for one is voluntary (§5.5.1.1): a level that nobody here can reach is not asked for, and whoever goes on
without the second factor gets an answer with the lower `acr`, which is for the client to refuse.
"""

from __future__ import annotations

PASSWORD, TWO_FACTORS = 'urn:stay-signed-in:password', 'urn:stay-signed-in:two-factors'
LEVELS = (PASSWORD, TWO_FACTORS)
METHODS = {PASSWORD: ['pwd'], TWO_FACTORS: ['pwd', 'otp', 'mfa']}  # RFC 8176 §2


def is_reached(level: str, acr_values: str) -> bool:
    """Whether somebody at this level needs not be asked again for one of these, with spaces between them."""
    wanted = _known(acr_values)
    return not wanted or any(_has_reached(level, value) for value in wanted)


def told(level: str, acr_values: str) -> str:
    """The `acr` of the answer: of the wished ones the first that was reached, else what was."""
    return next((value for value in _known(acr_values) if _has_reached(level, value)), level)


def _known(acr_values: str) -> list[str]:
    return [value for value in acr_values.split() if value in LEVELS]


def _has_reached(level: str, wanted: str) -> bool:
    return LEVELS.index(wanted) <= LEVELS.index(level)
