"""`auth.on_change`: pages that follow who comes and goes."""

from __future__ import annotations

import asyncio

import pytest

from app.renewal.visitors import Visitors
from app.sessions.session import Session
from app.web.links import PAGE_KEY_HEADER
from tests.clock import settle
from tests.host import seen
from tests.host.conftest import MOST_TRIES, opened
from tests.person import Person
from tests.provider import RecordingProvider


@pytest.mark.usefixtures('host')
async def test_a_visitors_open_page_is_told_who_signs_in_beside_it(provider: RecordingProvider) -> None:
    person = Person(provider)
    page, other = await opened(person, '/open'), await opened(Person(provider), '/open')
    await page.should_see('Hello stranger')
    await person.sign_in('alice')
    await page.should_see('Hello Alice Adams')
    await other.should_see('Hello stranger')
    await person.sign_in('bob')
    await page.should_see('Hello stranger')  # it is Alice's page, and she is signed out


@pytest.mark.usefixtures('host')
async def test_what_follows_the_user_ends_with_its_part_of_the_page(provider: RecordingProvider) -> None:
    alice = await Person.signed_in(provider)
    page = await opened(alice, '/followed')
    await page.should_see('Seen Alice Adams')
    await alice.sign_in('bob')
    await page.should_not_see('Seen')  # all that the page showed is deleted, so there is nothing left to be updated
    assert seen.names == {'followed': 'Alice Adams'}


@pytest.mark.usefixtures('host')
async def test_a_page_of_who_has_only_kept_the_visitors_cookie_stays_a_strangers(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has used a browser before Alice, and took what its cookie was then."""
    kiosk, told = Person(provider), asyncio.Event()
    await opened(kiosk, '/open')
    thief = kiosk.copy()
    page, tries, keys = await opened(thief, '/open'), list[str](), set[str]()

    def prove(self: Visitors, key: str, session: Session | None) -> bool:
        tries.append(key)
        if tries.count(key) == MOST_TRIES:
            keys.add(key)
            told.set()
        return prove_it(self, key, session)

    prove_it = Visitors.prove
    monkeypatch.setattr(Visitors, 'prove', prove)
    await kiosk.sign_in('alice')
    await told.wait()
    await settle()
    await page.should_see('Hello stranger')
    # Nor do they have the browser of Alice show it for them.
    (key,) = keys
    cross_site = {'Sec-Fetch-Site': 'cross-site', PAGE_KEY_HEADER: key}
    assert (await kiosk.http.post('/signed-in', headers=cross_site)).status_code == 403
    await page.should_see('Hello stranger')


@pytest.mark.usefixtures('host')
async def test_a_mistake_of_the_page_keeps_nothing_of_the_person_in_sight(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    alice = await Person.signed_in(provider)
    page = await opened(alice, '/mistaken')
    await page.should_see('Secrets of Alice Adams')
    await alice.log_out()
    await page.should_not_see('Secrets of Alice Adams')
    assert 'an update of the page failed' in caplog.text
    caplog.clear()


@pytest.mark.usefixtures('host')
async def test_what_follows_a_change_is_not_asynchronous(provider: RecordingProvider) -> None:
    await opened(await Person.signed_in(provider), '/asynchronous')
    assert 'must not be asynchronous' in str(seen.names['asynchronous'])
