"""`auth.require`: parts of pages, and handlers."""

from __future__ import annotations

import pytest

from tests.clock import settle
from tests.host import seen
from tests.host.conftest import opened, press
from tests.person import Person
from tests.provider import RecordingProvider


@pytest.mark.usefixtures('host')
async def test_a_part_of_a_page_shows_why_it_is_not_there(provider: RecordingProvider) -> None:
    visitor, bob = Person(provider), await Person.signed_in(provider, 'bob')
    page = await opened(visitor, '/parts/second')
    await page.should_see('Log in to see this page: The second.')
    await page.should_not_see('Second part')
    await visitor.sign_in('alice')
    await page.should_see('Second part')  # built anew, since the guard thinks otherwise
    await (await opened(bob, '/parts/second')).should_see('The page The second needs what the sign-in service has not')
    await (await opened(bob, '/parts')).should_see('First part')


@pytest.mark.usefixtures('host')
async def test_a_part_that_was_left_and_opened_again_is_built_once_when_its_guard_thinks_otherwise(
    provider: RecordingProvider,
) -> None:
    visitor = Person(provider)
    page = await opened(visitor, '/parts/second')
    for path in ('/parts', '/parts/second', '/parts', '/parts/second'):
        await page.navigate._open(path, clear_forward_history=True)
        await settle()
    await visitor.sign_in('alice')
    await page.should_see('Second part')
    await settle()
    assert seen.names['builds'] == 'x'


@pytest.mark.usefixtures('host')
async def test_a_page_that_is_a_part_of_another_one_keeps_its_guard(provider: RecordingProvider) -> None:
    """The browser goes there by its socket, so that no dependency of a page is asked."""
    visitor, bob = Person(provider), await Person.signed_in(provider, 'bob')
    page = await opened(visitor, '/parts/admin')
    await page.should_see('Please log in')
    await (await opened(bob, '/parts/admin')).should_see('not granted to you: write:messages')
    assert 'admin' not in seen.names
    await visitor.sign_in('alice')
    await page.should_see('The numbers')
    await (await opened(Person(provider), '/parts/open')).should_see('Hello stranger')


@pytest.mark.usefixtures('host')
@pytest.mark.parametrize(('name', 'ran'), [('alice', True), ('bob', False), (None, False)])
async def test_a_handler_runs_only_for_whom_its_guard_lets_in(
    provider: RecordingProvider, name: str | None, ran: bool
) -> None:
    person = await Person.signed_in(provider, name) if name else Person(provider)
    page = await opened(person, '/write')
    press(page, 'Write')
    await settle()
    assert (seen.names.get('handler') == 'here') is ran
    if name == 'bob':  # whom a sign-in may bring what is missing
        await page.should_see('Allow write:messages')
    else:
        assert (page.notify.messages == []) is ran
