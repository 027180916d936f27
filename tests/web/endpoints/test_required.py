"""Endpoints that want something of who calls: a role, a scope, a check."""

from typing import Any

import pytest

from app.sessions.session import Session
from app.web.endpoints.person import EndpointUser
from tests.provider import APP_URL
from tests.renewal.conftest import SignedIn
from tests.web.endpoints.conftest import Host, guarded


async def test_the_endpoint_says_what_is_missing(host: Host, session: Session) -> None:
    answer = await host.http.get(guarded(host, role='owner'))
    assert (answer.status_code, answer.json()) == (403, {'detail': 'This needs the role owner.'})
    assert answer.headers['WWW-Authenticate'] == (
        f'Bearer realm="{APP_URL}", error="insufficient_scope", error_description="This needs the role owner."'
    )
    assert answer.headers['Cache-Control'] == 'no-store'


@pytest.mark.usefixtures('session')
@pytest.mark.parametrize(
    ('requirement', 'status'),
    [
        ({}, 200),
        ({'role': 'admin'}, 200),
        ({'role': 'Domain Users'}, 200),
        ({'role': ['admin', 'Domain Users']}, 200),
        ({'role': ['admin', 'owner']}, 403),
        ({'role': 'Domain'}, 403),
        ({'scope': 'openid profile'}, 200),
        ({'scope': ['openid', 'email']}, 200),
        ({'scope': 'openid write'}, 403),
        ({'role': 'admin', 'scope': 'write'}, 403),
        ({'check': lambda user: user.email == 'alice@example.com'}, 200),
        ({'check': lambda user: user.email == 'bob@example.com'}, 403),
        ({'check': lambda user: None}, 403),
        ({'role': 'owner', 'check': lambda user: True}, 403),
    ],
)
async def test_who_is_let_in(host: Host, requirement: dict[str, Any], status: int) -> None:
    assert (await host.http.get(guarded(host, **requirement))).status_code == status


async def test_the_scopes_of_a_token_count(host: Host, alice: SignedIn) -> None:
    answer = await host.with_token(guarded(host, scope='openid write'), alice.session.tokens.access_token)
    assert answer.status_code == 403
    assert 'scope="write"' in answer.headers['WWW-Authenticate']


@pytest.mark.usefixtures('session')
async def test_a_check_that_has_to_be_awaited_lets_nobody_in(host: Host) -> None:
    async def check(_: EndpointUser) -> bool:
        return False

    with pytest.raises(TypeError, match='asynchronous'):
        host.endpoints.required(check=check)  # type: ignore[arg-type]  # as somebody without mypy does
    path = guarded(host, check=lambda user: check(user))
    with pytest.raises(TypeError, match='asynchronous'):
        await host.http.get(path)
