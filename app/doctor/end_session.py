"""Whether logging out ends the provider's session too (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

import re

from .answer import Answer
from .examination import CONTROL_URI, Examination
from .finding import Finding, note, ok, quoted, warning

_REDIRECT = re.compile(r'redirect|return[ _-]?to|logout url', re.I)


async def check_end_session(examination: Examination) -> Finding:
    """Whether there is such a place, and whether it takes the address that it is to lead back to."""
    if not isinstance(examination.discovered.get('end_session_endpoint'), str):
        return warning(
            'The document has no end_session_endpoint: Log out ends the session here, but not at the provider.',
            'Switch it on at the provider, if it can (Auth0: Settings > Advanced > OAuth).',
        )
    examination.need('base_url')
    uri = examination.settings.post_logout_uri
    answer = await _asked(examination, 'end session', uri)
    control = await _asked(examination, 'end session control', CONTROL_URI)
    return judge_end_session(uri, answer, control)


def judge_end_session(uri: str, answer: Answer, control: Answer) -> Finding:
    """Asked with no session and no hint, a provider may refuse, or ask the person first, without looking at `uri`."""
    if answer.kind in {'failed', 'unreachable'}:
        return warning(f'The end session endpoint fails: {quoted(answer.said)}.', 'Log out, and see where it ends.')
    if answer.kind == 'refused' and _REDIRECT.search(answer.said) and 'id_token_hint' not in answer.said:
        return warning(
            f'Log out would end on an error page: {uri} is not registered. The provider says {quoted(answer.said)}.',
            f'Register it at the provider as a post-logout redirect URI: {uri}',
        )
    if answer.resembles(control):
        return note(f'It is there. Whether {uri} is registered shows only when somebody logs out.')
    if answer.kind == 'refused':
        return warning(
            f'Log out would end on an error page: the provider says {quoted(answer.said)}.',
            f'Register {uri} at the provider as a post-logout redirect URI.',
        )
    return ok(f'It is there, and {uri} is registered.')


async def _asked(examination: Examination, name: str, uri: str) -> Answer:
    return await examination.ask(name, examination.end_session_url(uri), uri)
