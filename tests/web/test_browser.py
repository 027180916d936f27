"""The cookie: one random id, signed; and what is taken over from the cookie of the version before."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import TimestampSigner
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app.sessions.records import Records
from app.settings import Settings
from app.settings.fields import LONGEST_COOKIE
from app.web.browser import DAY, BrowserCookie, browser_of, cookie_name
from app.web.earlier_cookie import EarlierCookie, adopted
from tests.clock import FakeClock
from tests.person import Person, query
from tests.provider import RecordingProvider
from tests.sessions.examples import execute

KEY = 'k' * 40
HTTP, HTTPS = 'http://localhost:8080', 'https://app.example.com'
NAME = 'stay_signed_in_browser_8080'
Answer = Callable[[Request], str]


def settings(base_url: str = HTTP) -> Settings:
    return Settings(
        base_url=base_url, secret_key=SecretStr(KEY), oidc_issuer='https://idp.example', oidc_client_id='app'
    )


async def asked(
    clock: FakeClock,
    answer: Answer,
    *,
    key: str = KEY,
    base_url: str = HTTP,
    cookie: str | None = None,
) -> httpx.Response:
    """What the answer to one request is, with this cookie and this app behind the middleware."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = PlainTextResponse(answer(Request(scope, receive)))
        await response(scope, receive, send)

    middleware = BrowserCookie(app, settings=settings(base_url), secret_key=lambda: key, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(middleware)) as client:
        return await client.get(base_url, headers={b'Cookie': cookie.encode('latin-1')} if cookie else {})


def id_of(request: Request) -> str:
    return browser_of(request).id


def known_id_of(request: Request) -> str:
    return str(browser_of(request).known_id)


def nobody(request: Request) -> str:
    return ''


def cookie_of(response: httpx.Response) -> str:
    return response.headers['Set-Cookie'].split(';')[0]


async def test_a_new_browser_gets_a_random_id_out_of_reach_of_scripts(clock: FakeClock) -> None:
    responses = [await asked(clock, id_of) for _ in range(2)]
    assert responses[0].text != responses[1].text
    assert len(responses[0].text) >= 43  # 256 bits
    (cookie,) = responses[0].headers.get_list('Set-Cookie')
    value = rf'{NAME}={responses[0].text}\.[\w-]+\.[\w-]+'
    assert re.fullmatch(rf'{value}; Max-Age={LONGEST_COOKIE}; Path=/; HttpOnly; SameSite=Lax', cookie)


async def test_with_https_no_other_host_can_have_set_it(clock: FakeClock) -> None:
    cookie = (await asked(clock, id_of, base_url=HTTPS)).headers['Set-Cookie']
    assert cookie.startswith('__Host-stay_signed_in_browser=')
    assert cookie.endswith('; Path=/; HttpOnly; SameSite=Lax; Secure')


def test_apps_on_one_host_have_names_of_their_own() -> None:
    origins = [HTTPS, f'{HTTPS}:8080', f'{HTTPS}:8443', 'http://localhost:8080', 'http://localhost:8443']
    apps = [settings(origin) for origin in origins]
    apps += [
        app.model_copy(update={'base_url': f'{app.base_url}/{path}'}) for app in apps for path in ('a', 'b/c', 'b_c')
    ]
    for purpose in ('browser', 'storage'):
        names = [cookie_name(app, purpose) for app in apps]
        assert len(set(names)) == len(apps)
        assert all(re.fullmatch(r'[\w.%-]+', name) for name in names)
    assert cookie_name(settings(f'{HTTPS}:443')) == cookie_name(settings(HTTPS)) == '__Host-stay_signed_in_browser'


async def test_a_name_without_the_port_is_read_once_so_that_nobody_is_signed_out(clock: FakeClock) -> None:
    former = cookie_of(await asked(clock, id_of, base_url=HTTPS))
    url = f'{HTTPS}:8443'
    moved = await asked(clock, id_of, base_url=url, cookie=former)
    (fresh,) = moved.headers.get_list('Set-Cookie')
    assert former == f'__Host-stay_signed_in_browser={former.split("=")[1]}'
    assert moved.text == former.split('=')[1].split('.')[0]
    assert fresh.startswith(f'__Host-stay_signed_in_browser_8443={moved.text}.')
    again = await asked(clock, id_of, base_url=url, cookie=f'{former}; {fresh.split(";")[0]}')
    assert (again.text, 'Set-Cookie' in again.headers) == (moved.text, False)


async def test_the_cookie_of_another_app_on_the_same_host_stays_as_it_is(clock: FakeClock) -> None:
    others = cookie_of(await asked(clock, id_of, base_url=HTTPS, key='another' * 9))
    answer = await asked(clock, id_of, base_url=f'{HTTPS}:8443', cookie=others)
    (ours,) = answer.headers.get_list('Set-Cookie')
    assert answer.text not in others
    assert ours.startswith('__Host-stay_signed_in_browser_8443=')


async def test_an_app_below_a_path_takes_nothing_over_from_the_one_above_it(clock: FakeClock) -> None:
    """Not even where both have the same key."""
    above = cookie_of(await asked(clock, id_of, base_url=HTTPS))
    answer = await asked(clock, id_of, base_url=f'{HTTPS}/gui', cookie=above)
    (ours,) = answer.headers.get_list('Set-Cookie')
    assert answer.text not in above
    assert ours.startswith(f'__Host-stay_signed_in_browser%2Fgui={answer.text}.')
    assert ours.endswith('; Path=/; HttpOnly; SameSite=Lax; Secure')


@pytest.mark.parametrize(('url', 'said'), [(HTTPS, 'yes'), (f'{HTTPS}/gui', 'no')])
async def test_nor_does_it_end_what_the_one_above_has_of_the_version_before(
    clock: FakeClock, url: str, said: str
) -> None:
    earlier = f'__Host-stay_signed_in={earlier_cookie(session="s" * 30)}'
    answer = await asked(
        clock, lambda request: 'yes' if browser_of(request).earlier else 'no', base_url=url, cookie=earlier
    )
    assert answer.text == said


async def test_an_id_is_kept_and_not_sent_again_within_a_day(clock: FakeClock) -> None:
    first = await asked(clock, id_of)
    for after, is_sent in ((0, False), (DAY - 1, False), (DAY + 1, True), (LONGEST_COOKIE - 1, True), (-DAY, True)):
        now = FakeClock(clock.now() + after)
        again = await asked(now, id_of, cookie=cookie_of(first))
        assert (again.text, 'Set-Cookie' in again.headers) == (first.text, is_sent)
    assert (await asked(FakeClock(clock.now() + LONGEST_COOKIE + 1), id_of, cookie=cookie_of(first))).text != first.text


async def test_a_request_for_which_nobody_asks_who_sent_it_gets_no_cookie(clock: FakeClock) -> None:
    assert 'Set-Cookie' not in (await asked(clock, nobody)).headers
    old = cookie_of(await asked(clock, id_of))
    assert 'Set-Cookie' not in (await asked(FakeClock(clock.now() + DAY + 1), nobody, cookie=old)).headers
    assert 'Set-Cookie' not in (await asked(clock, known_id_of)).headers  # nor who only wants to know


@pytest.mark.parametrize(
    'change',
    [
        pytest.param(lambda cookie: cookie[:-1], id='cut off'),
        pytest.param(lambda cookie: cookie.replace('=', '=x', 1), id='another id'),
        pytest.param(lambda _: f'{NAME}=', id='empty'),
        pytest.param(lambda _: f'{NAME}=\xe9.\xe9.\xe9', id='not ascii'),
        pytest.param(lambda _: f'{NAME}=' + TimestampSigner(KEY).sign('x' * 43).decode(), id='another purpose'),
        pytest.param(lambda cookie: cookie.replace(NAME, 'stay_signed_in_browser_9999'), id='of another port'),
    ],
)
async def test_a_cookie_that_is_not_ours_says_nothing(clock: FakeClock, change: Callable[[str], str]) -> None:
    cookie = cookie_of(await asked(clock, id_of))
    assert (await asked(clock, known_id_of, cookie=change(cookie))).text == 'None'


async def test_another_secret_key_knows_no_browser(clock: FakeClock) -> None:
    cookie = cookie_of(await asked(clock, id_of))
    assert (await asked(clock, known_id_of, cookie=cookie, key='x' * 40)).text == 'None'


# The cookie of the version before


def earlier_cookie(secret: str = KEY, **said: Any) -> str:
    """As Starlette's `SessionMiddleware` made it."""
    return TimestampSigner(secret).sign(b64encode(json.dumps(said).encode())).decode()


def read(value: str) -> dict[str, Any] | None:
    return EarlierCookie(settings(), KEY).read({'stay_signed_in_8080': value}, time.time())


def test_what_it_says_is_read_if_we_signed_it() -> None:
    assert read(earlier_cookie(id='nicegui', session='s', seen_on=1)) == {'session': 's'}
    for value in ('', 'garbage', earlier_cookie('x' * 40, session='s'), earlier_cookie(id='nicegui')):
        assert read(value) is None
    assert read(TimestampSigner(KEY).sign(b64encode(b'[1]')).decode()) is None
    assert read(TimestampSigner(KEY).sign(b64encode(b'{')).decode()) is None
    assert read(TimestampSigner(KEY).sign(b'*').decode()) is None


def test_tabs_that_show_the_same_cookie_become_the_same_browser() -> None:
    said = {'session': 'a-session', 'browser': 'a-browser', 'return_to': '/profile', 'looked_at': 5, 'window': 'key'}
    (record, mark), (again, _) = adopted(said, 9.0), adopted(said, 10.0)
    assert (record, mark) == (again, None)
    assert (record.session_id, record.return_to, record.looked_at) == ('a-session', '/profile', 5.0)
    assert record.window_key == 'key'


def test_the_former_id_of_a_browser_alone_leads_to_no_session() -> None:
    """It did not change with a sign-in, so whoever used the browser before knows it."""
    with_session, _ = adopted({'session': 'a-session', 'browser': 'a-browser'}, 0.0)
    without, _ = adopted({'browser': 'a-browser'}, 0.0)
    with_another, _ = adopted({'session': 'another', 'browser': 'a-browser'}, 0.0)
    assert len({without.id, with_session.id, with_another.id}) == 3
    assert without.session_id is None
    assert 'a-browser' not in with_session.id


@pytest.mark.parametrize('junk', [5, None, ['x'], '', {'a': 1}])
def test_nonsense_in_it_is_left_out(junk: object) -> None:
    record, mark = adopted(dict.fromkeys(('session', 'browser', 'return_to', 'window'), junk) | {'looked_at': 'x'}, 0.0)
    assert (record.session_id, record.window_key, record.return_to, record.looked_at) == (None, None, '/', 0.0)
    assert mark is None


# An upgrade


def secret_key() -> str:
    return Path('.data/secret.key').read_text().strip()


def with_earlier_cookie(**said: Any) -> httpx.Cookies:
    cookies = httpx.Cookies()
    cookies.set('stay_signed_in_8080', earlier_cookie(secret_key(), **said), domain='localhost.local')
    return cookies


def session_ids() -> tuple[str, str]:
    """The secret ids of the only session, and of its browser, which only the store knows."""
    records = Records(secret_key())
    ((key, encrypted),) = execute(Path('.data/sessions.sqlite3'), 'SELECT key, encrypted FROM sessions')
    session = records.session(key, encrypted)
    assert session is not None
    return session.id, session.browser


@pytest.mark.usefixtures('app')
async def test_an_upgrade_signs_nobody_out(provider: RecordingProvider) -> None:
    await Person.signed_in(provider)
    session, browser = session_ids()
    execute(Path('.data/sessions.sqlite3'), 'DELETE FROM browsers')
    cookies = with_earlier_cookie(session=session, browser=browser)
    upgraded, parallel, kept = Person(provider, cookies), Person(provider, cookies), Person(provider, cookies)
    assert [await upgraded.name(), await parallel.name()] == ['Alice Adams'] * 2
    assert 'stay_signed_in_8080' not in upgraded.http.cookies
    ids = {str(tab.http.cookies[NAME]).split('.', 1)[0] for tab in (upgraded, parallel)}
    assert len(ids) == 1
    location = (await upgraded.log_out()).headers['Location']
    assert 'id_token_hint' in query(location)
    assert [await tab.name() for tab in (upgraded, parallel, kept)] == [None] * 3


@pytest.mark.usefixtures('app')
async def test_an_upgrade_keeps_that_somebody_has_logged_out(provider: RecordingProvider) -> None:
    person = Person(provider, with_earlier_cookie(logged_out=True, looked_at=0))
    assert 'Checking for a session' not in (await person.get('/')).text
    assert (await person.get('/profile')).status_code == 401
    await person.sign_in('alice')
    assert await person.name() == 'Alice Adams'


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('path', ['/health', '/silent', '/signed-in', '/nowhere', '/logout', '/_nicegui/auto/x'])
async def test_what_needs_no_browser_gets_no_id_and_makes_no_record(provider: RecordingProvider, path: str) -> None:
    assert NAME not in str((await Person(provider).get(path)).headers.get_list('Set-Cookie'))


@pytest.mark.usefixtures('app')
async def test_a_page_view_makes_an_id_and_no_record(provider: RecordingProvider) -> None:
    person = Person(provider)
    assert NAME in str((await person.get('/')).headers.get_list('Set-Cookie'))
    id = person.http.cookies[NAME]
    await person.get('/')
    assert person.http.cookies[NAME] == id
    assert execute(Path('.data/sessions.sqlite3'), 'SELECT count(*) FROM browsers') == [(0,)]
    await person.get('/login')
    assert person.http.cookies[NAME] == id
    assert execute(Path('.data/sessions.sqlite3'), 'SELECT count(*) FROM browsers') == [(1,)]
