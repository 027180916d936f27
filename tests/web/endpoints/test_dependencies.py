"""Endpoints behind sign-in: whom they know, and what they say where nobody can tell."""

import asyncio
from functools import partial
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidIdToken, ProviderUnreachable, SessionEnded, SessionIdle, StoreFailed
from app.oidc.id_token import verify_signature
from app.renewal.limits import Limits
from app.sessions.session import Ending, Session
from app.web.endpoints.person import EndpointUser
from tests.clock import START, FakeClock
from tests.oidc.documents import metadata
from tests.oidc.signer import signer
from tests.provider import APP_URL, RecordingProvider
from tests.renewal.conftest import SignedIn
from tests.web.endpoints.conftest import Host, guarded

LOGGED_OUT = {'detail': 'This needs somebody who is signed in, or an access token.'}


@pytest.mark.usefixtures('session')
async def test_a_browser_is_known_by_its_session(host: Host, who: str) -> None:
    answer = await host.http.get(who)
    assert answer.json() == {'name': 'Alice Adams', 'sub': 'demo|alice', 'is_browser': True}


async def test_a_token_is_known_by_its_claims(host: Host, who: str, alice: SignedIn) -> None:
    answer = await host.with_token(who, alice.session.tokens.access_token)
    assert answer.json() == {'name': 'demo|alice', 'sub': 'demo|alice', 'is_browser': False}


@pytest.mark.usefixtures('session')
async def test_the_session_counts_before_the_token(host: Host, who: str) -> None:
    assert (await host.with_token(who, 'nonsense')).json()['is_browser'] is True


async def test_nobody_is_nobody_where_that_is_allowed(host: Host, who: str) -> None:
    answer = await host.http.get(who)
    assert (answer.status_code, answer.json()) == (200, None)
    assert 'Set-Cookie' not in answer.headers


async def test_nobody_is_asked_for_a_token_where_somebody_is_needed(host: Host) -> None:
    """RFC 6750 §3.1: no error code where nothing was sent."""
    answer = await host.http.get(guarded(host))
    assert (answer.status_code, answer.json()) == (401, LOGGED_OUT)
    assert answer.headers['WWW-Authenticate'] == f'Bearer realm="{APP_URL}"'
    assert answer.headers['Cache-Control'] == 'no-store'


async def test_another_scheme_is_none_of_ours(host: Host, who: str) -> None:
    headers = {'Authorization': 'Basic YTpi'}
    assert (await host.http.get(who, headers=headers)).json() is None
    assert (await host.http.get(guarded(host), headers=headers)).status_code == 401


@pytest.mark.parametrize('path', ['who', 'guarded'])
async def test_a_bad_token_is_told_why_also_where_nobody_is_needed(host: Host, who: str, path: str) -> None:
    answer = await host.with_token(who if path == 'who' else guarded(host), 'opaque')
    assert answer.status_code == 401
    assert 'no JWT' in answer.json()['detail']
    assert 'error="invalid_token"' in answer.headers['WWW-Authenticate']
    assert answer.headers['Cache-Control'] == 'no-store'


async def test_an_id_token_is_no_access_token(host: Host, who: str, alice: SignedIn) -> None:
    answer = await host.with_token(who, alice.session.tokens.id_token)
    assert answer.status_code == 401
    assert 'ID token' in answer.json()['detail']


@pytest.mark.parametrize('changes', [{'oidc_audience': None}, {'oidc_audience': 'https://other.example'}])
async def test_a_token_for_somebody_else_is_refused(host: Host, who: str, alice: SignedIn) -> None:
    assert (await host.with_token(who, alice.session.tokens.access_token)).status_code == 401


async def test_a_token_that_has_expired_is_refused(host: Host, who: str, alice: SignedIn, clock: FakeClock) -> None:
    await clock.advance(120 + 60)
    answer = await host.with_token(who, alice.session.tokens.access_token)
    assert (answer.status_code, answer.json()['detail']) == (401, 'The access token has expired.')


@pytest.mark.parametrize('kind', [SessionEnded, SessionIdle])
async def test_a_session_that_has_ended_says_why(
    host: Host, who: str, session: Session, kind: type[SessionEnded]
) -> None:
    await host.context.store.end(session.id, Ending(kind.code, START))
    assert (await host.http.get(who)).json() is None
    answer = await host.http.get(guarded(host))
    assert (answer.status_code, answer.json()['detail']) == (401, f'{kind.title}. {kind.advice}')


@pytest.mark.parametrize('limits', [Limits(idle=600)])
async def test_calling_is_no_activity_and_a_limit_ends_the_session(
    host: Host, who: str, session: Session, clock: FakeClock
) -> None:
    for _ in range(5):
        await clock.advance(100)
        assert (await host.http.get(who)).json() is not None
    await clock.advance(100)
    assert (await host.http.get(who)).json() is None
    assert (await host.http.get(guarded(host))).json()['detail'].startswith(SessionIdle.title)
    kept = await host.context.store.load(session.id)
    assert kept is not None
    assert kept.ended == Ending(SessionIdle.code, START + 600)


@pytest.mark.parametrize('method', ['browser', 'load', 'active_at'])
async def test_a_store_that_fails_makes_nobody_anonymous(
    host: Host, who: str, session: Session, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed

    monkeypatch.setattr(host.context.store, method, fail)
    for path in (who, guarded(host)):
        answer = await host.http.get(path)
        assert (answer.status_code, answer.headers['Cache-Control']) == (503, 'no-store')
        assert 'memory' in answer.json()['detail']


async def test_keys_that_are_out_of_reach_make_no_token_bad(
    host: Host, who: str, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise ProviderUnreachable

    monkeypatch.setattr(alice.oidc, 'metadata', fail)
    answer = await host.with_token(who, alice.session.tokens.access_token)
    assert answer.status_code == 503
    assert 'cannot be checked right now' in answer.json()['detail']


async def test_bad_tokens_take_nothing_from_the_keys_of_sign_ins(
    host: Host, who: str, alice: SignedIn, provider: RecordingProvider
) -> None:
    """Anybody can send a token that is signed with an unknown key, and a key set is fetched anew once a minute."""
    await host.with_token(who, alice.session.tokens.access_token)
    provider.requests.clear()
    for kid in ('a', 'b', 'c'):
        assert (await host.with_token(who, signer(kid=kid).sign({}, typ='at+jwt'))).status_code == 401
    assert provider.requests == ['/jwks']
    with pytest.raises(InvalidIdToken):
        await alice.oidc._keys.verify(partial(verify_signature, metadata(), signer(kid='d').sign({})))
    assert provider.requests == ['/jwks', '/jwks']


async def test_an_endpoint_gets_the_sessions_own_token(host: Host, session: Session) -> None:
    required = host.endpoints.required()

    @host.app.get('/token')
    async def token(user: Annotated[EndpointUser, Depends(required)]) -> bool:
        return await user.access_token() == session.tokens.access_token

    assert (await host.http.get('/token')).json() is True


async def test_a_token_that_was_sent_is_not_passed_on(host: Host, alice: SignedIn) -> None:
    required = host.endpoints.required()

    @host.app.get('/token')
    async def token(user: Annotated[EndpointUser, Depends(required)]) -> str:
        return await user.access_token()

    answer = await host.with_token('/token', alice.session.tokens.access_token)
    assert answer.status_code == 403
    assert 'not passed on' in answer.json()['detail']


def test_a_user_shows_no_claims_and_no_token_by_accident(alice: SignedIn) -> None:
    user = EndpointUser(issuer='i', sub='s', claims={'email': 'alice@example.com'}, is_browser=False)
    assert 'alice@' not in repr(user)


@pytest.mark.usefixtures('session')
async def test_endpoints_of_all_kinds_are_guarded(host: Host, alice: SignedIn) -> None:
    required = host.endpoints.required(role='admin')
    router = APIRouter(prefix='/router', dependencies=[Depends(required)])

    @router.get('/plain')
    def plain() -> str:
        return 'plain'

    @host.app.get('/sync')
    def sync(user: Annotated[EndpointUser, Depends(required)]) -> str:
        return user.name

    @host.app.get('/default')
    def default(user: EndpointUser = Depends(required)) -> str:  # noqa: B008 - as many write it
        return user.name

    host.app.include_router(router)
    for path, answer in {'/router/plain': 'plain', '/sync': 'Alice Adams', '/default': 'Alice Adams'}.items():
        assert (await host.http.get(path)).json() == answer
        host.http.cookies, cookies = type(host.http.cookies)(), host.http.cookies
        assert (await host.http.get(path)).status_code == 401
        assert (await host.with_token(path, alice.session.tokens.access_token)).status_code == 403
        host.http.cookies = cookies


async def test_the_open_api_document_says_that_a_token_may_be_sent(host: Host) -> None:
    path = guarded(host)
    document = host.app.openapi()
    scheme = document['components']['securitySchemes']['AccessToken']
    assert (scheme['type'], scheme['scheme'], scheme['bearerFormat']) == ('http', 'bearer', 'JWT')
    assert document['paths'][path]['get']['security'] == [{'AccessToken': []}]
    assert document['paths'][path]['get'].get('parameters', []) == []


@pytest.mark.usefixtures('session')
async def test_it_can_be_asked_without_fastapi(host: Host) -> None:
    names: list[str | None] = []

    async def look(scope: Any, receive: Any, send: Any) -> None:
        user = await host.endpoints.current(Request(scope))
        names.append(user.name if user else None)
        await Response()(scope, receive, send)

    host.app.mount('/mounted', look)
    await asyncio.gather(host.http.get('/mounted/'), host.http.get('/mounted/'))
    assert names == ['Alice Adams', 'Alice Adams']
