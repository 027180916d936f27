"""Logging out: which form is taken, which session it ends, and that nothing brings it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors.codes import by_code
from app.sessions.session import Ending
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import APP_URL, RecordingProvider
from tests.web.test_browser import secret_key, session_ids

pytestmark = pytest.mark.usefixtures('app')

SAME_ORIGIN = {'Sec-Fetch-Site': 'same-origin'}


@pytest.mark.parametrize('headers', [SAME_ORIGIN, {'Origin': APP_URL}])
async def test_a_form_of_ours_needs_no_token_for_the_session_of_its_own_browser(
    provider: RecordingProvider, headers: dict[str, str]
) -> None:
    person = await Person.signed_in(provider)
    await person.log_out({'session': (await person.form())['session']}, **headers)
    assert await person.name() is None


@pytest.mark.parametrize(
    'headers',
    [
        {'Sec-Fetch-Site': 'same-site', 'Origin': APP_URL},
        {'Sec-Fetch-Site': 'cross-site'},
        {'Origin': 'http://localhost:9000'},
    ],
)
async def test_a_form_of_another_site_is_refused_even_with_the_token(
    provider: RecordingProvider, headers: dict[str, str]
) -> None:
    person = await Person.signed_in(provider)
    refused = await person.log_out(await person.form(), **headers)
    assert (refused.status_code, 'forged_request' in refused.text) == (403, True)
    assert await person.name() == 'Alice Adams'


async def test_the_session_of_another_browser_is_not_ended_without_its_token(provider: RecordingProvider) -> None:
    alice, bob = await Person.signed_in(provider, 'alice'), await Person.signed_in(provider, 'bob')
    form = {'session': (await alice.form())['session'], 'csrf': (await bob.form())['csrf']}
    assert (await bob.log_out(form, **SAME_ORIGIN)).status_code == 403
    assert [await alice.name(), await bob.name()] == ['Alice Adams', 'Bob Brown']


async def test_a_form_that_names_no_session_ends_none(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    for form in ({}, {'session': 'unknown'}):
        response = await person.log_out(form, **SAME_ORIGIN)
        assert (response.status_code, place(response)) == (303, '/logout')
    assert await person.name() == 'Alice Adams'


async def test_a_second_click_on_log_out_goes_to_the_provider_too_since_the_browser_follows_only_the_last(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await person.log_out(form)
    assert query((await person.log_out(form)).headers['Location']).keys() == {
        'client_id',
        'post_logout_redirect_uri',
        'logout_hint',
    }
    assert await person.name() is None


async def test_after_a_logout_a_guarded_page_says_so_and_waits_for_a_click(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    before = person.copy()
    await person.log_out()
    provider.requests.clear()
    for browser in (person, before):
        page = await browser.get('/profile?tab=1')
        assert (page.status_code, 'You are logged out' in page.text) == (401, True)
        assert '/login?return_to=%2Fprofile%3Ftab%3D1' in page.text
        home = await browser.get('/')
        assert 'You are logged out, in all tabs of this browser.' in home.text
        assert 'Checking for a session' not in home.text
    assert set(provider.requests) <= {'/revoke'}


async def test_the_word_about_a_logout_is_not_said_for_ever(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    await person.log_out()
    clock.set(clock.now() + 3600)
    home = await person.get('/')
    assert 'You are logged out' not in home.text
    assert 'Checking for a session' not in home.text


@pytest.mark.parametrize(
    ('setting', 'said'), [('SESSION_IDLE', 'since nobody was here'), ('SESSION_MAX', 'lasted as long as it may')]
)
async def test_a_session_beyond_its_limits_stays_ended_after_any_reload(
    provider: RecordingProvider, clock: FakeClock, said: str
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    provider.requests.clear()
    for _ in range(3):
        home, profile = await person.get('/'), await person.get('/profile')
        assert said in home.text
        assert 'Checking for a session' not in home.text
        assert (profile.status_code, said in profile.text) == (401, True)
        clock.set(clock.now() + 86_400)
    assert set(provider.requests) <= {'/revoke'}
    await person.sign_in('alice')
    assert await person.name() == 'Alice Adams'


@pytest.mark.parametrize(('code', 'status'), [('another_user', 401), ('refresh_token_refused', 303)])
async def test_no_reload_signs_anybody_in_after_the_provider_named_another_person_or_refused(
    provider: RecordingProvider, clock: FakeClock, code: str, status: int
) -> None:
    person = await Person.signed_in(provider)
    session_id, _ = session_ids()
    other_process = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await other_process.open()
    await other_process.end(session_id, Ending(code, clock.now()))
    await other_process.close()
    for _ in range(2):
        home = await person.get('/')
        assert by_code(code).title in home.text
        assert 'Checking for a session' not in home.text
        assert (await person.get('/profile')).status_code == status


async def test_a_visitor_is_looked_for_until_somebody_has_been_signed_in(provider: RecordingProvider) -> None:
    assert 'Checking for a session' in (await Person(provider).get('/')).text


async def test_a_logout_that_fails_claims_nothing(provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    with monkeypatch.context() as failing:
        failing.setattr('app.sessions.browser_rows.KEEP_BROWSER', 'INSERT INTO nowhere VALUES (?, ?, ?, ?)')
        failed = await person.log_out(form)
    assert (failed.status_code, 'store_failed' in failed.text) == (503, True)
    assert await person.name() == 'Alice Adams'
    await person.log_out(form)
    assert await person.name() is None


@pytest.mark.parametrize('setting', ['SESSION_IDLE', 'SESSION_MAX', ''])
async def test_an_old_answer_at_the_callback_signs_nobody_in_after_an_end(
    provider: RecordingProvider, clock: FakeClock, setting: str
) -> None:
    person = Person(provider)
    callback = await person.callback_url('alice')
    await person.get(callback)
    if setting:
        await clock.advance(601)
        await person.get('/')
    else:
        await person.log_out()
    provider.requests.clear()
    again = await person.get(callback)
    assert again.status_code == 401
    assert 'Please log in to go on' in again.text
    assert (provider.requests, await person.name()) == ([], None)


JSON = {'Accept': 'application/json'}


async def test_a_script_that_logs_out_is_told_where_to_go_on(provider: RecordingProvider) -> None:
    """A page whose own policy has form-action 'self' can send no form that is redirected to the provider."""
    person = await Person.signed_in(provider)
    answer = await person.log_out(await person.form(), **SAME_ORIGIN, **JSON)
    assert (answer.status_code, 'Location' in answer.headers) == (200, False)
    assert answer.headers['Cache-Control'] == 'no-store'
    assert answer.json()['location'].startswith(f'{provider.issuer}/end-session?')
    assert 'id_token_hint' in query(answer.json()['location'])
    assert await person.name() is None


async def test_a_script_of_another_site_logs_nobody_out(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Origin': 'https://evil.example'}):
        assert (await person.log_out(form, **headers, **JSON)).status_code == 403
    assert (await person.log_out({'session': form['session'], 'csrf': 'x'}, **JSON)).status_code == 403
    assert await person.name() == 'Alice Adams'
