"""The token that only a form of ours has."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import CsrfFailed
from app.web.csrf import Csrf

SECRET = 'k' * 32


def test_a_browsers_own_token_is_taken() -> None:
    csrf = Csrf(SECRET)
    csrf.check('a-browser', csrf.token('a-browser'))


def test_it_is_the_same_on_every_machine_with_the_same_key() -> None:
    Csrf(SECRET).check('a-browser', Csrf(SECRET).token('a-browser'))


@pytest.mark.parametrize(
    'token',
    [
        pytest.param(None, id='missing'),
        pytest.param('', id='empty'),
        pytest.param('0' * 64, id='guessed'),
        pytest.param('é', id='not ascii'),
        pytest.param(42, id='a number'),
        pytest.param(b'bytes', id='bytes'),
        pytest.param(Csrf(SECRET).token('another-browser'), id='of another browser'),
        pytest.param(Csrf('x' * 32).token('a-browser'), id='of another key'),
        pytest.param(Csrf(SECRET).token('a-browser')[:-1], id='cut off'),
        pytest.param(Csrf(SECRET).token('a-browser').upper(), id='in upper case'),
    ],
)
def test_any_other_token_is_refused(token: Any) -> None:
    with pytest.raises(CsrfFailed):
        Csrf(SECRET).check('a-browser', token)


def test_a_token_tells_neither_the_browser_nor_the_key() -> None:
    token = Csrf(SECRET).token('a-browser')
    assert 'a-browser' not in token
    assert SECRET not in token
    assert len(token) == 64
