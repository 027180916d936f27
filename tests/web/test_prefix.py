"""The whole app with PREFIX: its pages stay where they are, and all steps are below it."""

from __future__ import annotations

import pytest

from app.errors import StoreFailed
from tests.person import Person, query
from tests.provider import APP_URL, RecordingProvider

AUTH = f'{APP_URL}/auth'


@pytest.fixture
def app_url() -> str:
    """Below which the provider knows the redirect URIs."""
    return AUTH


@pytest.fixture
def prefixed(provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.app_url = APP_URL
    monkeypatch.setenv('PREFIX', '/auth')


@pytest.fixture
def person(prefixed: None, app: None, provider: RecordingProvider) -> Person:
    person = Person(provider)
    person.prefix = '/auth'
    return person


async def test_somebody_signs_in_and_out(person: Person) -> None:
    assert (await person.get('/profile')).headers['Location'] == f'{AUTH}/login?return_to=%2Fprofile'
    assert (await person.sign_in('alice', '/profile')).headers['Location'] == f'{APP_URL}/profile'
    assert 'Alice Adams' in (await person.get('/profile')).text
    assert (await person.http.get('/auth/health', headers={'Host': '10.0.0.1'})).json() == {'status': 'ok'}
    assert query((await person.log_out()).headers['Location'])['post_logout_redirect_uri'] == f'{APP_URL}/'


async def test_a_failed_logout_is_tried_again_below_the_prefix(person: Person) -> None:
    page = await person.get('/error', code=StoreFailed.code, again='/auth/logout')
    assert f'"{AUTH}/logout"' in page.text
    assert 'still logged in' in page.text
    page = await person.get('/error', code=StoreFailed.code, again='/auth/login?return_to=/profile')
    assert f'{AUTH}/login?return_to=%2Fprofile' in page.text
