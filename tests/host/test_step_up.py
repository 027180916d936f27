"""Guards that want a stronger or a more recent sign-in, or a scope that was not granted so far."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import Auth
from app.oidc.id_token import claims_of
from app.oidc.wishes.authentication import ARRIVES_WITHIN
from tests.clock import FakeClock, settle
from tests.host.conftest import opened, press
from tests.person import Person, place, query
from tests.provider import RecordingProvider

pytestmark = pytest.mark.usefixtures('host')
ONCE_MORE = 'Please log in once more'


@pytest.fixture
def script() -> str:
    return """
        from fastapi import Depends
        from nicegui import app, ui
        from app import Auth

        auth = Auth()


        @auth.page('/')
        def home():
            ui.label('home')
            ui.button('pay', on_click=pay)
            ui.button('read', on_click=read)
            ui.link('org', auth.login_url(organization='org_1', max_age=5))
            auth.login_button('more', scope='read:messages', connection='x')


        @auth.require(max_age=60)
        def pay():
            ui.notify('paid')


        @auth.require(scope='read:messages')
        def read():
            ui.notify('read it')


        @auth.page('/safe', max_age=60)
        def safe():
            ui.label('safe')


        @auth.page('/now', max_age=0)
        def now():
            ui.label('now')


        @auth.page('/gold', acr='gold platinum')
        def gold():
            ui.label('gold')


        @auth.page('/messages', scope='read:messages')
        def messages():
            ui.label('messages')


        @auth.page('/parts')
        @auth.page('/parts/safe')
        def parts():
            ui.sub_pages({'/parts': lambda: ui.link('on', '/parts/safe'), '/parts/safe': part})


        @auth.require(max_age=60)
        def part():
            ui.label('safe part')


        @app.get('/api/pay')
        def api_pay(user=Depends(auth.required(acr='gold', max_age=60))):
            return user.sub


        ui.run()
    """


def said(provider: RecordingProvider, **claims: Any) -> None:
    """Have the provider say this in each ID token; what is None is left out."""

    async def respond(request: Request) -> Response:
        granted = json.loads(bytes((await provider.forward(request)).body))
        changed = {**claims_of(granted['id_token']), **claims}
        known = {name: value for name, value in changed.items() if value is not None}
        granted['id_token'] = provider.demo._key.sign(known, 'JWT')
        return JSONResponse(granted)

    provider.instead['/token'] = respond


async def round_trip(person: Person, login: str) -> str:
    """Follow a link to sign in to its end: where it leads back to."""
    url = (await person.get(login)).headers['Location']
    answer = await person.get(url)
    if answer.status_code == 200:  # the provider asks who it is
        form = {'person': 'alice', 'request': url.partition('?')[2]}
        clicked = await person.http.post(f'{person.provider.issuer}/sign-in', data=form)
        answer = await person.get(clicked.headers['Location'])
    return place(await person.get(answer.headers['Location']))


@pytest.mark.parametrize('path', ['/safe?a=b', '/now'])
async def test_a_page_that_wants_a_recent_sign_in_asks_again_when_it_is_old_and_comes_back(
    provider: RecordingProvider, clock: FakeClock, path: str
) -> None:
    person = await Person.signed_in(provider)
    assert (await person.get(path)).status_code == 200
    clock.set(clock.now() + 61)
    asked = await person.get(path)
    assert asked.status_code == 303
    wanted = query((await person.get(asked.headers['Location'])).headers['Location'])
    assert wanted['max_age'] == ('0' if path == '/now' else '60')
    assert await round_trip(person, asked.headers['Location']) == path
    clock.set(clock.now() + ARRIVES_WITHIN)
    assert (await person.get(path)).status_code == 200


async def test_a_visitor_is_asked_for_it_at_once(provider: RecordingProvider) -> None:
    login = (await Person(provider).get('/gold')).headers['Location']
    assert query((await Person(provider).get(login)).headers['Location'])['acr_values'] == 'gold platinum'


async def test_a_page_that_wants_an_acr_is_shown_after_a_sign_in_that_has_it(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    said(provider, acr='platinum')
    assert await round_trip(person, (await person.get('/gold')).headers['Location']) == '/gold'
    assert (await person.get('/gold')).status_code == 200


async def test_an_answer_that_is_not_enough_is_an_error_and_no_round(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    login = (await person.get('/gold')).headers['Location']
    url = (await person.get(login)).headers['Location']
    refused = await person.get((await person.get(url)).headers['Location'])
    assert (refused.status_code, 'acr_too_low' in refused.text) == (403, True)
    assert (await person.get('/')).status_code == 200


async def test_a_page_that_is_open_is_neither_covered_nor_left_when_the_sign_in_has_grown_old(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    user = await opened(await Person.signed_in(provider), '/safe')
    clock.set(clock.now() + 61)
    await settle()
    await user.should_see('safe')
    await user.should_not_see(ONCE_MORE)


async def test_a_handler_offers_the_sign_in_in_a_window_and_does_nothing_until_it_is_pressed_again(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    user = await opened(person, '/')
    press(user, 'pay')
    await user.should_see('paid')
    user.notify.messages.clear()
    clock.set(clock.now() + 61)
    press(user, 'pay')
    await user.should_see(ONCE_MORE)
    assert user.notify.messages == []
    again = next(iter(user.find('Log in again').elements))
    js = next(one.js_handler for one in again._event_listeners.values() if one.js_handler)
    assert 'window.open' in js
    popup = js.split('window.open("')[1].split('"')[0]
    assert await round_trip(person, popup) == '/signed-in'
    await user.should_not_see(ONCE_MORE)
    assert user.notify.messages == []
    press(user, 'pay')
    await user.should_see('paid')


async def test_a_handler_offers_the_sign_in_that_asks_for_the_scope(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    user = await opened(person, '/')
    press(user, 'read')
    await user.should_see('Allow read:messages')
    await round_trip(person, link(user, 'more'))
    await user.should_not_see('Allow read:messages')
    press(user, 'read')
    await user.should_see('read it')


def link(user: User, text: str) -> str:
    """Where this button or link leads."""
    return str(next(iter(user.find(text).elements)).props['href'])


async def test_the_notice_offers_the_scope_that_is_missing(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    refused = await person.get('/messages')
    assert (refused.status_code, 'Allow read:messages' in refused.text) == (403, True)
    assert 'wish=' in refused.text


async def test_a_person_who_leaves_it_out_is_asked_by_no_more_than_a_button(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    user = await opened(person, '/')
    provider.grant_only('openid profile email')
    assert await round_trip(person, link(user, 'more')) == '/'
    assert (await person.get('/messages')).status_code == 403
    asked = query((await person.get('/login', return_to='/')).headers['Location'])
    assert 'read:messages' not in asked['scope'].split()


async def test_links_of_the_app_ask_for_what_it_wishes(provider: RecordingProvider) -> None:
    user = await opened(await Person.signed_in(provider), '/')
    asked = query((await Person(provider).get(link(user, 'org'))).headers['Location'])
    assert (asked['organization'], asked['max_age']) == ('org_1', '5')
    more = query((await Person(provider).get(link(user, 'more'))).headers['Location'])
    assert (more['connection'], 'read:messages' in more['scope'].split()) == ('x', True)


async def test_a_part_of_a_page_says_what_it_wants_and_stays_once_it_is_there(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 61)
    user = await opened(person, '/parts/safe')
    await user.should_see(ONCE_MORE)
    await round_trip(person, link(user, 'Log in again'))
    await user.should_see('safe part')
    clock.set(clock.now() + 61)
    await settle()
    await user.should_see('safe part')


async def test_an_endpoint_says_which_sign_in_it_wants(provider: RecordingProvider, clock: FakeClock) -> None:
    """RFC 9470 §3."""
    person = await Person.signed_in(provider)
    refused = await person.get('/api/pay')
    challenge = refused.headers['WWW-Authenticate']
    assert refused.status_code == 401
    for part in ('error="insufficient_user_authentication"', 'acr_values="gold"', 'max_age="60"'):
        assert part in challenge
    said(provider, acr='gold')
    await person.sign_in('alice')
    assert (await person.get('/api/pay')).text == '"demo|alice"'
    clock.set(clock.now() + 61)
    assert (await person.get('/api/pay')).status_code == 401


@pytest.mark.parametrize('max_age', [-1, 1.5, '60', True])
def test_an_age_that_makes_no_sense_is_told_when_the_guard_is_made(max_age: Any) -> None:
    auth = Auth.__new__(Auth)
    with pytest.raises(TypeError, match='whole seconds'):
        auth.require(max_age=max_age)
    with pytest.raises(TypeError, match='whole seconds'):
        auth.page('/x', max_age=max_age)


def test_for_everybody_and_for_a_recent_sign_in_contradict_each_other() -> None:
    with pytest.raises(TypeError, match='optional'):
        Auth.page(Auth.__new__(Auth), '/x', max_age=60, optional=True)(ui.label)
