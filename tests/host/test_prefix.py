"""Sign-in below a prefix, in an app that has pages at our paths itself."""

from __future__ import annotations

import re

import pytest
from starlette.routing import Route

from app.errors import SettingsError
from app.settings.guest import load_for_host
from app.web.asgi.own_routes import check_paths
from app.web.links import STEPS
from app.web.return_to import HOME, local_path
from tests.person import Person, query
from tests.provider import APP_URL, RecordingProvider

AUTH = f'{APP_URL}/auth'


@pytest.fixture
def script() -> str:
    return """
        from nicegui import app, ui
        from app import Auth

        auth = Auth(prefix='/auth', health=True)


        @auth.page('/')
        def home():
            ui.label(auth.user.name)
            auth.logout_button()


        @auth.page('/login', optional=True)
        def login():
            ui.label('The way in of the host')
            auth.login_button()
            auth.login_button(in_window=True)


        @app.get('/logout')
        @app.get('/silent')
        @app.get('/health')
        @app.get('/auth/window')
        @app.get('/auth/open/{file}')
        def other():
            return 'of the host'


        ui.run()
        """


@pytest.fixture
def app_url() -> str:
    """Below which the provider knows the redirect URIs."""
    return AUTH


@pytest.fixture
def person(host: object, provider: RecordingProvider) -> Person:
    person = Person(provider)
    person.prefix = '/auth'
    return person


async def test_somebody_signs_in_and_out_below_the_prefix(person: Person) -> None:
    turned_away = await person.get('/')
    assert turned_away.headers['Location'] == f'{AUTH}/login?return_to=%2F'
    login = await person.get(turned_away.headers['Location'])
    assert query(login.headers['Location'])['redirect_uri'] == f'{AUTH}/callback'
    assert (await person.sign_in('alice')).headers['Location'] == f'{APP_URL}/'
    page = await person.get('/')
    assert 'Alice Adams' in page.text
    assert '"action":"/auth/logout"' in page.text
    assert '"channel":"stay-signed-in:/auth"' in page.text
    out = await person.log_out()
    assert query(out.headers['Location'])['post_logout_redirect_uri'] == f'{APP_URL}/'
    assert (await person.get('/')).status_code == 401


async def test_what_the_host_has_at_our_paths_stays(person: Person) -> None:
    page = await person.get('/login')
    assert 'The way in of the host' in page.text
    assert f'{AUTH}/login?return_to=%2Flogin' in page.text  # and it is a page to come back to
    assert (await person.sign_in('alice', '/login')).headers['Location'] == f'{APP_URL}/login'
    for path in ('/logout', '/silent', '/health', '/auth/window', '/auth/open/a-file'):
        assert (await person.get(path)).json() == 'of the host'
    assert (await person.get('/auth/health')).json() == {'status': 'ok'}
    assert (await person.get('/callback')).status_code == 404


async def test_a_window_for_the_sign_in_ends_below_the_prefix(person: Person, provider: RecordingProvider) -> None:
    assert 'return_to=%2Fauth%2Fsigned-in' in (await person.get('/login')).text
    headers = {'Sec-Fetch-Dest': 'document'}  # as a browser sends, which is asked for a fragment where that matters
    login = await person.http.get('/auth/login?return_to=/auth/signed-in', headers=headers)
    assert login.headers['Location'].startswith(provider.issuer)
    assert (await person.sign_in('alice', '/auth/signed-in')).headers['Location'] == f'{AUTH}/signed-in'
    assert 'Go back to the app' in (await person.get('/auth/signed-in')).text


async def test_the_silent_page_leads_home(person: Person) -> None:
    page = await person.get('/auth/silent')
    assert set(re.findall('href="([^"]*)"', page.text)) == {'../'}


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
async def test_another_name_of_this_machine_leads_to_our_login(person: Person, method: str) -> None:
    moved = await person.http.request(method, '/auth/login?return_to=/', headers={'Host': '127.0.0.1:8080'})
    assert moved.headers['Location'] == f'{AUTH}/login?return_to=/&moved=1'


async def test_a_slash_too_many_and_an_answer_that_is_posted_stay_below_the_prefix(person: Person) -> None:
    assert (await person.get('/auth/login/')).headers['Location'] == f'{AUTH}/login'
    posted = await person.http.post('/auth/callback', data={'code': 'c', 'state': 's'})
    assert posted.headers['Location'] == f'{AUTH}/callback?code=c&state=s'


async def test_a_failure_is_tried_again_below_the_prefix(person: Person, provider: RecordingProvider) -> None:
    provider.answer('/.well-known/openid-configuration', status=503)
    failed = await person.get('/auth/login', return_to='/login')
    assert (failed.status_code, f'{AUTH}/login?return_to=%2Flogin' in failed.text) == (502, True)
    forged = await person.http.post('/auth/logout', data={'session': 'x', 'csrf': 'y'})
    assert (forged.status_code, f'"{AUTH}/logout"' in forged.text) == (403, True)


async def test_a_page_whose_address_is_too_long_says_so_at_the_login(person: Person) -> None:
    link = (await person.get(f'/?x={"x" * 9000}')).headers['Location']
    assert link == f'{AUTH}/login?code=address_too_long'
    assert (await person.get(link)).status_code == 414


@pytest.mark.parametrize('path', ['/login', '/callback?code=x', '/logout', '/auth', '/auth/pages'])
def test_below_a_prefix_our_paths_are_the_hosts_to_come_back_to(path: str) -> None:
    assert local_path(path, '/auth') == path


@pytest.mark.parametrize('path', ['/auth/login', '/auth/callback?code=x', '/auth/logout/', '/auth/%6Cogin', '/error'])
def test_a_step_below_the_prefix_is_nothing_to_come_back_to(path: str) -> None:
    assert local_path(path, '/auth') == HOME


@pytest.mark.parametrize('step', STEPS)
def test_who_has_a_page_below_the_prefix_too_is_told_by_the_argument(step: str) -> None:
    routes = [Route(f'/gui/auth{step}', lambda _: None)]
    check_paths(routes, '/gui', load_for_host())
    with pytest.raises(SettingsError, match=f'PREFIX: must be another path.*/gui/auth{step} too'):
        check_paths(routes, '/gui', load_for_host(prefix='/auth'))


@pytest.mark.parametrize('prefix', ['/auth', '/auth/', '/a/b.c~d'])
def test_the_prefix_stands_before_all_of_ours(prefix: str) -> None:
    settings, base = load_for_host(prefix=prefix, base_url='https://localhost/gui'), 'https://localhost/gui'
    start = base + prefix.rstrip('/')
    assert (settings.callback_uri, settings.silent_uri) == (f'{start}/callback', f'{start}/silent')
    assert (settings.issuer, settings.api) == (f'{start}/demo', f'{start}/demo/api')
    assert settings.post_logout_uri == f'{base}/'
