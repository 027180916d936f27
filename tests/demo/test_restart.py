from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.demo.conftest import ISSUER, OFFLINE, Browser, MakeDemo, error_of


def contents(folder: Path) -> bytes:
    return b''.join(path.read_bytes() for path in folder.iterdir())


async def restarted(before: Browser, after: Browser) -> Browser:
    """The browser that was at `before`, at the provider that `after` is."""
    after.http.cookies = before.http.cookies
    await before.http.aclose()
    return after


@pytest.fixture
async def before(make_demo: MakeDemo, tmp_path: Path) -> Browser:
    """Alice's browser at a provider that keeps its things in a folder."""
    browser = Browser(make_demo(tmp_path / 'data'))
    await browser.click('alice')
    return browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / 'data'


async def test_the_signing_key_outlives_a_restart(before: Browser, make_demo: MakeDemo, folder: Path) -> None:
    tokens = await before.tokens()
    after = await restarted(before, Browser(make_demo(folder)))
    assert (await after.claims(tokens['id_token']))['sub'] == 'demo|alice'
    assert (await after.userinfo(tokens['access_token'])).json()['sub'] == 'demo|alice'


async def test_a_browsers_session_outlives_a_restart(before: Browser, make_demo: MakeDemo, folder: Path) -> None:
    old = await before.claims((await before.tokens())['id_token'])
    after = await restarted(before, Browser(make_demo(folder)))
    new = await after.claims((await after.tokens())['id_token'])
    assert (new['sub'], new['auth_time'], new['sid']) == (old['sub'], old['auth_time'], old['sid'])


async def test_refresh_tokens_outlive_a_restart(before: Browser, make_demo: MakeDemo, folder: Path) -> None:
    tokens = await before.tokens(scope=OFFLINE)
    old = await before.claims(tokens['id_token'])
    after = await restarted(before, Browser(make_demo(folder)))
    renewed = await after.refresh(tokens['refresh_token'])
    new = await after.claims(renewed.json()['id_token'])
    assert (new['sub'], new['auth_time'], new['sid']) == (old['sub'], old['auth_time'], old['sid'])


async def test_the_reuse_of_a_refresh_token_is_noticed_after_a_restart(
    before: Browser, make_demo: MakeDemo, folder: Path
) -> None:
    first = (await before.tokens(scope=OFFLINE))['refresh_token']
    second = (await before.refresh(first)).json()['refresh_token']
    after = await restarted(before, Browser(make_demo(folder)))
    assert error_of(await after.refresh(first)) == 'invalid_grant'
    assert error_of(await after.refresh(second)) == 'invalid_grant'


async def test_another_secret_forgets_the_browsers(before: Browser, make_demo: MakeDemo, folder: Path) -> None:
    after = await restarted(before, Browser(make_demo(folder, b'another')))
    assert (await after.answer(prompt='none')).query['error'] == 'login_required'


async def test_in_memory_nothing_is_kept(make_demo: MakeDemo) -> None:
    one, other = Browser(make_demo()), Browser(make_demo())
    assert (await one.http.get(f'{ISSUER}/jwks')).json() != (await other.http.get(f'{ISSUER}/jwks')).json()


def test_the_signing_key_is_for_its_owner_only(make_demo: MakeDemo, folder: Path) -> None:
    make_demo(folder)
    assert S_IMODE((folder / 'demo-signing-key.pem').stat().st_mode) == 0o600
    assert S_IMODE(folder.stat().st_mode) == 0o700


async def test_no_token_is_kept_readable(before: Browser, folder: Path) -> None:
    tokens = await before.tokens(scope=OFFLINE)
    kept = contents(folder)
    for name in ('access_token', 'id_token', 'refresh_token'):
        assert tokens[name].encode() not in kept
    with closing(sqlite3.connect(folder / 'demo.sqlite3')) as db:
        assert db.execute('SELECT count(*) FROM refresh_tokens').fetchone() == (1,)
