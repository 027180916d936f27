"""In the tests of somebody else's app: people who are signed in without a provider, and without network."""

from __future__ import annotations

import re

import pytest

import app.testing
from tests.testing import club
from tests.testing.conftest import Suite, write_club

PASSED = club.TESTS.count('async def test_') + club.TESTS.count('\n    def test_') + 2  # one has three parameters
REAL = {
    'OIDC_ISSUER': 'https://login.example.com',
    'OIDC_CLIENT_ID': 'club',
    'STAY_SIGNED_IN_BASE_URL': 'https://club.example.com',
    'STAY_SIGNED_IN_SECRET_KEY': 'x' * 40,
    'BASE_URL': 'https://club.example.com',
    'SECRET_KEY': 'x' * 40,
}


@pytest.mark.timeout(240)  # it is a whole suite
@pytest.mark.parametrize(
    ('package', 'settings', 'chosen', 'passed'),
    [('stay_signed_in', REAL, '', PASSED), ('app', {}, 'role_and_its_handler or nothing_piles_up', 4)],
)
def test_a_suite_that_names_the_plugin(
    suite: Suite, package: str, settings: dict[str, str], chosen: str, passed: int
) -> None:
    suite.package, suite.settings = package, settings
    write_club(suite)
    suite.write('conftest.py', club.CONFTEST)
    suite.write('test_club.py', club.TESTS)
    before = suite.files
    ran = suite.run('-p', 'nicegui.testing.user_plugin', '-p', f'{package}.testing', '-k', chosen)
    assert f'{passed} passed' in ran.stdout, ran.stdout
    assert suite.files == before
    assert not list(suite.temporary.iterdir())


def test_a_suite_that_does_not_name_it_is_told(suite: Suite) -> None:
    suite.write(
        'test_club.py',
        """
        from app.testing import signed_in

        async def test_it(user):
            await signed_in(user)
        """,
    )
    ran = suite.run('-p', 'nicegui.testing.user_plugin')
    assert 'RuntimeError: pytest has to be told of the plugin: addopts = "-p app.testing"' in ran.stdout


def test_an_app_without_an_auth_is_told(suite: Suite) -> None:
    suite.write(
        'main.py',
        """
        from nicegui import ui

        ui.run(lambda: ui.label('Hello'))
        """,
    )
    suite.write(
        'test_club.py',
        """
        import pytest
        from app.testing import signed_in

        async def test_it(user):
            with pytest.raises(RuntimeError, match='the app has made no Auth in this test'):
                await signed_in(user)
        """,
    )
    ran = suite.run('-p', 'nicegui.testing.user_plugin', '-p', 'app.testing')
    assert '\n1 passed in' in ran.stdout, ran.stdout


def test_the_example_in_the_documentation_is_true(suite: Suite) -> None:
    text = (app.testing.__doc__ or '').replace('stay_signed_in', 'app')
    settings, example, _ = re.findall(r'(?:^    .*\n|^\n(?=    ))+', text, re.MULTILINE)
    suite.write('pytest.ini', settings)
    suite.write('test_example.py', example)
    suite.write(
        'main.py',
        """
        from nicegui import ui
        from app import Auth

        auth = Auth()

        @auth.page('/', role='admin')
        def home():
            ui.label(f'Hello {auth.user.name}')

        ui.run()
        """,
    )
    ran = suite.run()
    assert '\n2 passed in' in ran.stdout, ran.stdout


def test_an_app_in_fastapi(suite: Suite) -> None:
    suite.write(
        'main.py',
        """
        from fastapi import FastAPI
        from nicegui import ui

        import club.pages
        from club.sign_in import auth

        app = FastAPI()
        auth.install(app)
        ui.run_with(app, mount_path='/gui', storage_secret='the secret of the host')
        """,
    )
    suite.write(
        'test_club.py',
        """
        from app.testing import signed_in

        async def test_it(user):  # NiceGUI's simulation has no mount path
            await signed_in(user, 'Alice', roles=['admin'])
            await user.open('/office')
            await user.should_see('The office of Alice')
        """,
    )
    ran = suite.run('-p', 'nicegui.testing.user_plugin', '-p', 'app.testing')
    assert '\n1 passed in' in ran.stdout, ran.stdout
