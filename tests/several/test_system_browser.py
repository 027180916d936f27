"""The native window, whose people sign in in another browser: what comes back there counts where it was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from app.app_context import AppContext
from app.native.system_browser import SystemBrowser
from app.oidc.authorization import AuthorizationResponse
from app.renewal.framed_sign_in import FramedSignIn
from app.web.steps.callback import Callback
from app.web.steps.logout import leave_alone
from tests.provider import APP_URL
from tests.several.network import HOME, WORK
from tests.several.person import Traveller


@dataclass
class Outside:
    """Stands in for that browser, and for whoever waits for its answer."""

    landed_at: str = ''
    got: list[AuthorizationResponse] = field(default_factory=list)

    def answer(self, response: AuthorizationResponse) -> bool:
        self.got.append(response)
        return True

    async def authorize(self, url: str) -> AuthorizationResponse:
        state = parse_qs(urlsplit(url).query)['state'][0]
        return AuthorizationResponse('code of the other one', state, landed_at=self.landed_at)


async def test_it_is_known_where_an_answer_has_landed(context: AppContext) -> None:
    outside = Outside()
    app = replace(context, system_browser=cast(SystemBrowser, outside))
    scope: dict[str, Any] = {'type': 'http', 'path': '/callback/home', 'query_string': b'code=c&state=s', 'headers': []}
    await Callback(app, leave_alone).answer(Request(scope | {'method': 'GET', 'server': ('localhost', 8080)}))
    assert [response.landed_at for response in outside.got] == ['/callback/home']


async def test_the_window_goes_on_from_there_and_an_answer_at_another_redirect_uri_is_refused(
    person: Traveller, context: AppContext
) -> None:
    await person.get('/login', provider=WORK)  # it is known from now on
    (browser,) = (cookie.value for cookie in person.http.cookies.jar if 'browser' in cookie.name)
    work, id = context.providers.named(WORK), str(browser).split('.')[0]
    assert work is not None
    sign_in = FramedSignIn(work, context.store, context.clock, id, '/', f'/callback/{WORK}')
    path = await sign_in.elsewhere(Outside(f'/callback/{HOME}'), None)
    assert path.startswith(f'/callback/{HOME}?code=')
    assert 'mixed_up' in (await person.get(f'{APP_URL}{path}')).text
