"""Whether the provider takes us for who we are, by asking its token endpoint with a code that cannot be valid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..errors import ProviderUnreachable
from ..oidc.client_auth import configured
from ..oidc.client_auth.credential import AppleSecret, MutualTls, PrivateKeyJwt
from ..oidc.client_auth.secret_source import SecretSource
from ..oidc.endpoints.pushed_authorization import is_pushed
from ..oidc.probe import Reply
from .examination import Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, skipped, unclear, warning

METHODS: dict[type, tuple[str, str]] = {  # by the credential: how the client shows itself, and which setting says so
    PrivateKeyJwt: ('private_key_jwt', 'OIDC_PRIVATE_KEY_FILE'),
    AppleSecret: ('client_secret_post', 'OIDC_PRIVATE_KEY_FILE'),
    MutualTls: ('tls_client_auth', 'OIDC_CERT_FILE'),
}
_MAY_NOT = frozenset({'unauthorized_client', 'unsupported_grant_type'})


async def check_client(examination: Examination) -> Finding:
    """Whether client ID and secret are accepted, by a code and a refresh token that are made up.

    A refused code may be the redirect URI's fault; a refresh token has none. An unknown client is the control question.
    """
    registration = examination.registration
    shown_by = METHODS.get(type(registration.credential), ('', 'OIDC_CLIENT_SECRET'))[1]
    has_secret = registration.client_secret is not None or isinstance(
        registration.credential, SecretSource | AppleSecret
    )
    try:
        attempts = Attempts(
            await examination.made_up_code(),
            await examination.made_up_code('stranger'),
            await examination.made_up_refresh_token(),
            await examination.made_up_refresh_token('stranger'),
            await examination.made_up_code('impostor') if has_secret else None,
        )
    except ProviderUnreachable as error:
        return problem(
            f'The token endpoint cannot be reached: {quoted(error)}.', 'Check that this machine may go there.'
        )
    finding = judge_client(
        attempts,
        await _standing(examination),
        has_secret=has_secret or registration.credential is not None,
    ).spelled({'OIDC_CLIENT_SECRET': shown_by})
    if finding.outcome == 'ok' or attempts.is_known:
        examination.client_is_accepted = True
    elif finding.outcome == 'problem':
        examination.client_is_accepted = False
    return finding


async def check_client_authentication(examination: Examination) -> Finding:
    """Whether the provider knows the way in which the app proves who it is."""
    offered = examination.metadata().token_auth_methods
    is_listed = 'token_endpoint_auth_methods_supported' in examination.discovered
    registration = configured.registration(examination.settings)  # a file of no use is this finding
    if (method := METHODS.get(type(registration.credential))) is not None:
        return judge_method(*method, offered if is_listed else None)
    has_secret = registration.client_secret is not None or registration.credential is not None
    return judge_authentication(offered if is_listed else None, has_secret=has_secret)


def judge_method(method: str, setting: str, offered: Collection[str] | None) -> Finding:
    """Whether the provider lists the one method that is configured; None where it lists none."""
    if offered is not None and method in offered:
        return ok(f'By {method} ({setting}), which the provider lists.')
    said = quoted(', '.join(sorted(offered))) if offered else 'nothing'
    return note(f'By {method} ({setting}), but the provider lists {said}.', f'Have it take {method} for this client.')


@dataclass(frozen=True, slots=True)
class Attempts:
    """What the token endpoint answered: to a made-up code and a made-up refresh token, ours and a stranger's.

    `impostor` is the answer to our client ID with a secret that cannot be right, None for a client without one.
    """

    code: Reply
    stranger: Reply
    refresh: Reply
    stranger_refresh: Reply
    impostor: Reply | None = None

    @property
    def is_known(self) -> bool:
        """Whether our client is told apart from a stranger by its being refused only for what it brought."""
        pairs = ((self.code, self.stranger), (self.refresh, self.stranger_refresh))
        return any(error_of(ours) == 'invalid_grant' and is_told_apart(ours, theirs) for ours, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the authorization endpoint says: it knows the client ID, knows no such ID, knows /callback (None: unclear).

    `said` are its own words.
    """

    id_is_known: bool = False
    id_is_unknown: bool = False
    callback_is_known: bool | None = None
    said: str = ''


def judge_client(attempts: Attempts, standing: Standing, *, has_secret: bool) -> Finding:
    """What the replies say of the client (RFC 6749 §5.2), together with what the authorization endpoint does.

    `invalid_grant` is about the code or the refresh token, so the client is accepted, unless a stranger gets the same.
    Some providers answer alike to a wrong secret, an unknown client and a redirect URI that is not registered.
    """
    reply, error = attempts.code, error_of(attempts.code)
    said = f'{error}: {quoted(_description(reply))}' if _description(reply) else error
    if standing.id_is_unknown and not attempts.is_known:
        return problem(
            f'The authorization endpoint does not know the client ID: {quoted(standing.said)}.',
            'Copy OIDC_CLIENT_ID anew from the provider’s page for this client. If it is right, check that the '
            'redirect URIs are registered, which some providers answer alike.',
        )
    if error == 'invalid_grant':
        return _judged_invalid_grant(attempts, standing)
    if is_refused(reply) or error in _MAY_NOT:
        return _judged_refusal(attempts, standing, said or 'HTTP status 401', has_secret=has_secret)
    if reply.status >= 500 or reply.status == 429:
        return warning(
            f'It cannot be told: the token endpoint answers with HTTP status {reply.status}.',
            'Run the doctor again in a while; if it stays so, ask those who run the provider.',
            'not tried',
        )
    if error:
        return unclear(f'the provider answers {said}.')
    if reply.status == 200:
        return warning('The token endpoint takes a made-up code.', 'Ask those who run the provider; it is not safe.')
    if reply.status in {400, 403}:
        return unclear(f'the provider answers HTTP status {reply.status} and does not say why.')
    return problem(
        f'No token endpoint answers there: HTTP status {reply.status}.',
        'Check token_endpoint in the discovery document.',
    )


def _judged_invalid_grant(attempts: Attempts, standing: Standing) -> Finding:
    """The code was refused as such; that means something only where others are refused for what they are."""
    known = ' The authorization endpoint knows the ID.' if standing.id_is_known else ''
    others = [attempts.stranger, *([attempts.impostor] if attempts.impostor else [])]
    if any(reply.status >= 500 or reply.status == 429 for reply in others):
        return unclear(f'a client that cannot be known is answered with no clear refusal.{known}')
    if error_of(attempts.stranger) == 'invalid_grant':
        return unclear(f'the provider answers a client that it does not know in the same way.{known}')
    if attempts.impostor is not None and error_of(attempts.impostor) == 'invalid_grant':
        return unclear('the client ID is known, but a wrong secret is answered in the same way as OIDC_CLIENT_SECRET.')
    return ok('Accepted; only the made-up code was refused, as it should be.')


def _judged_refusal(attempts: Attempts, standing: Standing, said: str, *, has_secret: bool) -> Finding:
    """A code was refused, for the client's sake or the redirect URI's; a refresh token, which has none, may tell."""
    may_not = error_of(attempts.code) in _MAY_NOT and attempts.code.status != 401
    if may_not and standing.callback_is_known:
        return problem(
            f'The client may not redeem codes ({said}).',
            'Allow the authorization code flow (“standard flow”) for this client at the provider.',
        )
    if not may_not and (standing.callback_is_known or is_refused(attempts.refresh)):
        return problem(
            f'It is refused ({said}): {_SUSPECTS[has_secret, standing.id_is_known]}.',
            'Copy OIDC_CLIENT_ID and OIDC_CLIENT_SECRET anew from the provider’s page for this client.',
        )
    what = f'A made-up code is refused ({said}), which is how some answer a redirect URI that is not registered, too'
    if standing.callback_is_known is False:
        return skipped(f'{what}: mend the one for signing in first.')
    return warning(
        f'{what}.', 'Check OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, and the redirect URI for signing in.', 'likely'
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
        return ok(f'With a secret, in a way that the provider lists ({", ".join(usable)}).')
    return problem(
        f'OIDC_CLIENT_SECRET is set, but the provider lists only {quoted(", ".join(sorted(offered or [])))}.',
        'Have it take client_secret_basic or client_secret_post, or register a public client and leave the secret out.',
    )


_SUSPECTS = {  # has_secret, id_is_known
    (True, True): 'it knows the ID, so OIDC_CLIENT_SECRET is wrong',
    (True, False): 'OIDC_CLIENT_ID is wrong, or OIDC_CLIENT_SECRET',
    (False, True): 'it knows the ID, so OIDC_CLIENT_SECRET has to be set',
    (False, False): 'OIDC_CLIENT_ID is wrong, or OIDC_CLIENT_SECRET has to be set',
}


async def _standing(examination: Examination) -> Standing:
    try:
        answers = [await examination.callback(), await examination.silent()]
        stranger, control = await examination.stranger(), await examination.control()
    except CannotTell:
        return Standing()
    callback = answers[0]
    is_known = any(answer.kind == 'back' or answer.names_redirect_uri for answer in answers)
    is_unregistered = callback.names_redirect_uri or (callback.kind == 'refused' and callback.resembles(control))
    return Standing(
        id_is_known=is_known and stranger.kind != 'back' and not stranger.names_redirect_uri,
        id_is_unknown=not is_known
        and not is_pushed(examination.metadata(), examination.registration)  # there the secret counts, too
        and all(found.names_client for found in (*answers, stranger)),
        callback_is_known=True if callback.kind == 'back' else False if is_unregistered else None,
        said=callback.said,
    )


def is_refused(reply: Reply) -> bool:
    """Whether the token endpoint does not take the client for who it says it is."""
    return error_of(reply) == 'invalid_client' or reply.status == 401


def is_told_apart(ours: Reply, theirs: Reply) -> bool:
    """Whether a stranger is clearly refused for another reason than we are."""
    return error_of(theirs) not in {'', error_of(ours)} and theirs.status < 500 and theirs.status != 429


def error_of(reply: Reply) -> str:
    """The error code of the token endpoint's answer (RFC 6749 §5.2), empty if there is none."""
    error = (reply.document or {}).get('error')
    return error if isinstance(error, str) and reply.status >= 400 else ''


def _description(reply: Reply) -> str:
    description = (reply.document or {}).get('error_description')
    return description if isinstance(description, str) else ''
