"""A client secret that is asked for whenever it is needed."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import ClientSecretUnavailable, TransientError
from app.oidc.client_auth import secret_source
from app.oidc.client_auth.secret_source import SecretSource


class Vault:
    """Something that is called, and waited for."""

    async def __call__(self) -> str:
        await asyncio.sleep(0)
        return 'of a vault'


async def asynchronous() -> str:
    await asyncio.sleep(0)
    return 'asynchronous'


def made() -> Any:
    return asynchronous()


@pytest.mark.parametrize(
    ('ask', 'secret'),
    [
        (lambda: 'plain', 'plain'),
        (asynchronous, 'asynchronous'),
        (Vault(), 'of a vault'),
        (made, 'asynchronous'),
    ],
    ids=['plain', 'asynchronous', 'an object', 'plain, of something to wait for'],
)
async def test_the_secret_comes_from_a_function_of_either_kind(ask: Callable[[], Any], secret: str) -> None:
    assert await SecretSource(ask).secret() == secret


async def test_each_time_it_is_asked_anew() -> None:
    secrets = iter(['first', 'second'])
    source = SecretSource(lambda: next(secrets))
    assert [await source.secret(), await source.secret()] == ['first', 'second']


async def test_a_plain_function_holds_nobody_up() -> None:
    asked_in: list[int] = []

    def ask() -> str:
        asked_in.append(threading.get_ident())
        return 'secret'

    await SecretSource(ask).secret()
    assert asked_in != [threading.get_ident()]


def leaking() -> str:
    raise ValueError('the-old-secret is no longer good')


@pytest.mark.parametrize(
    ('ask', 'says'),
    [
        (leaking, 'ValueError'),
        (lambda: None, 'NoneType'),
        (lambda: '', 'an empty text'),
        (lambda: b'the-old-secret', 'bytes'),
    ],
    ids=['raises', 'gives nothing', 'gives an empty text', 'gives bytes'],
)
async def test_a_secret_that_is_not_to_be_had_is_an_error_that_passes(ask: Callable[[], Any], says: str) -> None:
    with pytest.raises(ClientSecretUnavailable, match=says) as failed:
        await SecretSource(ask).secret()
    assert isinstance(failed.value, TransientError)
    assert failed.value.code == 'client_secret_unavailable'
    shown = ''.join(traceback.format_exception(failed.value))
    assert 'the-old-secret' not in shown


async def test_a_secret_that_takes_too_long_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_source, 'DEADLINE', 0.0)

    async def never() -> str:
        await asyncio.Event().wait()
        return ''

    with pytest.raises(ClientSecretUnavailable, match='not there in 0 s'):
        await SecretSource(never).secret()


def test_it_does_not_show_its_function() -> None:
    assert repr(SecretSource(lambda: 'secret')) == 'SecretSource()'
