"""What an API's answer means, and that the token is not in it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from app.api.answer import REDACTED, ApiAnswer, readable
from app.api.www_authenticate import Challenge

OPAQUE = 'a+b/c=d "e" f'


@pytest.mark.parametrize('echo', [OPAQUE, quote(OPAQUE, safe=''), quote_plus(OPAQUE), json.dumps(OPAQUE)[1:-1]])
@pytest.mark.parametrize('is_cut', [False, True])
def test_a_token_with_special_characters_is_redacted_in_each_form(echo: str, is_cut: bool) -> None:
    assert readable(f'[{echo}]', OPAQUE, is_cut=is_cut) == f'[{REDACTED}]'


def answer(status: int, **values: Any) -> ApiAnswer:
    usual: dict[str, Any] = {
        'seconds': 0.1,
        'content_type': 'application/json',
        'body': '{}',
        'is_cut': False,
        'challenge': Challenge(),
        'granted': frozenset({'openid', 'read:messages'}),
        'sent_token': True,
    }
    return ApiAnswer(status, **{**usual, **values})


LACKING = Challenge('insufficient_scope', '', ('read:messages', 'write:messages'))


@pytest.mark.parametrize(
    ('given', 'words'),
    [
        (answer(200), 'It worked.'),
        (answer(200, content_type='application/problem+json; charset=utf-8'), 'It worked.'),
        (answer(200, content_type='text/html'), 'no JSON (text/html)'),
        (answer(200, content_type=''), 'no JSON (of no stated type)'),
        (answer(200, content_type='', body=''), 'It worked.'),
        (answer(204, body=''), 'nothing to show'),
        (answer(400), 'cannot make sense'),
        (answer(403), 'does not let you'),
        (
            answer(403, challenge=LACKING),
            'the scope write:messages was not granted to you. You were granted: openid read',
        ),
        (answer(401, challenge=LACKING), 'OIDC_AUDIENCE'),
        (answer(403, challenge=LACKING, granted=frozenset()), 'the scopes read:messages, write:messages were not'),
        (answer(403, challenge=LACKING, granted=frozenset()), 'You were granted: none.'),
        (answer(403, challenge=Challenge('insufficient_scope')), 'does not say which'),
        (answer(403, challenge=LACKING, sent_token=False), 'without an access token'),
        (answer(404), 'API_URL'),
        (answer(418), 'does not take this'),
        (answer(429), 'too often'),
        (answer(500), 'a problem of its own'),
        (answer(599), 'a problem of its own'),
    ],
)
def test_each_answer_is_put_into_words(given: ApiAnswer, words: str) -> None:
    assert words in given.in_words()


@pytest.mark.parametrize(('status', 'heading'), [(200, '200 OK'), (403, '403 Forbidden'), (599, '599')])
def test_the_heading_names_the_status(status: int, heading: str) -> None:
    assert answer(status).heading == heading
