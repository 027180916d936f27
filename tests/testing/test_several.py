"""In the tests of an app with several providers: who signs in where, and demo providers in the places of all."""

from __future__ import annotations

from pathlib import Path

from app.settings.guest import load_for_host
from app.settings.provider import Provider
from app.testing.served_app import demo_surroundings
from tests.testing.conftest import Suite

TESTS = """
    import pytest
    from PACKAGE.testing import signed_in


    @pytest.mark.parametrize(('provider', 'seen'), [(None, 'google'), ('google', 'google'), ('work', 'work')])
    async def test_where_somebody_has_signed_in(user, provider, seen):
        alice = await signed_in(user, provider=provider)
        await user.open('/')
        await user.should_see(f'Alice of {seen}')
        await alice.renew(name='Alice Adams')
        await user.open('/')
        await user.should_see(f'Alice Adams of {seen}')


    async def test_there_is_no_other_one(user):
        with pytest.raises(ValueError, match="no provider 'home'; there is google, work"):
            await signed_in(user, provider='home')
"""
MAIN = """
    from nicegui import ui
    from PACKAGE import Auth, Provider

    auth = Auth(
        Provider('https://accounts.google.com', 'at-google', name='google'),
        Provider('https://login.example.com', 'at-work', name='work'),
    )


    @auth.page('/')
    def home():
        ui.label(f'{auth.user.name} of {auth.user.provider}')


    ui.run()
"""


def test_a_suite_says_where_somebody_has_signed_in(suite: Suite) -> None:
    suite.write('main.py', MAIN)
    suite.write('test_club.py', TESTS)
    ran = suite.run('-p', 'nicegui.testing.user_plugin', '-p', 'app.testing')
    assert '\n4 passed in' in ran.stdout, ran.stdout


def test_in_a_demo_of_the_app_none_of_its_own_providers_is_left(tmp_path: Path) -> None:
    own = load_for_host(
        oidc_providers=[
            Provider('https://accounts.google.com', 'at-google', 'hush', name='google', label='Google & Co.'),
            Provider('https://login.example.com', 'at-work', name='work', audience='https://api.example.com'),
        ]
    )
    google, work = demo_surroundings(8000, tmp_path).settings(own).each()
    assert (google.is_demo, google.oidc_client_secret, google.provider.title) == (True, None, 'Google & Co.')
    assert (work.is_demo, work.oidc_audience, work.provider.name) == (True, None, 'work')
