"""A browser that keeps no cookies, and a silent sign-in whose answer comes in another way than it was asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from app.app_context import AppContext
from app.auth import Auth
from app.renewal.framed_sign_in import FramedSignIn
from tests.person import Person, place, query
from tests.provider import HttpFrame, RecordingProvider


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Auth]:
    """The app's front door, once it is made; to be named before `app`."""
    made: list[Auth] = []
    init = Auth.__init__

    def noting(auth: Auth, *arguments: Any, **more: Any) -> None:
        init(auth, *arguments, **more)
        made.append(auth)

    monkeypatch.setattr(Auth, '__init__', noting)
    return made


@pytest.fixture
def context(made: list[Auth], app: None) -> AppContext:
    return made[0].context


async def silent_answer(context: AppContext, provider: RecordingProvider, browser: str, return_to: str) -> str:
    """Where the page goes once the frame was answered."""
    frame = HttpFrame(provider)
    await frame.sign_in_at_provider('alice')
    (asked,) = context.providers
    framed = FramedSignIn(asked, context.store, context.clock, browser, return_to)
    path = await framed.silent(frame)
    assert path
    return path


async def known(person: Person) -> str:
    """The browser's id, which it gets with its first page."""
    await person.get('/')
    return str(person.http.cookies['stay_signed_in_browser_8080']).split('.', 1)[0]


@pytest.mark.usefixtures('app')
async def test_who_comes_back_without_a_cookie_is_told_so(provider: RecordingProvider) -> None:
    person = Person(provider)
    url = await person.callback_url('alice')
    person.http.cookies.clear()
    told = await person.get(url)
    assert (told.status_code, 'no_cookie' in told.text, 'Allow cookies' in told.text) == (400, True, True)
    stray = await Person(provider).get('/callback', code='c', state='unknown')
    assert 'no_cookie' in stray.text
    assert '/token' not in provider.requests


async def test_a_silent_sign_in_without_cookies_does_not_go_round_in_a_circle(
    context: AppContext, provider: RecordingProvider
) -> None:
    """The page that it would lead to would look for a session again."""
    answer = await silent_answer(context, provider, 'a-browser-that-kept-nothing', '/profile')
    told = await Person(provider).get(answer)
    assert (told.status_code, 'no_cookie' in told.text) == (400, True)


async def test_a_silent_sign_in_for_the_id_of_another_tab_leads_where_it_was_to_lead(
    context: AppContext, provider: RecordingProvider
) -> None:
    person = Person(provider)
    await known(person)
    answer = await silent_answer(context, provider, 'the-id-that-another-tab-got', '/?tab=1')
    assert place(await person.get(answer)) == '/?tab=1'


@pytest.mark.parametrize(('landed', 'frame_works'), [({}, True), ({'landed': 'silent'}, None)])
async def test_only_an_answer_that_came_through_the_frame_says_that_the_frame_works(
    context: AppContext, provider: RecordingProvider, landed: dict[str, str], frame_works: bool | None
) -> None:
    person = Person(provider)
    answer = query(await silent_answer(context, provider, await known(person), '/?tab=1'))
    finished = await person.get(f'/callback?{urlencode({**answer, **landed})}')
    assert place(finished) == '/?tab=1'
    record = await context.store.browser(await known(person))
    assert record
    assert record.session_id
    session = await context.store.load(record.session_id)
    assert session
    assert session.frame_works is frame_works
