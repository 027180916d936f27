"""What can be wrong with an app at a real provider, one thing at a time, and what the doctor has to call it."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.doctor.finding import Outcome

OFFLINE = {'OIDC_SCOPE': 'openid profile email offline_access'}


@dataclass(frozen=True)
class Fault:
    """What is wrong: the provider's variant, the client, or settings; which check finds it, and what it says."""

    name: str
    check: str
    says: str
    variant: str = 'healthy'
    client: str = 'healthy'
    settings: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = 'problem'


FAULTS = (
    Fault('callback', 'callback', '/callback is not registered', client='no-callback'),
    Fault('silent', 'silent', '/silent is not registered', client='no-silent'),
    Fault('client ID', 'client', 'client', client='unknown'),
    Fault('client ID of a public client', 'client', 'client', client='unknown', settings={'OIDC_CLIENT_SECRET': ''}),
    Fault('secret', 'client', 'so OIDC_CLIENT_SECRET is wrong', settings={'OIDC_CLIENT_SECRET': 'another secret'}),
    Fault('secret left out', 'client', 'OIDC_CLIENT_SECRET has to be set', settings={'OIDC_CLIENT_SECRET': ''}),
    Fault(
        'refresh token only',
        'refresh_token',
        'lets this client use none',
        client='no-refresh',
        settings={'RENEWAL': 'refresh_token', **OFFLINE},
    ),
    Fault(
        'refresh token too',
        'refresh_token',
        'relies on the frame',
        client='no-refresh',
        settings=OFFLINE,
        outcome='warning',
    ),
    Fault('post-logout', 'end_session', 'http://localhost:8080/ is not', client='no-logout', outcome='warning'),
    Fault('HS256', 'algorithms', 'HS256', variant='HS256'),
    Fault('no PKCE', 'pkce', 'refuses PKCE', variant='refuses-pkce'),
    Fault('other PKCE', 'pkce', 'Only “plain” is offered', variant='plain-only', outcome='warning'),
    Fault('keys', 'keys', 'HTTP status 503', variant='no-keys'),
    Fault('issuer', 'issuer', 'the document says “https://login.example.com”', variant='other-issuer'),
)
