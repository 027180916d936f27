"""The requests that a browser takes to the provider: to sign in, to renew, to log out. Are they accepted?"""

from __future__ import annotations

import re
from collections.abc import Collection

from .answer import Answer
from .examination import CONTROL_URI, NO_FRAME, Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, skipped, unclear, warning

_UNCLEAR = 'Sign in once with the app, and let it renew: that shows it.'
_NAMES_LOGOUT_URI = re.compile(r'redirect|return[ _-]?to|logout url', re.I)
_NEEDS_A_PERSON = frozenset(
    {'', 'login_required', 'interaction_required', 'consent_required', 'account_selection_required'}
)
_ADVICE = {
    'invalid_scope': 'Check OIDC_SCOPE, and which scopes the client may ask for at the provider.',
    'invalid_target': 'Check OIDC_AUDIENCE.',
    'unauthorized_client': 'Allow the authorization code flow (“standard flow”) for this client at the provider.',
    'unsupported_response_type': 'Allow the authorization code flow (response type code) for this client.',
    'access_denied': 'Check what the client may do at the provider, and OIDC_AUDIENCE.',
}


async def check_callback(examination: Examination) -> Finding:
    """Whether BASE_URL/callback, where sign-ins end, is registered."""
    answer, sibling = await examination.callback(), await examination.silent()
    return await _compared(examination, examination.settings.callback_uri, answer, sibling)


async def check_silent(examination: Examination) -> Finding:
    """Whether BASE_URL/silent is registered; asked without `response_mode` if the provider dislikes that."""
    if 'iframe' not in examination.settings.methods:
        return ok(f'{examination.settings.silent_uri} is not used: {NO_FRAME}.')
    answer, sibling = await examination.silent(), await examination.callback()
    if answer.kind != 'back':
        answer = await examination.silent_without_mode()
    return await _compared(examination, examination.settings.silent_uri, answer, sibling)


async def check_other_uris(examination: Examination) -> Finding:
    """Whether answers go to registered addresses only, by an address that cannot be one."""
    known, control = await examination.callback(), await examination.control()
    if control.kind == 'back':
        return warning(
            f'The provider sends answers to any address, even to {CONTROL_URI}.',
            'Anybody can have codes sent to themselves: have it insist on registered redirect URIs.',
        )
    if control.kind == 'unreachable':
        return skipped('The authorization endpoint did not answer.')
    if known.kind != 'back' and known.resembles(control):
        return unclear('the provider answers everything alike.')
    return ok('An address that is not registered is refused.')


async def _compared(examination: Examination, uri: str, answer: Answer, sibling: Answer) -> Finding:
    if answer.kind == 'back':
        return judge_redirect_uri(uri, answer)
    control = await examination.control()
    stranger = await examination.stranger() if answer.kind in {'refused', 'page'} else None
    return judge_redirect_uri(
        uri,
        answer,
        control,
        stranger,
        sibling_is_known=sibling.kind == 'back',
        client_is_accepted=examination.client_is_accepted,
        sign_in=await examination.sign_in() if uri == examination.settings.callback_uri else None,
    )


def judge_redirect_uri(
    uri: str,
    answer: Answer,
    control: Answer | None = None,
    stranger: Answer | None = None,
    *,
    sibling_is_known: bool = False,
    client_is_accepted: bool | None = None,
    sign_in: Answer | None = None,
) -> Finding:
    """What the answer says of `uri`.

    `control` is the answer to an address that cannot be registered, `stranger` that to a client that cannot exist;
    `sibling_is_known`: another of our addresses was answered there, so the provider does answer. `client_is_accepted`,
    None where that is not known: then only the address can be what is refused (RFC 6749 §4.1.2.1). `sign_in` is the
    answer to a request that leaves the provider free to show a page.
    """
    said = f' It says {quoted(answer.said)}.' if answer.said else ''
    not_registered = problem(f'{uri} is not registered.{said}', f'Register it at the provider as a redirect URI: {uri}')
    is_alike = control is not None and answer.resembles(control)
    if answer.kind == 'back':
        return ok(f'{uri} is registered.')
    if answer.kind == 'unreachable':
        return problem(f'The authorization endpoint cannot be reached: {quoted(answer.words)}.', 'Check the network.')
    if answer.names_redirect_uri or (is_alike and sibling_is_known):
        return not_registered
    if answer.kind == 'failed':
        return warning(f'It cannot be told: the provider fails at it.{said}', _UNCLEAR, 'not tried')
    names_client = stranger is not None and answer.names_client and stranger.names_client
    if names_client and client_is_accepted and is_alike:
        return not_registered
    if names_client:
        return skipped(f'It cannot be told before the provider knows the client.{said}')
    if answer.kind == 'refused' and stranger is not None and answer.resembles(stranger) and not client_is_accepted:
        if client_is_accepted is None:
            if sign_in is not None and sign_in.kind == 'refused':
                return problem(
                    f'The provider refuses a sign-in, as it does for a client that it does not know.{said}',
                    f'Check OIDC_CLIENT_ID, and that {uri} is registered at the provider as a redirect URI.',
                )
            return unclear(f'the provider refuses everything alike.{said}', _UNCLEAR)
        return skipped(f'It cannot be told before the client is accepted.{said}')
    if answer.kind == 'refused' and is_alike:
        return not_registered
    if answer.kind == 'refused':
        return problem(f'The provider refuses a request that leads to {uri}.{said}', 'Its words above say why.')
    if is_alike:
        return unclear('the provider answers any address alike, without going back to the app.', _UNCLEAR)
    return note(f'{uri} seems to be registered: an address that is not is answered in another way.', certainty='likely')


async def check_request(examination: Examination) -> Finding:
    """Whether nothing in the request is refused; that nobody is signed in is as it should be."""
    answer = await _answered(examination)
    return judge_request(answer, examination.registration.scope)


async def check_pkce(examination: Examination) -> Finding:
    """Whether the provider takes part in PKCE with S256 (RFC 7636 §4.2)."""
    methods = examination.discovered.get('code_challenge_methods_supported')
    answers = [await examination.callback(), await examination.silent()]
    return judge_pkce(
        methods if isinstance(methods, list) else None,
        next((answer for answer in answers if answer.names_pkce), None),
        is_accepted=any(answer.kind == 'back' and answer.error in _NEEDS_A_PERSON for answer in answers),
    )


async def check_response_mode(examination: Examination) -> Finding:
    """Where the silent frame finds its answer: the fragment, which no server logs, or else the query."""
    if 'iframe' not in examination.settings.methods:
        return ok(f'There is no silent answer: {NO_FRAME}.')
    metadata = examination.metadata()
    if not metadata.response_modes & {'fragment', 'query'}:
        return note('The provider lists neither fragment nor query, so the app asks for none; it reads both.')
    answer = await examination.silent()
    plain = (
        await examination.silent_without_mode() if answer.kind != 'back' or answer.error == 'invalid_request' else None
    )
    return judge_response_mode(answer, plain, asked='fragment' if 'fragment' in metadata.response_modes else 'query')


def judge_request(answer: Answer, scope: str) -> Finding:
    """What an error in the authorization response says about the request (RFC 6749 §4.1.2.1)."""
    if answer.names_pkce:
        raise CannotTell('PKCE is refused, and has to be mended first.')
    if answer.error in _NEEDS_A_PERSON:
        return ok(f'A request for {scope} is accepted.')
    if answer.error in {'server_error', 'temporarily_unavailable'}:
        what = f'It cannot be told: the provider has a problem ({quoted(answer.said)}).'
        return warning(what, 'Try again later.', 'not tried')
    return problem(
        f'The provider refuses a request for {scope}: {quoted(answer.said)}.',
        _ADVICE.get(answer.error, 'Its words above say why; check OIDC_SCOPE and OIDC_AUDIENCE.'),
    )


def judge_pkce(methods: Collection[object] | None, refusal: Answer | None, *, is_accepted: bool) -> Finding:
    """What the document offers for PKCE, and what became of a request with it.

    `methods` is None where the document does not say; `refusal` is an answer that complains about PKCE; `is_accepted`:
    a request with it got as far as the question who the person is.
    """
    if refusal is not None:
        return problem(
            f'The provider refuses PKCE: {quoted(refusal.said)}.', 'Allow code_challenge_method S256 for this client.'
        )
    listed = quoted(', '.join(map(str, methods or [])) or 'nothing')
    if methods is not None and 'S256' not in methods:
        seen = 'a request with it was not refused' if is_accepted else 'no request got far enough to show what it does'
        return warning(
            f'Only {listed} is offered, and the app always uses S256; yet {seen}.',
            'Sign in once: if that works, only the document is wrong; else allow code_challenge_method S256.',
            'likely',
        )
    offers = 'the document does not say' if methods is None else f'{listed} is offered'
    if not is_accepted:
        return unclear(f'{offers}, and no request with PKCE got as far as an answer that would show it.')
    if methods is None:
        return note('The document does not say; a request with it was not refused.', certainty='likely')
    return ok('S256 is offered, and a request with it is accepted.')


def judge_response_mode(answer: Answer, plain: Answer | None, *, asked: str) -> Finding:
    """Whether an answer comes as it was asked for.

    `plain` is the answer to the same request without `response_mode`, None where nothing had to be compared.
    """
    if plain is not None and plain.kind == 'back' and plain.error != answer.error:
        if answer.kind == 'back':
            return note(f'The provider lists {asked}, but refuses it ({quoted(answer.said)}); the app goes without.')
        return problem(
            f'The provider lists response_mode={asked}, but answers a request with it on a page of its own.',
            'Have the provider honour it, or renew by refresh token (RENEWAL, and offline_access in OIDC_SCOPE).',
        )
    if answer.kind != 'back':
        raise CannotTell('There was no answer at /silent to look at.')
    if answer.in_fragment:
        return ok('The answer to the silent frame comes in the fragment, which reaches no server’s log.')
    if asked == 'fragment':
        return note('The answer comes in the query, although the fragment was asked for; the app reads both.')
    return ok('The answer comes in the query.')


async def _answered(examination: Examination) -> Answer:
    """An answer that went back to the app; no response mode was asked for, so that none can be what was refused."""
    for answer in (await examination.callback(), await examination.silent_without_mode()):
        if answer.kind == 'back':
            return answer
    raise CannotTell('There was no answer at the app’s addresses to look at.')


async def check_end_session(examination: Examination) -> Finding:
    """Whether logging out ends the provider's session too, and leads back (OpenID Connect RP-Initiated Logout)."""
    if not isinstance(examination.discovered.get('end_session_endpoint'), str):
        return warning(
            'The document has no end_session_endpoint: Log out ends the session here, but not at the provider.',
            'Switch it on at the provider, if it can (Auth0: Settings > Advanced > OAuth).',
        )
    examination.need('base_url')
    uri = examination.settings.post_logout_uri
    answer = await examination.end_session(uri)
    control = await examination.end_session(CONTROL_URI)
    return judge_end_session(uri, answer, control)


def judge_end_session(uri: str, answer: Answer, control: Answer) -> Finding:
    """What the answer says of `uri`, compared with the answer to an address that cannot be registered.

    Without a session and a hint a provider may refuse, or ask the person first, before it looks at the address.
    """
    if answer.kind in {'failed', 'unreachable'}:
        return warning(f'The end session endpoint fails: {quoted(answer.said)}.', 'Log out, and see where it ends.')
    is_named = answer.kind == 'refused' and _NAMES_LOGOUT_URI.search(answer.said)
    if (is_named or 'post_logout_redirect_uri' in answer.words) and 'id_token_hint' not in answer.said:
        return warning(
            f'Log out would end on an error page: {uri} is not registered. The provider says {quoted(answer.said)}.',
            f'Register it at the provider as a post-logout redirect URI: {uri}',
        )
    if answer.resembles(control):
        return note(f'It is there. Whether {uri} is registered shows only when somebody logs out.', '', 'not tried')
    if answer.kind == 'refused':
        return warning(
            f'Log out would end on an error page: the provider says {quoted(answer.said)}.',
            f'Register {uri} at the provider as a post-logout redirect URI.',
            'likely',
        )
    return ok(f'It is there, and {uri} is registered.')
