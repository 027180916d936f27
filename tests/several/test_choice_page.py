"""The page that offers the providers to choose from."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.provider import RecordingProvider
from tests.several.conftest import Running
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller, shown

LAST = 'You logged in here last time'


def offered(page: httpx.Response) -> list[str]:
    """The names of the providers, in their order."""
    return re.findall(r'"data-provider":"([^"]+)"', shown(page))


async def test_it_offers_each_with_its_label_or_else_its_name(person: Traveller, network: Network) -> None:
    page = await person.get('/login/choose')
    assert offered(page) == [HOME, WORK]
    assert '"text":"Home"' in shown(page)
    assert '"text":"Example Works"' in shown(page)
    assert '<title>Where do you want to log in?</title>' in page.text
    assert LAST not in page.text
    assert network.sent == []


async def test_the_one_that_the_browser_used_last_comes_first(person: Traveller) -> None:
    await person.sign_in_at(WORK)
    await person.log_out()
    page = await person.get('/login/choose')
    assert offered(page) == [WORK, HOME]
    assert page.text.count(LAST) == 1
    assert offered(await Traveller(person.providers).get('/login/choose')) == [HOME, WORK]


async def test_it_is_kept_nowhere_and_asked_for_by_head_too(person: Traveller) -> None:
    page, head = await person.get('/login/choose'), await person.http.head('/login/choose')
    assert 'no-store' in page.headers['Cache-Control']
    assert (head.status_code, head.content) == (200, b'')


async def test_nobody_is_seen_where_it_is_asked_for_in_advance(person: Traveller) -> None:
    early = await person.http.get('/login/choose', headers={'Sec-Purpose': 'prefetch'})
    assert (early.status_code, early.headers['Cache-Control']) == (503, 'no-store')


@pytest.mark.parametrize('query', ['return_to="><script>alert(1)</script>', 'provider=javascript:x&iss=y', 'a=1&a=2'])
async def test_what_a_stranger_s_link_has_goes_no_further_than_into_our_own_links(
    person: Traveller, query: str
) -> None:
    page = await person.get(f'/login/choose?{query}')
    assert '<script>alert(1)</script>' not in page.text
    home, *hrefs = re.findall(r'"href":"([^"]+)"', shown(page))
    assert (home, len(hrefs)) == ('/', 2)
    assert all(href.startswith('http://localhost:8080/login?') for href in hrefs)
    assert not any('iss=' in href or 'javascript' in href for href in hrefs)


async def test_with_one_provider_there_is_no_such_page(
    running: Running, providers: dict[str, RecordingProvider]
) -> None:
    async with running(HOME):
        assert (await Traveller(providers).get('/login/choose')).status_code == 404


async def test_whoever_starts_the_app_is_told_who_signs_people_in(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running('demo', HOME):
        assert 'with the demo provider demo and http://localhost:9000.' in capsys.readouterr().out
