"""The ID token: what it says, and what that means. Never the token itself."""

from __future__ import annotations

import json
from typing import Any

from nicegui import ui

from pages import inside
from pages.live import draw_live
from pages.section import section
from pages.session.facts import Fact, facts

# OpenID Connect Core §2, §5.1 and Back-Channel Logout §2.1; RFC 7519 §4.1
MEANINGS = {
    'iss': 'Issuer: the provider that vouches for all of this. It has to be the configured one, to the letter.',
    'sub': 'Subject: who you are at this issuer, for ever. A renewal has to bring the same one.',
    'aud': 'Audience: who the token is meant for. It has to be this app’s client ID.',
    'azp': 'Authorized party: the client that the token was issued to, where there are several audiences.',
    'exp': 'Expiration: until when the token may be accepted. It says nothing about how long you stay logged in.',
    'iat': 'Issued at: when the token was made.',
    'nbf': 'Not before: from when on the token may be accepted.',
    'auth_time': 'Authentication time: when you really logged in at the provider. A renewal does not change it.',
    'nonce': 'Number used once: ties the token to the one request that asked for it, so it cannot be replayed.',
    'at_hash': 'Access token hash: ties this token to the access token that came with it.',
    'c_hash': 'Code hash: ties this token to the authorization code.',
    'sid': 'Session ID: your session at the provider, which a logout there names.',
    'acr': 'Authentication context: how strong the login was.',
    'amr': 'Authentication methods: how you proved who you are.',
    'jti': 'JWT ID: a name for this one token.',
    'name': 'Your full name.',
    'given_name': 'Your first name.',
    'family_name': 'Your last name.',
    'nickname': 'What you like to be called.',
    'preferred_username': 'The name that you log in with; it may change.',
    'picture': 'Where your picture is.',
    'email': 'Your e-mail address.',
    'email_verified': 'Whether the provider has checked that the address is yours.',
    'locale': 'Your language.',
    'zoneinfo': 'Your time zone.',
    'updated_at': 'When these data about you last changed.',
}
MOMENTS = frozenset({'exp', 'iat', 'nbf', 'auth_time', 'updated_at'})
LONGEST = 120  # characters


def id_token() -> None:
    """Show each claim with its meaning; those that the protocol needs come first."""
    with (
        section('ID token', 'What the provider says about you. It was verified on the server, and stays there.'),
        ui.element('div').classes('w-full').props('data-testid=id-token'),
    ):
        draw_live(inside.id_token_claims, lambda latest: facts(explained(latest)))


def explained(claims: dict[str, Any]) -> list[Fact]:
    """The claims, known ones in the order of the table above, then the provider's own."""
    known = [name for name in MEANINGS if name in claims]
    others = sorted(claims.keys() - MEANINGS.keys())
    return [_fact(name, claims[name]) for name in [*known, *others]]


def _fact(name: str, value: Any) -> Fact:
    meaning = MEANINGS.get(name, 'A claim of this provider’s own.')
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in MOMENTS and is_number and 0 <= value < 1e11:
        return Fact(name, value, meaning, is_moment=True)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Fact(name, text if len(text) <= LONGEST else f'{text[:LONGEST]}…', meaning)
