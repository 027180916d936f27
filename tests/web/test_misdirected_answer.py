"""An answer that is not the one that is waited for: late, twice, or meant for the silent frame.

`landed=silent` is what the page `/silent` adds to an answer that came to it in a window, and no frame.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.clock import FakeClock
from tests.person import Person, place
from tests.provider import RecordingProvider

pytestmark = pytest.mark.usefixtures('app')

KEPT = {'code': 'c', 'state': 'of-the-silent-request', 'landed': 'silent'}


def leads_to(url: str) -> str:
    address = urlsplit(url)
    return f'{address.path}?{address.query}'.rstrip('?')


async def sign_in_again(person: Person, name: str, login: str) -> str:
    """Follow the link to the provider, and back: where the person is then."""
    begun = await person.get(login)
    data = {'person': name, 'request': urlsplit(begun.headers['Location']).query}
    clicked = await person.http.post(f'{person.provider.issuer}/sign-in', data=data)
    answer = (await person.get(clicked.headers['Location'])).headers['Location']
    return place(await person.get(answer))


async def test_a_visitor_who_is_sent_to_the_silent_address_gets_where_they_wanted(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/login', return_to='/profile?tab=1')
    anew = await person.get('/callback', **KEPT)
    assert leads_to(place(anew)) == '/login?return_to=%2Fprofile%3Ftab%3D1'
    assert await sign_in_again(person, 'alice', anew.headers['Location']) == '/profile?tab=1'
    assert await person.name() == 'Alice Adams'


async def test_the_second_time_it_is_said_and_goes_round_no_more(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/login', return_to='/profile')
    anew = await person.get('/callback', **KEPT)
    await person.get(anew.headers['Location'])
    again = await person.get('/callback', **KEPT)
    assert (again.status_code, 'sign_in_expired' in again.text) == (400, True)


@pytest.mark.parametrize('error', ['login_required', 'interaction_required'])
async def test_the_refusal_of_a_silent_request_does_not_end_a_sign_in_that_a_person_began(
    provider: RecordingProvider, error: str
) -> None:
    person = Person(provider)
    await person.get('/login', return_to='/profile')
    anew = await person.get('/callback', error=error, state='of-the-silent-request', landed='silent')
    assert leads_to(place(anew)) == '/login?return_to=%2Fprofile'


async def test_who_logs_in_again_in_a_window_of_its_own_is_asked_there_once_more(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    """The renewal needs the person; the provider has kept its request, and answers that in the place of the click's."""
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 300)
    await person.get('/login', return_to='/signed-in')
    anew = await person.get('/callback', **KEPT)
    assert leads_to(place(anew)) == '/login?return_to=%2Fsigned-in'
    assert await sign_in_again(person, 'alice', anew.headers['Location']) == '/signed-in'


@pytest.mark.parametrize('setting', ['SESSION_IDLE'])
async def test_who_logs_in_after_a_limit_ended_the_session_gets_in(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    assert (await person.get('/profile')).status_code == 401
    await person.get('/login', return_to='/profile')
    anew = await person.get('/callback', **KEPT)
    assert leads_to(place(anew)) == '/login?return_to=%2Fprofile'


@pytest.mark.parametrize('setting', ['SESSION_IDLE'])
async def test_without_a_click_no_answer_begins_anything_where_a_session_has_ended(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    await person.get('/profile')
    refused = await person.get('/callback', **KEPT)
    assert (refused.status_code, 'session_idle' in refused.text) == (401, True)


async def test_a_sign_in_that_was_given_up_before_is_none_that_is_waited_for(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = Person(provider)
    await person.get('/login', return_to='/admin')
    clock.set(clock.now() + 1)
    await person.sign_in('alice', return_to='/profile')
    assert place(await person.get('/callback', **KEPT)) == '/profile'


async def test_an_answer_that_comes_twice_leads_where_the_first_one_did(provider: RecordingProvider) -> None:
    person = Person(provider)
    url = await person.callback_url('alice', return_to='/profile?tab=1')
    earlier = person.copy()
    first, second = await person.get(url), await person.get(url)
    assert place(first) == place(second) == '/profile?tab=1'
    lost = await earlier.get(url)  # the answer to the first was never received, and with it the cookie
    assert leads_to(place(lost)) == '/login?return_to=%2Fprofile%3Ftab%3D1'
    assert await sign_in_again(earlier, 'alice', lost.headers['Location']) == '/profile?tab=1'
