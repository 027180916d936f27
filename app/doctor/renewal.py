"""Staying signed in: whether the silent frame or a refresh token can renew a session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ..oidc.offline_access import BY_PARAMETER
from ..settings import RenewalMethod
from .examination import NO_FRAME, Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, warning
from .site import origin, same_site, site

_PORTS = {'http': 80, 'https': 443}
_OFFERED = {'scopes_supported': 'offline_access', 'grant_types_supported': 'refresh_token'}
_NAMES: dict[RenewalMethod, str] = {'iframe': 'the silent frame', 'refresh_token': 'the refresh token'}


async def check_framing(examination: Examination) -> Finding:
    """Whether a page that the silent frame is answered with may be shown there.

    Headers on a redirect don't matter, those of a page that would be shown do (CSP Level 3 §6.4.2).
    """
    if 'iframe' not in examination.settings.methods:
        return ok(f'Nothing is framed: {NO_FRAME}.')
    answer, control = await examination.silent(), await examination.control()
    if answer.kind == 'back':
        return ok('The silent frame is sent straight back to the app; no page of the provider is framed.')
    if answer.reply is None or answer.reply.location is not None:
        raise CannotTell('There was no page that could be framed.')
    if answer.kind != 'page' and (answer.resembles(control) or answer.names_redirect_uri):
        raise CannotTell('Only an error page would be framed; mend what it is about first.')
    blocker = framing_blocker(answer.reply.headers, answer.reply.url, examination.settings.base_url)
    if blocker is None:
        return note(
            'The provider answers prompt=none with a page of its own when nobody is signed in; it may be framed.'
        )
    advice = f'Have the provider allow {examination.settings.base_url} in frame-ancestors'
    what = f'The provider shows the silent frame a page, and forbids to frame it: {quoted(blocker)}.'
    if refresh_is_likely(examination):
        return warning(f'{what} Renewal relies on the refresh token.', f'{advice}.')
    return problem(f'{what} The frame gets no answer.', f'{advice}, or add offline_access to OIDC_SCOPE.')


def framing_blocker(headers: Sequence[tuple[str, str]], page_url: str, base_url: str) -> str | None:
    """The header by which a browser refuses to show the page in a frame of `base_url`, None if there is none.

    `headers` are in lower case. Where frame-ancestors is there, X-Frame-Options counts for nothing.
    """
    policies = [
        directive.strip()
        for name, value in headers
        if name == 'content-security-policy'
        for policy in value.split(',')
        if (directive := _frame_ancestors(policy))
    ]
    for policy in policies:
        if not any(_matches(source, page_url, base_url) for source in policy.split()[1:]):
            return f'Content-Security-Policy: {policy}'
    if policies:
        return None
    options = {
        option.strip().lower() for name, value in headers if name == 'x-frame-options' for option in value.split(',')
    } - {''}
    known = options & {'deny', 'sameorigin', 'allowall'}
    forbids = (
        'deny' in options
        or (len(options) > 1 and known)
        or (options == {'sameorigin'} and origin(page_url) != origin(base_url))
    )
    return f'X-Frame-Options: {", ".join(sorted(options)).upper()}' if forbids else None


def _frame_ancestors(policy: str) -> str | None:
    """The frame-ancestors directive of one policy, the first if it has several."""
    directives = (directive.strip() for directive in policy.split(';'))
    return next((found for found in directives if found.lower().split()[:1] == ['frame-ancestors']), None)


def _matches(source: str, page_url: str, base_url: str) -> bool:
    """Whether a source expression matches the app's origin (CSP Level 3 §6.7.2.7); its path doesn't count."""
    source, base = source.lower(), urlsplit(base_url)
    if source == '*':
        return base.scheme in _PORTS
    if source == "'self'":
        return origin(page_url) == origin(base_url)
    if source.startswith("'"):
        return False
    if source.endswith(':') and '/' not in source:
        return _scheme_matches(source[:-1], base.scheme)
    scheme, found, rest = source.rpartition('://')
    if not _scheme_matches(scheme if found else urlsplit(page_url).scheme, base.scheme):
        return False
    host, _, port = rest.split('/')[0].rpartition(':') if _has_port(rest) else (rest.split('/')[0], '', '')
    return _host_matches(host, base.hostname or '') and _port_matches(port, base.scheme, base.port)


def _scheme_matches(allowed: str, scheme: str) -> bool:
    return allowed == scheme or (allowed, scheme) == ('http', 'https')


def _host_matches(allowed: str, host: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith('*.') else allowed in {host, '*'}


def _port_matches(allowed: str, scheme: str, port: int | None) -> bool:
    port = port or _PORTS[scheme]
    if allowed in {'*', str(port)}:
        return True
    return port == _PORTS[scheme] and allowed in {'', *(['80'] if scheme == 'https' else [])}


def _has_port(rest: str) -> bool:
    last = rest.split('/')[0].rpartition(':')[2]
    return ':' in rest.split('/')[0] and (last == '*' or last.isdigit())


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
    return judge_refresh_token(
        examination.settings.methods,
        is_asked_for='offline_access' in examination.settings.scope.split(),
        lacks=not_listed(examination.document or {}, examination.settings.issuer),
    )


def refresh_is_likely(examination: Examination) -> bool:
    """Whether a refresh token is asked for, offered, and used."""
    settings = examination.settings
    is_offered = not not_listed(examination.document or {}, settings.issuer)
    return is_offered and 'refresh_token' in settings.methods and 'offline_access' in settings.scope.split()


def not_listed(document: Mapping[str, Any], issuer: str) -> list[str]:
    """What the discovery document leaves out of what a refresh token takes, in sentences.

    It need not list the scope where the refresh token is asked for by a parameter.
    """
    by_parameter = issuer in BY_PARAMETER
    return [
        f'{listed} has no {name}'
        for listed, name in _OFFERED.items()
        if isinstance(document.get(listed), list) and name not in document[listed]
        if not (by_parameter and listed == 'scopes_supported')
    ]


def judge_site(
    app: str, provider: str, *, is_same: bool, methods: tuple[RenewalMethod, ...], has_refresh: bool
) -> Finding:
    """Whether the silent frame gets the provider's cookies, and what renews if not.

    Same-site frames get all cookies; others none that is SameSite=Lax, and in many browsers none at all.
    """
    ours, theirs = ('://'.join(site(url)) for url in (app, provider))
    if is_same:
        return ok(f'Same-site ({ours}): the browser sends the provider’s cookies in the silent frame.')
    what = f'Cross-site: the app is at {ours}, the provider at {quoted(theirs)}.'
    withheld = (
        'Safari, Firefox and private windows withhold the provider’s cookie from the silent frame, '
        'and every browser does if it is SameSite=Lax'
    )
    if 'iframe' not in methods:
        return ok(f'{what} That is no matter: {NO_FRAME}.')
    if has_refresh:
        return note(f'{what} {withheld}; the refresh token, which needs none, renews then.')
    return problem(
        f'{what} {withheld}. Nothing else can renew the session.',
        'Add offline_access to OIDC_SCOPE (and refresh_token to RENEWAL), or give the provider a domain under the '
        'app’s own site (Auth0: Custom Domains).',
    )


def judge_refresh_token(methods: tuple[RenewalMethod, ...], *, is_asked_for: bool, lacks: list[str]) -> Finding:
    """Whether what RENEWAL relies on will be there.

    `lacks` are sentences on what the discovery document does not list of what a refresh token takes.
    """
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
        names = ' and '.join(_NAMES[method] for method in methods)
        return ok(
            'Asked for, and not ruled out; a sign-in shows whether one comes. Where that takes consent, the next one '
            f'asks for it. Renewal goes by {names}.'
        )
    if is_only_way:
        return warning(
            'RENEWAL relies on it alone, but OIDC_SCOPE does not ask for it, which few providers grant one without.',
            'Add offline_access to OIDC_SCOPE.',
        )
    return ok('Not asked for (no offline_access in OIDC_SCOPE): renewal relies on the silent frame alone.')
