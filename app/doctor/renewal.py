"""Staying signed in by the silent frame: whether a page may be shown in it, and whether it gets cookies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from ..settings import RenewalMethod
from .examination import NO_FRAME, Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted
from .refresh_token import may_refresh
from .site import origin, same_site, site

_PORTS = {'http': 80, 'https': 443}


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
    is_named = answer.names_redirect_uri or answer.names_client
    if is_named or answer.kind == 'failed' or (answer.kind != 'page' and answer.resembles(control)):
        raise CannotTell('Only an error page would be framed; mend what it is about first.')
    return judge_framing(
        framing_blocker(answer.reply.headers, answer.reply.url, examination.settings.base_url),
        examination.settings.origin,
        has_refresh=await may_refresh(examination),
    )


def judge_framing(blocker: str | None, app: str, *, has_refresh: bool) -> Finding:
    """What a page means that is shown where nobody is signed in: nothing for those who are, and are sent on at once.

    The doctor is signed in nowhere, so that it cannot know what a real renewal meets; it is no problem on a guess.
    """
    what = 'The provider answers prompt=none with a page of its own when nobody is signed in;'
    if blocker is None:
        return note(f'{what} it may be framed.')
    rest = ' The refresh token renews then.' if has_refresh else ''
    return note(
        f'{what} it may not be framed ({quoted(blocker)}), so the frame gets no answer once the provider’s session has '
        f'ended. Whether people who are signed in there are sent straight back was not tried.{rest}',
        f'If renewal fails, have the provider allow {app} in frame-ancestors, or answer prompt=none by an error.',
        'not tried',
    )


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
        app, provider, is_same=is_same, methods=examination.settings.methods, has_refresh=await may_refresh(examination)
    )


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
