"""What tells a form of ours from a forged one."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import CsrfFailed
from app.web.csrf import Csrf

SECRET, BASE_URL = 'k' * 32, 'http://localhost:8080'
CSRF = Csrf(SECRET, BASE_URL)
TOKEN = CSRF.token('a-session')


def is_taken(token: object = None, **headers: str) -> bool:
    """With these headers, whose names have `_` for `-`."""
    try:
        CSRF.check({name.replace('_', '-'): value for name, value in headers.items()}, 'a-session', token)
    except CsrfFailed:
        return False
    return True


@pytest.mark.parametrize('site', ['same-site', 'cross-site', 'none', '', 'same-origin, cross-site', 'Same-Origin'])
@pytest.mark.parametrize('token', [None, TOKEN])
def test_only_a_page_of_ours_sends_a_form(site: str, token: str | None) -> None:
    """Another port of localhost is `same-site`, and no `SameSite` cookie tells it from us."""
    assert is_taken(token, Sec_Fetch_Site='same-origin', Origin='null')
    assert not is_taken(token, Sec_Fetch_Site=site, Origin=BASE_URL)


def test_an_origin_has_no_path() -> None:
    """RFC 6454 §7"""
    below = Csrf(SECRET, f'{BASE_URL}/gui')
    assert below.is_ours({'Origin': BASE_URL})
    assert below.is_ours({'Origin': f'{BASE_URL}/gui'}) is False


@pytest.mark.parametrize(
    'origin', ['http://localhost:9000', 'https://localhost:8080', 'http://localhost:8080.evil.example', '', 'http://']
)
def test_without_it_the_origin_decides(origin: str) -> None:
    assert is_taken(Origin=BASE_URL)
    assert not is_taken(TOKEN, Origin=origin)


@pytest.mark.parametrize('headers', [{}, {'Origin': 'null'}])
def test_where_nothing_is_said_the_token_decides(headers: dict[str, str]) -> None:
    assert is_taken(TOKEN, **headers)
    assert not is_taken('0' * 64, **headers)
    assert not is_taken(**headers)


def test_it_is_the_same_on_every_machine_with_the_same_key() -> None:
    assert CSRF.is_token('a-session', Csrf(SECRET, BASE_URL).token('a-session'))


@pytest.mark.parametrize(
    'token',
    [
        pytest.param(None, id='missing'),
        pytest.param('', id='empty'),
        pytest.param('0' * 64, id='guessed'),
        pytest.param('é', id='not ascii'),
        pytest.param(42, id='a number'),
        pytest.param(b'bytes', id='bytes'),
        pytest.param(CSRF.token('another-session'), id='of another session'),
        pytest.param(Csrf('x' * 32, BASE_URL).token('a-session'), id='of another key'),
        pytest.param(TOKEN[:-1], id='cut off'),
        pytest.param(TOKEN.upper(), id='in upper case'),
    ],
)
def test_any_other_token_is_refused(token: Any) -> None:
    assert not is_taken(token)


def test_a_token_tells_neither_the_session_nor_the_key() -> None:
    assert 'a-session' not in TOKEN
    assert SECRET not in TOKEN
    assert len(TOKEN) == 64
