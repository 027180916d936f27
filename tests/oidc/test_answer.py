"""The forms that an answer may have, and those that are refused: the table of the file."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.errors import AuthError, CodeRefused, ProviderFailed
from app.errors.codes import by_code
from app.oidc import unsupported
from app.oidc.endpoints.answer import EndpointGone
from app.oidc.unsupported import AnswerUnreadable
from tests.oidc.test_http import answered

NAME = {'name': 'Zoë'}
FORM = 'application/x-www-form-urlencoded'


def answer(content: bytes | str, media_type: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=content, headers={'Content-Type': media_type} if media_type else {})


@pytest.mark.parametrize(
    'media_type',
    [
        'application/json',
        'application/json; charset=utf-8',
        'application/json;charset="UTF-8"',
        'Application/JSON ; charset=utf8; profile=x',
        'application/jwk-set+json',
        'text/json',
        'text/html',
        'application/octet-stream',
        ';;; charset',
        '',
    ],
)
async def test_json_is_read_whatever_media_type_is_named(media_type: str) -> None:
    assert await answered(answer(json.dumps(NAME, ensure_ascii=False).encode(), media_type)) == NAME


@pytest.mark.parametrize(
    ('encoding', 'media_type'),
    [
        pytest.param('utf-8-sig', 'application/json', id='utf-8 with a mark'),
        pytest.param('utf-16', 'application/json', id='utf-16 with a mark'),
        pytest.param('utf-16-le', 'application/json', id='utf-16'),
        pytest.param('utf-32', 'application/json', id='utf-32 with a mark'),
        pytest.param('latin-1', 'application/json; charset=ISO-8859-1', id='latin-1, which is said'),
        pytest.param('cp1252', 'application/json; charset="windows-1252"', id='windows-1252, which is said'),
        pytest.param('utf-8', 'application/json; charset=ISO-8859-1', id='utf-8, though latin-1 is said'),
        pytest.param('utf-8', 'application/json; charset=nonsense', id='utf-8, though nonsense is said'),
    ],
)
async def test_json_is_read_in_the_encodings_that_it_comes_in(encoding: str, media_type: str) -> None:
    assert await answered(answer(json.dumps(NAME, ensure_ascii=False).encode(encoding), media_type)) == NAME


@pytest.mark.parametrize('charset', ['', '; charset=nonsense', '; charset=unicode_escape', '; charset=rot13'])
async def test_bytes_that_are_no_text_are_no_json(charset: str) -> None:
    with pytest.raises(ProviderFailed, match='no usable JSON'):
        await answered(answer('{"name": "Zoë"}'.encode('latin-1'), f'application/json{charset}'))


@pytest.mark.parametrize('status', [200, 400])
@pytest.mark.parametrize(
    ('content', 'media_type', 'named'),
    [
        pytest.param('access_token=a&token_type=bearer&scope=x', FORM, FORM, id='a form'),
        pytest.param('error=invalid_grant', f'{FORM}; charset=utf-8', FORM, id='an error in a form'),
        pytest.param('a.b.c', 'application/jwt', 'application/jwt', id='a JWT'),
        pytest.param(
            '{"access_token": "a", "access_token": "b"}', 'application/json', 'access_token', id='a token twice'
        ),
        pytest.param('{"error": "a", "x": {}, "error": "b"}', 'application/json', 'error', id='an error twice'),
        pytest.param('{"sub": "a", "s\\u0075b": "b"}', 'application/json', 'sub', id='twice, once escaped'),
    ],
)
async def test_a_form_that_is_not_read_is_refused_by_a_code_of_its_own(
    status: int, content: str, media_type: str, named: str
) -> None:
    with pytest.raises(AnswerUnreadable, match=named) as caught:
        await answered(answer(content, media_type, status))
    assert caught.value.code == 'answer_unreadable'


@pytest.mark.parametrize('body', ['{"error": "a", "error": "b"}', 'error=a', '{"access_token": "x"}'])
async def test_a_provider_in_trouble_is_given_the_time_that_it_asks_for_whatever_else_it_says(body: str) -> None:
    with pytest.raises(ProviderFailed) as caught:
        await answered(httpx.Response(503, text=body, headers={'Retry-After': '7', 'Content-Type': FORM}))
    assert (type(caught.value), caught.value.retry_after) == (ProviderFailed, 7)


async def test_what_is_twice_further_down_is_nothing_to_us() -> None:
    assert await answered(answer('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}', '')) == {
        'a': {'b': 2},
        'c': [{'d': 2}],
    }


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308, 404, 405, 410, 421])
async def test_an_address_that_is_no_endpoint_any_more_may_have_moved(status: int) -> None:
    with pytest.raises(EndpointGone):
        await answered(httpx.Response(status, text='<html>'))
    with pytest.raises(CodeRefused):
        await answered(httpx.Response(status, json={'error': 'invalid_grant'}))


@pytest.mark.parametrize(
    'kind',
    [kind for kind in vars(unsupported).values() if isinstance(kind, type) and kind.__module__ == unsupported.__name__],
)
def test_each_form_that_is_not_supported_says_so_to_a_person(kind: type[AuthError]) -> None:
    error: Any = kind()
    assert type(by_code(error.code)) is kind
    assert error.title != kind.__mro__[1].title  # type: ignore[attr-defined]
    assert error.advice.endswith('.')
