"""What the provider says of itself: its discovery document, and its public keys (OpenID Connect Discovery §3, §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import jwt

from ..errors import ProviderUnreachable
from ..oidc.endpoints.server_address import FOR_SERVERS
from ..oidc.http import MAX_DOCUMENT
from ..oidc.keys import MAX_KEYS
from ..oidc.metadata import ASYMMETRIC_ALGORITHMS, discovery_url, endpoint_url, strings
from ..settings import LOOPBACK_HOSTS
from .examination import Examination
from .finding import Finding, note, ok, problem, quoted, skipped

REQUIRED = ('authorization_endpoint', 'token_endpoint', 'jwks_uri')
OPTIONAL = ('userinfo_endpoint', 'end_session_endpoint')
_CHECK_ISSUER = 'Check OIDC_ISSUER: the document is at that address followed by /.well-known/openid-configuration.'


async def check_discovery(examination: Examination) -> Finding:
    """Whether there is a document; where it was moved to, it is read all the same."""
    examination.need('oidc_issuer', 'auth0_domain')
    if examination.unusable is not None:
        raise examination.unusable
    url = discovery_url(examination.settings.oidc_internal_issuer or examination.settings.issuer)
    try:
        reply = await examination.probe.look('GET', url)
        document, target = reply.document, reply.location
        if target is not None and target.startswith('https://'):
            document = (await examination.probe.look('GET', target)).document
    except ProviderUnreachable as error:
        return problem(f'The provider cannot be reached: {quoted(error)}.', unreachable_advice(str(error)))
    if reply.status == 200 or target is not None:
        examination.found(document)
    if target is not None:
        return problem(
            f'{url} only leads on to {quoted(target)}, which the app does not follow.',
            'Set OIDC_ISSUER to what that document says under issuer.',
        )
    if reply.status != 200:
        return problem(f'{url} answers with HTTP status {reply.status}.', _CHECK_ISSUER)
    if reply.is_cut:
        return problem(f'{url} answers with more than the {MAX_DOCUMENT // 1024} kB that are read.', _CHECK_ISSUER)
    if document is None:
        return problem(f'{url} answers with no JSON object.', _CHECK_ISSUER)
    return ok(f'Found at {url}.')


async def check_issuer(examination: Examination) -> Finding:
    """Whether the document is the configured issuer's, to the letter (Discovery §4.3)."""
    named, issuer = examination.discovered.get('issuer'), examination.settings.issuer
    if examination.address is not None and examination.address.is_internal(str(named)):
        examination.address.check(examination.discovered)
    difference = issuer_difference(issuer, named)
    if not difference:
        return ok('Equal to OIDC_ISSUER, to the letter.' if not examination.settings.is_demo else 'As it should be.')
    if not isinstance(named, str):
        return problem(difference, 'This is not a discovery document of OpenID Connect; check OIDC_ISSUER.')
    return problem(
        f'OIDC_ISSUER is {quoted(issuer)}, the document says {quoted(named)}: {difference}',
        f'Set OIDC_ISSUER={named}' if named.isprintable() else 'Check OIDC_ISSUER.',
    )


async def check_endpoints(examination: Examination) -> Finding:
    """Whether all that the code flow needs is there, and cannot be listened in on."""
    # by the configured issuer, which decides whether plain http may be used: a wrong one is a finding of its own
    document = {**examination.discovered, 'issuer': examination.settings.issuer}
    address = examination.address
    if address is None:
        return judge_endpoints(document)
    address.check(document)
    internal = {name: address.seen_from_server(str(document[name])) for name in FOR_SERVERS if name in document}
    asked = [name for name, url in internal.items() if address.is_internal(url)]
    plain = {name: 'https' + internal[name].removeprefix('https').removeprefix('http') for name in asked}
    finding = judge_endpoints(document | plain)
    where = f' The server asks {quoted(address.internal)} for {", ".join(asked) or "nothing but the document"}.'
    return replace(finding, what=finding.what + where)


async def check_algorithms(examination: Examination) -> Finding:
    """Whether ID tokens are signed so that the public keys verify them."""
    return judge_algorithms(examination.discovered)


async def check_iss(examination: Examination) -> Finding:
    """Whether the answers to authorization requests name their issuer (RFC 9207 §2, §3)."""
    answers = [await examination.silent(), await examination.callback()]
    answer = next((answer for answer in answers if answer.kind == 'back'), None)
    if answer is None:
        return skipped('There was no answer at the app’s addresses that could have it.')
    promised = examination.discovered.get('authorization_response_iss_parameter_supported') is True
    known = {examination.settings.issuer, examination.discovered.get('issuer')}
    return judge_iss(answer.params.get('iss'), known, promised=promised)


def unreachable_advice(error: str) -> str:
    """What to do about a provider that could not be reached."""
    if 'CERTIFICATE_VERIFY_FAILED' in error:
        return 'If a private CA signed its certificate, set OIDC_CA_FILE (or SSL_CERT_FILE) to a file with that.'
    return 'Check OIDC_ISSUER, and that this machine may go there (network, proxy, certificates).'


def issuer_difference(configured: str, named: object) -> str:
    """In what the two issuers differ, as a sentence; empty if in nothing."""
    if not isinstance(named, str):
        return 'The document names no issuer.'
    if configured == named:
        return ''
    if configured.rstrip('/') == named.rstrip('/'):
        where = 'the document’s, but not OIDC_ISSUER' if named.endswith('/') else 'OIDC_ISSUER, but not the document’s'
        return f'a slash ends {where}.'
    if configured.strip().lower().rstrip('/') == named.strip().lower().rstrip('/'):
        return 'they differ in capital letters, or in spaces.'
    try:
        ours, theirs = urlsplit(configured), urlsplit(named)
        parts = {
            'scheme (http or https)': (ours.scheme, theirs.scheme),
            'host': (ours.hostname, theirs.hostname),
            'port': (ours.port, theirs.port),
            'path': (ours.path.rstrip('/'), theirs.path.rstrip('/')),
        }
    except ValueError:
        return 'the document’s is no URL.'
    differing = [name for name, (one, other) in parts.items() if one != other]
    return f'another {" and another ".join(differing)}.' if differing else 'they differ.'


def judge_endpoints(document: Mapping[str, Any]) -> Finding:
    """Whether endpoints are missing, or are not https (which a provider on this machine need not be)."""
    open_to_all = [name for name in (*REQUIRED, *OPTIONAL) if _is_open(document.get(name))]
    missing = [name for name in REQUIRED if endpoint_url(document, name) is None and name not in open_to_all]
    lines = []
    if missing:
        lines.append(f'The document has no usable {", ".join(missing)}.')
    if open_to_all:
        lines.append(f'Not https: {", ".join(open_to_all)}.')
    if lines:
        return problem(
            ' '.join(lines),
            'The provider has to be mended: behind a proxy, it often has to be told its public https address.',
        )
    if endpoint_url(document, 'userinfo_endpoint') is None:
        return note('All there, but no userinfo_endpoint: names and pictures come from the ID token only.')
    return ok('All that are needed are there.')


def judge_algorithms(document: Mapping[str, Any]) -> Finding:
    """Whether at least one algorithm is asymmetric; `none` and the HS family are never accepted."""
    listed = strings(document.get('id_token_signing_alg_values_supported'), ['RS256'])
    usable = sorted(listed & ASYMMETRIC_ALGORITHMS)
    if usable:
        return ok(f'The document lists {", ".join(usable)}.')
    return problem(
        f'ID tokens are signed with no algorithm that the app accepts, only with {quoted(", ".join(sorted(listed)))}.',
        'Have the provider sign ID tokens for this client with RS256 or ES256.',
    )


def judge_iss(iss: str | None, known: set[Any], *, promised: bool) -> Finding:
    """An answer that names somebody else is refused; one that names nobody, only where it was promised."""
    if iss is not None and iss not in known:
        return problem(
            f'The provider’s answers name another issuer: {quoted(iss)}.',
            'The app refuses them. Set OIDC_ISSUER to that issuer, if it is the right one.',
        )
    if iss is not None:
        return ok('The answers name their issuer.')
    if promised:
        return note(
            'The provider promises to name the issuer in its answers (iss), and leaves it out of an error, as some do.',
            'If it does so in a success too, the app refuses that: ask those who run the provider.',
            'not tried',
        )
    return note('The answers do not name their issuer, which is no matter with one provider.')


def _is_open(value: object) -> bool:
    """Whether everybody on the way can read what goes there."""
    try:
        return isinstance(value, str) and value.startswith('http:') and urlsplit(value).hostname not in LOOPBACK_HOSTS
    except ValueError:
        return False


async def check_keys(examination: Examination) -> Finding:
    """Whether there is a key that can verify ID tokens."""
    url = examination.seen_from_server(examination.url('jwks_uri'))
    try:
        reply = await examination.probe.look('GET', url)
    except ProviderUnreachable as error:
        return problem(f'The keys cannot be fetched: {quoted(error)}.', 'Check that this machine may go to jwks_uri.')
    if reply.is_cut:
        what = f'There is more at jwks_uri than the {MAX_DOCUMENT // 1024} kB that are read.'
        return problem(what, 'Ask those who run the provider.')
    keys = (reply.document or {}).get('keys')
    if reply.status != 200 or not isinstance(keys, list):
        return problem(f'There are no keys at jwks_uri: HTTP status {reply.status}.', 'Ask those who run the provider.')
    if len(keys) > MAX_KEYS:
        what = f'There are {len(keys)} keys at jwks_uri, and the app takes no more than {MAX_KEYS}.'
        return problem(what, 'Ask those who run the provider to publish only the keys that are in use.')
    listed = examination.metadata().id_token_algorithms & ASYMMETRIC_ALGORITHMS
    return judge_keys(keys, listed or ASYMMETRIC_ALGORITHMS)


def judge_keys(keys: Iterable[Any], algorithms: Iterable[str]) -> Finding:
    """Whether at least one JWK is for signatures, of a kind that one of the algorithms uses, and whole (RFC 7517)."""
    keys = list(keys)
    usable = [key for key in keys if isinstance(key, dict) and _is_usable(key, algorithms)]
    if usable:
        return ok(f'{len(usable)} of {len(keys)} can verify ID tokens.')
    return problem(
        f'None of the {len(keys)} keys can verify an ID token that is signed with {", ".join(sorted(algorithms))}.',
        'Have the provider publish the key that it signs ID tokens with (use: sig).',
    )


def _is_usable(key: dict[str, Any], algorithms: Iterable[str]) -> bool:
    if key.get('use', 'sig') != 'sig':
        return False
    return any(_fits(key, name) for name in algorithms if key.get('alg', name) == name)


def _fits(key: dict[str, Any], algorithm: str) -> bool:
    try:
        jwt.PyJWK(key, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return False
    return True
