from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from app.oidc.tokens import Grant, TokenResponse
from app.sessions.session import Session, Tokens
from tests.clock import START

SECRETS = ('the-access-token', 'the-id-token', 'the-refresh-token')


def grant(
    *,
    number: int = 0,
    expires_in: float | None = 120,
    refresh_token: str | None = 'the-refresh-token',
    requested_at: float = START,
    **claims: Any,
) -> Grant:
    """What the provider granted; another `number` has other tokens."""
    suffix = f'-{number}' if number else ''
    access_token, id_token = f'the-access-token{suffix}', f'the-id-token{suffix}'
    tokens = TokenResponse(access_token, id_token, refresh_token, expires_in, 'openid email')
    return Grant(tokens, id_token, {'iss': 'https://op', 'sub': 'alice', **claims}, requested_at)


def test_a_session_begins_with_what_was_granted() -> None:
    session = Session.begin(grant(name='Alice'), {'sub': 'alice', 'email': 'alice@example.com'}, 'browser')
    assert session.subject == 'alice'
    assert session.claims == {'iss': 'https://op', 'sub': 'alice', 'name': 'Alice', 'email': 'alice@example.com'}
    assert session.tokens == Tokens(*SECRETS, 'openid email', START, START + 120)
    assert (session.signed_in_at, session.renewals, session.revision) == (START, 0, 0)


def test_the_id_token_knows_better_than_userinfo() -> None:
    session = Session.begin(grant(name='Alice'), {'sub': 'alice', 'name': 'Somebody'}, 'browser')
    assert session.claims['name'] == 'Alice'


def test_every_session_has_an_id_that_nobody_can_guess() -> None:
    ids = {Session.begin(grant(), {}, 'browser').id for _ in range(100)}
    assert len(ids) == 100
    assert min(len(id) for id in ids) >= 43  # 256 bits


def test_a_renewal_is_a_new_value_and_the_old_one_stays_as_it_was() -> None:
    old = Session.begin(grant(), {}, 'browser')
    new = old.renewed(grant(number=1, requested_at=START + 60), 'iframe')
    assert old.tokens.access_token == 'the-access-token'
    assert new.tokens.access_token == 'the-access-token-1'
    assert (new.tokens.issued_at, new.tokens.expires_at) == (START + 60, START + 180)


def test_a_renewal_keeps_who_it_is_and_when_they_signed_in() -> None:
    old = Session.begin(grant(), {}, 'browser')
    new = old.renewed(grant(number=1, requested_at=START + 60), 'iframe')
    assert (new.id, new.subject, new.signed_in_at) == (old.id, old.subject, old.signed_in_at)


def test_each_renewal_counts() -> None:
    session = Session.begin(grant(), {}, 'browser')
    for number in (1, 2, 3):
        session = session.renewed(grant(number=number), 'iframe')
        assert (session.renewals, session.revision) == (number, number)


@pytest.mark.parametrize(
    ('old', 'new', 'kept'),
    [
        pytest.param('a', 'b', 'b', id='replaced'),
        pytest.param('a', None, 'a', id='not replaced'),
        pytest.param(None, 'b', 'b', id='first'),
        pytest.param(None, None, None, id='none'),
    ],
)
def test_a_refresh_token_stays_until_it_is_replaced(old: str | None, new: str | None, kept: str | None) -> None:
    renewed = Session.begin(grant(refresh_token=old), {}, 'browser').renewed(grant(refresh_token=new), 'iframe')
    assert renewed.tokens.refresh_token == kept


@pytest.mark.parametrize(
    ('expires_in', 'expires_at'),
    [(120, START + 120), (0.5, START + 0.5), (None, None)],
    ids=['two minutes', 'half a second', 'unknown'],
)
def test_the_expiry_counts_from_the_moment_of_the_request(expires_in: float | None, expires_at: float | None) -> None:
    tokens = Tokens.of(grant(expires_in=expires_in))
    assert (tokens.issued_at, tokens.expires_at, tokens.lifetime) == (START, expires_at, expires_in)


@pytest.mark.parametrize(
    ('expires_in', 'age', 'active'),
    [
        pytest.param(120, 0, True, id='new'),
        pytest.param(120, 119.9, True, id='just before'),
        pytest.param(120, 120, False, id='at expiry'),
        pytest.param(120, 500, False, id='long after'),
        pytest.param(None, 1e9, True, id='nobody knows'),
    ],
)
def test_a_session_is_active_until_its_access_token_expires(expires_in: float | None, age: float, active: bool) -> None:
    assert Session.begin(grant(expires_in=expires_in), {}, 'browser').is_active(START + age) == active


@pytest.mark.parametrize('name', ['id', 'subject', 'id_claims', 'userinfo', 'tokens', 'revision'])
def test_a_session_cannot_be_changed(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Session.begin(grant(), {}, 'browser'), name, None)


@pytest.mark.parametrize('name', ['access_token', 'refresh_token', 'expires_at'])
def test_tokens_cannot_be_changed(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Tokens.of(grant()), name, None)


def test_nothing_secret_is_printed() -> None:
    session = Session.begin(grant(email='alice@example.com'), {}, 'browser')
    printed = f'{session!r} {session} {session.tokens!r} {grant()!r}'
    assert not [secret for secret in (*SECRETS, session.id, 'alice@example.com') if secret in printed]
    assert 'Session(' in printed
