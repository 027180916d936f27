"""What an API answered, for a person to read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, quote_plus

from ..errors import AuthError
from .bearer_auth import Renewal
from .www_authenticate import Challenge

MAX_BODY = 10_000  # characters that are shown
REDACTED = '[access token]'

RENEWALS: dict[Renewal, str] = {
    'none': '',
    'first': 'The token had expired, so it was renewed first.',
    'repeated': 'The API refused the token, so it was renewed and the call repeated.',
    'failed': 'The API refused the token, and it could not be renewed.',
}


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer, without the access token should the API have echoed it.

    `seconds` is how long the API took for its last word; `renewal` what had to be done about the token on the way, and
    `failure` why it could not be renewed. `granted` are the scopes of the session; `sent_token` is whether the call
    had the token.
    """

    status: int
    seconds: float
    content_type: str
    body: str
    is_cut: bool
    challenge: Challenge
    granted: frozenset[str]
    sent_token: bool
    renewal: Renewal = 'none'
    failure: AuthError | None = None

    @property
    def is_json(self) -> bool:
        kind = self.content_type.split(';')[0].strip().lower()
        return kind == 'application/json' or kind.endswith('+json')

    @property
    def heading(self) -> str:
        """The status, and its name (RFC 9110 §15)."""
        names = {status.value: status.phrase for status in HTTPStatus}
        return f'{self.status} {names.get(self.status, "")}'.rstrip()

    def in_words(self) -> str:
        """What it means for the person."""
        if self.status == 401:
            return _refused(self)
        if self.status == 403 and not self.sent_token:
            return 'The API lets nobody do this without an access token.'
        if self.challenge.error == 'insufficient_scope':
            return _not_allowed(self.challenge, self.granted)
        if self.status in MEANINGS:
            return MEANINGS[self.status]
        if self.status < 300:
            return 'It worked.' if self.is_json or not self.body else _no_json(self.content_type)
        if self.status < 400:
            return 'The API points elsewhere. It is not followed there, since the token is for this API only.'
        if self.status < 500:
            return 'The API does not take this request.'
        return 'The API has a problem of its own. You are still logged in; try again in a moment.'


MEANINGS = {
    201: 'It worked: something new was made.',
    204: 'It worked, and there is nothing to show.',
    400: 'The API cannot make sense of what was sent.',
    403: 'The API knows who you are, and does not let you do this.',
    404: 'The API has nothing at this address. Is API_URL right?',
    429: 'The API was asked too often. Wait a moment, then try again.',
}


def _refused(answer: ApiAnswer) -> str:
    if not answer.sent_token:
        return 'The API wants an access token, even here.'
    if answer.failure is not None:
        return f'{answer.failure.title}. {answer.failure.advice}'
    return (
        'The API refused a token that is brand-new: it does not accept those of this sign-in service. Does it expect '
        'another issuer, or another audience (OIDC_AUDIENCE)?'
    )


def _not_allowed(challenge: Challenge, granted: frozenset[str]) -> str:
    has = ' '.join(sorted(granted)) or 'none'
    missing = challenge.missing(granted)
    if not missing:
        return f'A scope is missing, and the API does not say which. You were granted: {has}.'
    what = f'the scope {missing[0]} was' if len(missing) == 1 else f'the scopes {", ".join(missing)} were'
    return f'You may not do this: {what} not granted to you. You were granted: {has}.'


def _no_json(content_type: str) -> str:
    return f'It worked, but the answer is no JSON ({content_type or "of no stated type"}); here it is as text.'


def without_token(text: str, token: str, *, is_cut: bool = False) -> str:
    """The text with the token redacted, in each form that an echo may have; `is_cut`: the text may end amid it."""
    for form in sorted({token, quote(token, safe=''), quote_plus(token), json.dumps(token)[1:-1]}, key=len):
        if not form:
            continue
        text = text.replace(form, REDACTED)
        if is_cut:
            text = text.removesuffix(_beginning_at_end(text, form))
    return text


def readable(text: str, token: str, *, is_cut: bool) -> str:
    """The body as it is shown: JSON indented, the token redacted before and after that, no longer than `MAX_BODY`."""
    text = without_token(text, token, is_cut=is_cut)
    if not is_cut:
        text = without_token(_indented(text), token)
    return text[:MAX_BODY].encode(errors='replace').decode()  # JSON may have halves of characters


def _indented(text: str) -> str:
    """JSON for people to read; any other text as it is, and JSON that is nested too deeply."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _beginning_at_end(text: str, form: str) -> str:
    lengths = range(min(len(form), len(text)), 0, -1)
    return next((form[:length] for length in lengths if text.endswith(form[:length])), '')
