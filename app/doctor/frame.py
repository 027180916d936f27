"""Whether what the silent frame is answered with may be shown in a frame of the app."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from .examination import Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, warning
from .renewing import refresh_is_likely
from .site import origin

_PORTS = {'http': 80, 'https': 443}


async def check_framing(examination: Examination) -> Finding:
    """Headers on a redirect don't matter, those of a page that would be shown do (CSP Level 3 §6.4.2)."""
    if 'iframe' not in examination.settings.methods:
        return ok('No silent frame renews (see RENEWAL and NATIVE_LOGIN), so nothing is framed.')
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
    """The header by which a browser refuses to show the page in one of `base_url`, None if there is none.

    `headers` are in lower case. Where frame-ancestors is there, X-UserAgent-Options counts for nothing.
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
    return f'X-UserAgent-Options: {", ".join(sorted(options)).upper()}' if forbids else None


def _frame_ancestors(policy: str) -> str | None:
    """The directive in one policy, the first if there are several."""
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
