"""Whether the provider takes us for who we are, by asking its token endpoint with a code that cannot be valid."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from ..errors import ProviderUnreachable
from ..oidc.metadata import Registration
from ..oidc.probe import Reply
from ..oidc.tokens import code_token_request
from ..settings import LOOPBACK_HOSTS
from .examination import UNKNOWN, Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, warning
from .site import origin


async def check_client(examination: Examination) -> Finding:
    """Whether client ID and secret are accepted, with an unknown client as the control question."""
    if not _is_theirs(examination.discovered.get('issuer'), examination.settings.issuer):
        raise CannotTell('The secret is not sent before OIDC_ISSUER is mended.')
    try:
        reply = await _redeem(examination, examination.registration)
        stranger = None
        if _error(reply) == 'invalid_grant':
            secret = UNKNOWN if examination.registration.client_secret else None
            stranger = await _redeem(examination, Registration(UNKNOWN, examination.registration.scope, secret))
    except ProviderUnreachable as error:
        return problem(
            f'The token endpoint cannot be reached: {quoted(error)}.', 'Check that this machine may go there.'
        )
    finding = judge_client(
        reply,
        stranger,
        has_secret=examination.registration.client_secret is not None,
        id_is_known=_is_refused(reply) and await _id_is_known(examination),
    )
    if finding.outcome in {'ok', 'problem'}:
        examination.client_is_accepted = finding.outcome == 'ok'
    return finding


async def check_client_authentication(examination: Examination) -> Finding:
    """Whether the provider knows the way in which the app proves who it is."""
    offered = examination.metadata().token_auth_methods
    is_listed = 'token_endpoint_auth_methods_supported' in examination.discovered
    has_secret = examination.registration.client_secret is not None
    return judge_authentication(offered if is_listed else None, has_secret=has_secret)


def _is_theirs(named: object, configured: str) -> bool:
    """Whether the document is by the configured issuer, or differs from it in its path only (a slash too many)."""
    try:
        return isinstance(named, str) and origin(named) == origin(configured)
    except ValueError:
        return False


def judge_client(reply: Reply, stranger: Reply | None, *, has_secret: bool, id_is_known: bool = False) -> Finding:
    """What the reply to a made-up code says of the client (RFC 6749 §5.2).

    `invalid_grant` is about the code, so the client is accepted, unless a stranger gets the same. `id_is_known` is
    whether the authorization endpoint knows the client, which tells a wrong ID from a wrong secret.
    """
    error = _error(reply)
    said = f'{error}: {quoted(_description(reply))}' if _description(reply) else error
    if error == 'invalid_grant' and stranger is not None and _error(stranger) == error:
        return note('It cannot be told: the provider answers a client that it does not know in the same way.')
    if error == 'invalid_grant':
        return ok('Accepted; only the made-up code was refused, as it should be.')
    if _is_refused(reply):
        return problem(
            f'It is refused ({said or "HTTP status 401"}): {_SUSPECTS[has_secret, id_is_known]}.',
            'Copy OIDC_CLIENT_ID and OIDC_CLIENT_SECRET anew from the provider’s page for this client.',
        )
    if error in {'unauthorized_client', 'unsupported_grant_type'}:
        return problem(
            f'The client may not redeem codes ({said}).',
            'Allow the authorization code flow (“standard flow”) for this client at the provider.',
        )
    if reply.status >= 500 or reply.status == 429:
        return warning(
            f'It cannot be told: the token endpoint answers with HTTP status {reply.status}.',
            'Run the doctor again in a while; if it stays so, ask those who run the provider.',
        )
    if error:
        return note(f'It cannot be told: the provider answers {said}.')
    if reply.status == 200:
        return warning('The token endpoint takes a made-up code.', 'Ask those who run the provider; it is not safe.')
    if reply.status in {400, 403}:
        return note(f'It cannot be told: the provider answers HTTP status {reply.status} and does not say why.')
    return problem(
        f'No token endpoint answers there: HTTP status {reply.status}.',
        'Check token_endpoint in the discovery document.',
    )


def judge_authentication(offered: Collection[str] | None, *, has_secret: bool) -> Finding:
    """Whether the app can authenticate in one of the ways that the provider offers.

    `offered` is None where the document does not say, which means client_secret_basic (Discovery §3).
    """
    if not has_secret:
        if offered is None or 'none' in offered:
            return ok('A public client with PKCE, since no OIDC_CLIENT_SECRET is set.')
        return note(
            'No OIDC_CLIENT_SECRET is set, and the provider does not list clients without one (none).',
            'That is fine if the client is accepted all the same; else set OIDC_CLIENT_SECRET.',
        )
    usable = sorted({'client_secret_basic', 'client_secret_post'} & set(offered or ['client_secret_basic']))
    if usable:
        return ok(f'With a secret, which the provider takes ({", ".join(usable)}).')
    return problem(
        f'OIDC_CLIENT_SECRET is set, but the provider lists only {quoted(", ".join(sorted(offered or [])))}.',
        'Have it take client_secret_basic or client_secret_post, or register a public client and leave the secret out.',
    )


async def _redeem(examination: Examination, registration: Registration) -> Reply:
    url = urlsplit(examination.url('token_endpoint'))
    if url.scheme != 'https' and url.hostname not in LOOPBACK_HOSTS:
        raise CannotTell('The token endpoint is not https, so the client’s secret was not sent there.')
    request = examination.callback_request(examination.settings.callback_uri)
    post = code_token_request(examination.metadata(), registration, request, f'{UNKNOWN}-code')
    return await examination.probe.look('POST', post.url, headers=post.headers, content=post.body)


_SUSPECTS = {  # has_secret, id_is_known
    (True, True): 'it knows the ID, so OIDC_CLIENT_SECRET is wrong',
    (True, False): 'OIDC_CLIENT_ID is wrong, or OIDC_CLIENT_SECRET',
    (False, True): 'it knows the ID, so OIDC_CLIENT_SECRET has to be set',
    (False, False): 'OIDC_CLIENT_ID is wrong, or OIDC_CLIENT_SECRET has to be set',
}


async def _id_is_known(examination: Examination) -> bool:
    try:
        answers = [await examination.callback(), await examination.silent()]
        stranger = await examination.stranger()
    except CannotTell:
        return False
    return any(answer.kind == 'back' or answer.names_redirect_uri for answer in answers) and stranger.kind != 'back'


def _is_refused(reply: Reply) -> bool:
    return _error(reply) == 'invalid_client' or reply.status == 401


def _error(reply: Reply) -> str:
    error = (reply.document or {}).get('error')
    return error if isinstance(error, str) and reply.status >= 400 else ''


def _description(reply: Reply) -> str:
    description = (reply.document or {}).get('error_description')
    return description if isinstance(description, str) else ''
