"""Whether the redirect URIs are registered, by really asking the authorization endpoint."""

from __future__ import annotations

from .answer import Answer
from .examination import CONTROL_URI, Examination
from .finding import Finding, note, ok, problem, quoted, skipped, warning

_UNCLEAR = 'Sign in once with the app, and let it renew: that shows it.'


async def check_callback(examination: Examination) -> Finding:
    """BASE_URL/callback, where sign-ins end."""
    answer, sibling = await examination.callback(), await examination.silent()
    return await _judge(examination, examination.settings.callback_uri, answer, sibling)


async def check_silent(examination: Examination) -> Finding:
    """BASE_URL/silent, where renewals end; asked without `response_mode` if the provider dislikes that."""
    if examination.settings.signs_in_elsewhere:
        return ok(f'{examination.settings.silent_uri} is not used: people sign in in another browser (NATIVE_LOGIN).')
    answer, sibling = await examination.silent(), await examination.callback()
    if answer.kind != 'back':
        answer = await examination.silent_without_mode()
    return await _judge(examination, examination.settings.silent_uri, answer, sibling)


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
        return note('It cannot be told: the provider answers everything alike.')
    return ok('An address that is not registered is refused.')


async def _judge(examination: Examination, uri: str, answer: Answer, sibling: Answer) -> Finding:
    if answer.kind == 'back':
        return judge_redirect_uri(uri, answer)
    control = await examination.control()
    stranger = await examination.stranger() if answer.kind == 'refused' else None
    return judge_redirect_uri(
        uri,
        answer,
        control,
        stranger,
        sibling_is_known=sibling.kind == 'back',
        client_is_accepted=examination.client_is_accepted,
    )


def judge_redirect_uri(
    uri: str,
    answer: Answer,
    control: Answer | None = None,
    stranger: Answer | None = None,
    *,
    sibling_is_known: bool = False,
    client_is_accepted: bool | None = None,
) -> Finding:
    """What the answer says of `uri`.

    `control` is the answer to an address that cannot be registered, `stranger` that to a client that cannot exist;
    `sibling_is_known`: another of our addresses was answered there, so the provider does answer. `client_is_accepted`,
    None where that is not known: then only the address can be what is refused (RFC 6749 §4.1.2.1).
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
        return warning(f'It cannot be told: the provider fails at it.{said}', _UNCLEAR)
    if answer.kind == 'refused' and stranger is not None and answer.resembles(stranger) and not client_is_accepted:
        if client_is_accepted is None:
            return note(f'It cannot be told: the provider refuses everything alike.{said}', _UNCLEAR)
        return skipped(f'It cannot be told before the client is accepted.{said}')
    if answer.kind == 'refused' and is_alike:
        return not_registered
    if answer.kind == 'refused':
        return problem(f'The provider refuses a request that leads to {uri}.{said}', 'Its words above say why.')
    if is_alike:
        return note(
            'It cannot be told: the provider answers any address alike, without going back to the app.', _UNCLEAR
        )
    return ok(f'{uri} seems to be registered: an address that is not is answered in another way.')
