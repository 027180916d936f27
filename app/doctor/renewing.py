"""Whether sessions can be renewed: by the frame, which browsers' cookie rules decide on, or by the refresh token."""

from __future__ import annotations

import asyncio

from ..settings import RenewalMethod
from .examination import Examination
from .finding import Finding, note, ok, problem, quoted, warning
from .site import same_site, site


async def check_site(examination: Examination) -> Finding:
    """Whether the browser sends the provider's cookies along in the frame."""
    examination.need('oidc_issuer', 'auth0_domain', 'base_url', 'renewal', 'native_login', 'oidc_scope')
    settings, named = examination.settings, (examination.document or {}).get('authorization_endpoint')
    app, provider = settings.base_url, named if isinstance(named, str) else settings.issuer
    is_same = await asyncio.to_thread(same_site, app, provider)  # the list of suffixes has to be read first
    return judge_site(
        app, provider, is_same=is_same, methods=examination.settings.methods, has_refresh=refresh_is_likely(examination)
    )


async def check_refresh_token(examination: Examination) -> Finding:
    """Whether there will be a refresh token, and what renewal relies on without one."""
    examination.need('renewal', 'native_login', 'oidc_scope')
    found = examination.document or {}
    return judge_refresh_token(
        examination.settings.methods,
        is_asked_for='offline_access' in examination.settings.scope.split(),
        lacks=[
            f'{listed} has no {name}'
            for listed, name in _OFFERED.items()
            if isinstance(found.get(listed), list) and name not in found[listed]
        ],
    )


_OFFERED = {'scopes_supported': 'offline_access', 'grant_types_supported': 'refresh_token'}


def refresh_is_likely(examination: Examination) -> bool:
    """Whether a refresh token is asked for, offered, and used."""
    settings, found = examination.settings, examination.document or {}
    is_offered = all(name in found[listed] for listed, name in _OFFERED.items() if isinstance(found.get(listed), list))
    return is_offered and 'refresh_token' in settings.methods and 'offline_access' in settings.scope.split()


def judge_site(
    app: str, provider: str, *, is_same: bool, methods: tuple[RenewalMethod, ...], has_refresh: bool
) -> Finding:
    """Same-site frames get all cookies; others none that is SameSite=Lax, and in many browsers none at all."""
    ours, theirs = ('://'.join(site(url)) for url in (app, provider))
    if is_same:
        return ok(f'Same-site ({ours}): the browser sends the provider’s cookies in the silent frame.')
    what = f'Cross-site: the app is at {ours}, the provider at {quoted(theirs)}.'
    withheld = (
        'Safari, Firefox and private windows withhold the provider’s cookie from the silent frame, '
        'and every browser does if it is SameSite=Lax'
    )
    if 'iframe' not in methods:
        return ok(f'{what} That is no matter, since no silent frame renews.')
    if has_refresh:
        return note(f'{what} {withheld}; the refresh token, which needs none, renews then.')
    return problem(
        f'{what} {withheld}. Nothing else can renew the session.',
        'Add offline_access to OIDC_SCOPE (and refresh_token to RENEWAL), or give the provider a domain under the '
        'app’s own site (Auth0: Custom Domains).',
    )


def judge_refresh_token(methods: tuple[RenewalMethod, ...], *, is_asked_for: bool, lacks: list[str]) -> Finding:
    """`lacks` says what the discovery document has not of what a refresh token takes."""
    is_only_way = methods == ('refresh_token',)
    allow = 'Allow refresh tokens (offline access) for this client at the provider.'
    if is_asked_for and 'refresh_token' not in methods:
        return note('OIDC_SCOPE asks for one (offline_access), but RENEWAL does not use it.')
    if is_asked_for and lacks and is_only_way:
        return problem(f'RENEWAL relies on it alone, but the provider offers none: {", ".join(lacks)}.', allow)
    if is_asked_for and lacks:
        return warning(
            f'Asked for, but the provider offers none: {", ".join(lacks)}. Renewal relies on the frame.', allow
        )
    if is_asked_for:
        return ok(f'Asked for, and not ruled out. Renewal goes by {" and ".join(_WORDS[way] for way in methods)}.')
    if is_only_way:
        return warning(
            'RENEWAL relies on it alone, but OIDC_SCOPE does not ask for it, which few providers grant one without.',
            'Add offline_access to OIDC_SCOPE.',
        )
    return ok('Not asked for (no offline_access in OIDC_SCOPE): renewal relies on the silent frame alone.')


_WORDS: dict[RenewalMethod, str] = {'iframe': 'the silent frame', 'refresh_token': 'the refresh token'}
