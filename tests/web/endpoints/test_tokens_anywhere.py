"""An endpoint, and a job, that call an API in a person's name for an hour: no tab is open, or one beside."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException

from app.api.user_client import user_client
from app.errors import SignedOutByAdmin
from app.sessions.session import Session
from app.web.endpoints.callers import person_of
from app.web.endpoints.person import EndpointUser
from tests.clock import FakeClock
from tests.renewal.anywhere import conftest
from tests.renewal.anywhere.conftest import API_A, EACH, HOUR, Open, Resources, idle
from tests.renewal.conftest import SignedIn
from tests.web.endpoints.conftest import Host

scope, resources, opened = conftest.scope, conftest.resources, conftest.opened
API = 'https://api.example.com'


@pytest.fixture
def app() -> FastAPI:
    return FastAPI()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The access tokens that the API was sent."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers['Authorization'].removeprefix('Bearer '))
        return httpx.Response(200)

    monkeypatch.setattr(
        'app.web.endpoints.person.user_client', partial(user_client, transport=httpx.MockTransport(answer))
    )
    return sent


@pytest.mark.parametrize('with_tab', [False, True], ids=['no tab', 'beside a tab'])
async def test_an_endpoint_and_a_job_share_one_renewal_for_each_time_that_it_is_due(
    host: Host,
    session: Session,
    alice: SignedIn,
    clock: FakeClock,
    resources: Resources,
    opened: Open,
    sent: list[str],
    with_tab: bool,
) -> None:
    registry = host.context.registry
    if with_tab:
        opened(registry, session)

    required = host.endpoints.required()

    @host.app.get('/call')
    async def call(user: EndpointUser = Depends(required)) -> int:  # noqa: B008 - as many write it
        async with user.client(API) as api:
            return (await api.get('/items')).status_code

    job = await person_of(host.context, session.issuer, session.subject)
    assert job is not None
    await job.access_token()
    for _ in range(HOUR // 30):
        await clock.advance(30)
        live = registry.get(session.id)
        assert live is not None
        await idle(live)
        assert (await host.http.get('/call')).json() == 200
        await idle(live)
        assert await job.access_token() == live.session.tokens.access_token
        assert registry.get(session.id) is live
    assert resources.granted == {None: HOUR // EACH}
    assert len(sent) == HOUR // 30


async def test_a_job_has_a_token_for_another_api(
    host: Host, session: Session, alice: SignedIn, resources: Resources, sent: list[str]
) -> None:
    job = await person_of(host.context, session.issuer, session.subject)
    assert job is not None
    async with job.client(API, API_A) as api:
        await api.get('/items')
    assert [resources.audiences[token] for token in sent] == [API_A]


async def test_a_person_who_has_no_session_that_lives_is_nobody(host: Host, session: Session) -> None:
    assert await person_of(host.context, session.issuer, 'nobody') is None
    job = await person_of(host.context, session.issuer, session.subject)
    assert job is not None
    assert (job.sub, job.issuer, job.name) == (session.subject, session.issuer, 'Alice Adams')
    await host.context.registry.end_all(session.issuer, session.subject, SignedOutByAdmin)
    assert await person_of(host.context, session.issuer, session.subject) is None
    with pytest.raises(SignedOutByAdmin):
        await job.access_token()


def test_whoever_sent_an_access_token_has_no_client() -> None:
    user = EndpointUser(issuer='i', sub='s', claims={}, is_browser=False)
    with pytest.raises(HTTPException, match='not passed on'):
        user.client(API)
