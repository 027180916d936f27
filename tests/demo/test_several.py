"""Two providers in one process and on one host, as a browser and an operator meet them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.demo.provider import DemoProvider
from tests.demo.conftest import OFFLINE, Browser, MakeDemo, error_of

HOST = 'http://localhost:9000'


@pytest.fixture
def demos(make_demo: MakeDemo, tmp_path: Path) -> dict[str, DemoProvider]:
    return {name: make_demo(tmp_path, issuer=f'{HOST}/demo/{name}', name=name) for name in ('google', 'work')}


@pytest.fixture
async def both(demos: dict[str, DemoProvider]) -> AsyncIterator[tuple[Browser, Browser]]:
    """One browser, at the one provider and at the other."""
    app = Starlette(routes=[Mount(f'/demo/{name}', demo.app) for name, demo in demos.items()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        yield (
            Browser(demos['google'], demos['google'].issuer, http),
            Browser(demos['work'], demos['work'].issuer, http),
        )


async def test_alice_has_the_same_sub_at_both_and_another_address(both: tuple[Browser, Browser]) -> None:
    claims = []
    for browser in both:
        await browser.click('alice')
        tokens = await browser.tokens()
        claims.append(await browser.claims(tokens['id_token']))
        assert (await browser.userinfo(tokens['access_token'])).json()['email'] == claims[-1]['email']
    assert [claim['sub'] for claim in claims] == ['demo|alice'] * 2
    assert [claim['email'] for claim in claims] == ['alice@google.example', 'alice@work.example']
    assert [claim['iss'] for claim in claims] == [browser.issuer for browser in both]


async def test_a_browser_is_signed_in_at_each_by_itself(both: tuple[Browser, Browser]) -> None:
    google, work = both
    await google.click('alice')
    assert (await work.answer(prompt='none')).query['error'] == 'login_required'
    await work.click('bob')
    assert (await google.claims((await google.tokens())['id_token']))['sub'] == 'demo|alice'
    assert (await work.claims((await work.tokens())['id_token']))['sub'] == 'demo|bob'
    cookies = {(cookie.name, cookie.path) for cookie in google.http.cookies.jar}
    assert cookies == {('demo_provider_9000_google', '/demo/google'), ('demo_provider_9000_work', '/demo/work')}


async def test_a_cookie_of_one_means_nothing_at_the_other(both: tuple[Browser, Browser]) -> None:
    google, work = both
    await google.click('alice')
    (cookie,) = google.http.cookies.jar
    google.http.cookies.set('demo_provider_9000_work', str(cookie.value), path='/demo/work')
    assert (await work.answer(prompt='none')).query['error'] == 'login_required'


async def test_a_code_and_a_refresh_token_of_one_mean_nothing_at_the_other(both: tuple[Browser, Browser]) -> None:
    google, work = both
    await google.click('alice')
    code = await google.code(scope=OFFLINE)
    assert error_of(await work.redeem(code)) == 'invalid_grant'
    tokens = (await google.redeem(code)).json()
    assert error_of(await work.refresh(tokens['refresh_token'])) == 'invalid_grant'
    assert (await work.userinfo(tokens['access_token'])).status_code == 401
    assert (await google.refresh(tokens['refresh_token'])).status_code == 200


async def test_what_happens_at_one_does_not_happen_at_the_other(
    demos: dict[str, DemoProvider], both: tuple[Browser, Browser]
) -> None:
    google, work = both
    for browser in both:
        await browser.click('alice')
    sid = (await google.claims((await google.tokens())['id_token']))['sid']
    for name in ('work', 'google'):
        demos[name].take_role('demo|alice')
        assert ('admin' in (await google.claims((await google.tokens())['id_token']))['roles']) == (name == 'work')
        demos[name].end_elsewhere(sid)
        signed_in = 'code' in (await google.answer(prompt='none')).query
        assert signed_in == (name == 'work')
    assert 'code' in (await work.answer(prompt='none')).query


async def test_the_page_says_which_one_it_is(both: tuple[Browser, Browser]) -> None:
    google, work = both
    page = (await google.authorize()).text
    assert '<title>Sign in - Google</title>' in page
    assert 'data-testid="demo-provider">Google<' in page
    assert 'OIDC_GOOGLE_ISSUER' in page
    assert 'alice@google.example' in page
    assert 'alice@work.example' in (await work.authorize()).text
    signed_out = await work.http.post(f'{work.issuer}/end-session')
    assert 'You are signed out of the demo provider Work.' in signed_out.text


async def test_a_single_one_says_nothing_of_the_kind(browser: Browser) -> None:
    page = (await browser.authorize()).text
    assert '<title>Sign in - Demo provider</title>' in page
    assert 'demo-provider"' not in page
    assert 'Set OIDC_ISSUER to' in page


def test_each_has_files_of_its_own_and_a_single_one_those_that_it_ever_had(
    demos: dict[str, DemoProvider], make_demo: MakeDemo, tmp_path: Path
) -> None:
    make_demo(tmp_path)
    names = {path.name for path in tmp_path.iterdir() if not path.name.endswith(('-wal', '-shm'))}
    assert names == {
        *('demo-signing-key.pem', 'demo-google-signing-key.pem', 'demo-work-signing-key.pem'),
        *('demo.sqlite3', 'demo-google.sqlite3', 'demo-work.sqlite3'),
    }


@pytest.mark.parametrize('name', ['../evil', 'a/b', 'Work', 'a b', 'a;b', 'a.b', 'é', 'a\n'])
def test_a_name_that_cannot_be_part_of_a_files_name_is_refused(make_demo: MakeDemo, name: str) -> None:
    with pytest.raises(ValueError, match='cannot be part'):
        make_demo(name=name)
