"""An API that answers what a test wants, and a session to call it in the name of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest

from app.api.client import Api
from app.renewal.live_session import LiveSession
from tests.renewal import conftest
from tests.renewal.conftest import SignedIn

alice, scope = conftest.alice, conftest.scope  # a session that can be renewed

URL = 'https://api.example.com/v1'
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class ScriptedApi:
    """Gives these answers, one after the other and the last one again.

    `requests` are all that were sent anywhere, and `tokens` what each had in its `Authorization` header.
    """

    answers: list[Answer] = field(default_factory=lambda: [httpx.Response(200, json={})])
    requests: list[httpx.Request] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.tokens.append(request.headers.get('Authorization'))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        answer = answer if isinstance(answer, httpx.Response) else answer(request)
        stream = httpx.ByteStream(answer.content) if answer.is_closed else answer.stream  # unread, as a network's is
        return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)

    def says(self, *answers: Answer) -> None:
        self.answers = list(answers)


@pytest.fixture
def scripted() -> ScriptedApi:
    return ScriptedApi()


@pytest.fixture
async def api(scripted: ScriptedApi) -> AsyncIterator[Api]:
    api = Api(URL, httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle)))
    yield api
    await api.close()


@pytest.fixture
def live(alice: SignedIn) -> LiveSession:
    return alice.live()


def refused(*, scope: str | None = None, error: str = 'invalid_token', status: int = 401) -> httpx.Response:
    wanted = f', scope="{scope}"' if scope else ''
    return httpx.Response(status, headers={'WWW-Authenticate': f'Bearer error="{error}"{wanted}'})


def bearer(live: LiveSession) -> str:
    return f'Bearer {live.session.tokens.access_token}'
