"""A host's FastAPI with endpoints behind sign-in, Alice's browser, and tokens for its API."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from nicegui.app.app import App
from starlette.requests import HTTPConnection, Request

from app.app_context import AppContext
from app.oidc.id_token import Claims
from app.oidc.providers import Providers
from app.renewal.clock_jumps import ClockJumpDetector
from app.renewal.limits import Limits
from app.renewal.registry import SessionRegistry
from app.sessions.browser_record import new_browser_id
from app.sessions.session import Session
from app.settings import Settings
from app.web.browser import BrowserCookie, browser_of
from app.web.endpoints.dependencies import Endpoints, Visit
from app.web.endpoints.person import EndpointUser
from app.web.identity import identify
from tests.clock import FakeClock
from tests.keeping import keep
from tests.provider import APP_URL, CLIENT_ID, ISSUER
from tests.renewal import conftest
from tests.renewal.conftest import SignedIn

alice, scope = conftest.alice, conftest.scope
KEY = 'k' * 40
AUDIENCE = f'{ISSUER}/api'  # which the test's provider puts into its access tokens


def roles_of(claims: Claims) -> frozenset[str]:
    return frozenset(claims.get('roles', ()))


@dataclass
class Host:
    """Somebody's app; `put` puts a session into the browser that calls it."""

    app: FastAPI
    context: AppContext
    endpoints: Endpoints
    http: httpx.AsyncClient
    browser: list[str] = field(default_factory=list)

    async def put(self, session: Session) -> Session:
        """The session, as the browser has it now."""
        self.browser[:] = [new_browser_id()]
        session = replace(session, id=new_browser_id(), browser=self.browser[0])
        await keep(self.context.store, session)
        await self.http.get('/become')
        return session

    async def with_token(self, path: str, token: str, method: str = 'GET', **headers: str) -> httpx.Response:
        return await self.http.request(method, path, headers={'Authorization': f'Bearer {token}', **headers})


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def changes() -> dict[str, Any]:
    """Other settings of the host."""
    return {}


@pytest.fixture(params=[FastAPI, App], ids=['FastAPI', 'nicegui.app'])
def app(request: pytest.FixtureRequest) -> FastAPI:
    kind: Callable[[], FastAPI] = request.param
    return kind()


@pytest.fixture
async def host(
    app: FastAPI, alice: SignedIn, clock: FakeClock, limits: Limits, changes: dict[str, Any]
) -> AsyncIterator[Host]:
    values = {'oidc_issuer': ISSUER, 'oidc_client_id': CLIENT_ID, 'oidc_audience': AUDIENCE, **changes}
    settings = Settings.model_validate({'base_url': APP_URL, **values})
    registry: SessionRegistry = alice.registry(limits=limits)
    jumps = ClockJumpDetector(clock)
    context = AppContext(
        settings=settings,
        clock=clock,
        secret_key=lambda: KEY,
        providers=Providers([alice.oidc]),
        store=alice.store,
        registry=registry,
        clock_jumps=jumps,
        demos={},
        apis={},
        system_browser=None,
        window_key=None,
        ended=lambda *_: None,
    )

    async def visit(connection: HTTPConnection) -> Visit:
        is_request = connection.scope['type'] == 'http'
        return context, await identify(Request(connection.scope), context) if is_request else None

    host = Host(
        app,
        context,
        Endpoints(visit, roles_of),
        httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=True), base_url=APP_URL),
    )

    async def become(request: Request) -> None:
        browser_of(request).change_id(host.browser[0])

    app.add_api_route('/become', become)
    app.add_middleware(BrowserCookie, settings=settings, secret_key=context.secret_key, clock=clock)
    yield host
    await host.http.aclose()


@pytest.fixture
async def session(host: Host, alice: SignedIn) -> Session:
    """Alice's, in the browser that calls."""
    claims = {**alice.session.claims, 'roles': ['admin', 'Domain Users']}
    return await host.put(replace(alice.session, id_claims=claims))


@pytest.fixture
def who(host: Host) -> str:
    """The path of an endpoint that says who calls, if anybody does."""
    current = host.endpoints.current

    @host.app.api_route('/who', methods=['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
    async def answer(user: Annotated[EndpointUser | None, Depends(current)]) -> dict[str, Any] | None:
        return None if user is None else {'name': user.name, 'sub': user.sub, 'is_browser': user.is_browser}

    return '/who'


def guarded(host: Host, **requirement: Any) -> str:
    """The path of an endpoint with this requirement."""
    required = host.endpoints.required(**requirement)

    @host.app.get('/guarded')
    async def answer(user: Annotated[EndpointUser, Depends(required)]) -> str:
        return user.name

    return '/guarded'
