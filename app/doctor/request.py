"""Whether what the app asks for is accepted: scope, audience, PKCE, response mode."""

from __future__ import annotations

from collections.abc import Collection

from .answer import Answer
from .examination import Examination
from .finding import CannotTell, Finding, note, ok, problem, quoted, warning

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


async def check_request(examination: Examination) -> Finding:
    """Whether nothing in the request is refused; that nobody is signed in is as it should be."""
    answer = await _answered(examination)
    return judge_request(answer, examination.registration.scope)


async def check_pkce(examination: Examination) -> Finding:
    """Whether the provider takes part in PKCE with S256 (RFC 7636 §4.2)."""
    methods = examination.discovered.get('code_challenge_methods_supported')
    return judge_pkce(methods if isinstance(methods, list) else None, await _refusal(examination))


async def check_response_mode(examination: Examination) -> Finding:
    """Where the silent frame finds its answer: the fragment, which no server logs, or else the query."""
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
    if answer.error in _NEEDS_A_PERSON or answer.names_pkce:
        return ok(f'A request for {scope} is accepted.')
    if answer.error in {'server_error', 'temporarily_unavailable'}:
        return warning(f'It cannot be told: the provider has a problem ({quoted(answer.said)}).', 'Try again later.')
    return problem(
        f'The provider refuses a request for {scope}: {quoted(answer.said)}.',
        _ADVICE.get(answer.error, 'Its words above say why; check OIDC_SCOPE and OIDC_AUDIENCE.'),
    )


def judge_pkce(methods: Collection[object] | None, refusal: Answer | None) -> Finding:
    """`methods` is None where the document does not say; `refusal` the answer that has PKCE to complain about."""
    if refusal is not None:
        return problem(
            f'The provider refuses PKCE: {quoted(refusal.said)}.', 'Allow code_challenge_method S256 for this client.'
        )
    if methods is None:
        return note('The document does not say; a request with it was not refused, so it is taken or passed over.')
    if 'S256' in methods:
        return ok('S256 is offered, and a request with it is accepted.')
    return problem(
        f'The provider offers {quoted(", ".join(map(str, methods)) or "nothing")}, but the app always uses S256.',
        'Allow code_challenge_method S256 at the provider.',
    )


def judge_response_mode(answer: Answer, plain: Answer | None, *, asked: str) -> Finding:
    """`plain` is the answer to the same request without `response_mode`, where that was needed."""
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
    """An answer that went back to the app; without a response mode, so that it cannot be about that."""
    for answer in (await examination.callback(), await examination.silent_without_mode()):
        if answer.kind == 'back':
            return answer
    raise CannotTell('There was no answer at the app’s addresses to look at.')


async def _refusal(examination: Examination) -> Answer | None:
    answers = [await examination.callback(), await examination.silent()]
    return next((answer for answer in answers if answer.names_pkce), None)
