"""A long address, its query and its fragment come back from a sign-in as they were."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from urllib.parse import quote, urlsplit

import pytest

from app.errors import AddressTooLong
from app.web.links import login_path
from app.web.return_to import HOME, MAX_LENGTH, PLAIN_LENGTH, return_path, return_query
from tests.person import Person, place, query
from tests.provider import RecordingProvider

JAPANESE = '/profile?q=' + quote('日本語の住所' * 20)  # 120 characters
LONGEST = '/profile?q=' + 'x' * (MAX_LENGTH - 11)
AS_A_BROWSER_LOADS_A_PAGE = {'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Mode': 'navigate'}


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('address', [JAPANESE, LONGEST], ids=['Japanese', 'the longest'])
async def test_a_long_address_comes_back_to_the_letter(provider: RecordingProvider, address: str) -> None:
    person = Person(provider)
    turned_away = await person.get(address)
    assert turned_away.status_code == 303
    assert len(turned_away.headers['Location']) < len(address) + 200
    begun = await person.get(turned_away.headers['Location'])
    data = {'person': 'alice', 'request': urlsplit(begun.headers['Location']).query}
    clicked = await person.http.post(f'{provider.issuer}/sign-in', data=data)
    answer = (await person.get(clicked.headers['Location'])).headers['Location']
    assert place(await person.get(answer)) == address


@pytest.mark.usefixtures('app')
async def test_an_address_beyond_the_bound_is_not_forgotten_in_silence(provider: RecordingProvider) -> None:
    person = Person(provider)
    turned_away = await person.get(f'{LONGEST}x')
    told = await person.get(turned_away.headers['Location'])
    assert 'The address of this page is too long' in told.text
    plain = await person.get('/login', return_to=f'{LONGEST}x')
    assert (plain.status_code, 'address_too_long' in plain.text) == (414, True)
    assert '/authorize' not in provider.requests


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('address', ['/profile?a=%2F%26&b=1|2&c="\\{}"', '/?q=a%20b+c', '/profile?%E6%97%A5=1'])
async def test_what_is_unusual_in_a_query_is_left_alone(provider: RecordingProvider, address: str) -> None:
    signed_in = await Person(provider).sign_in('alice', return_to=address)
    assert place(signed_in) == address


@pytest.mark.usefixtures('app')
async def test_a_page_that_is_being_loaded_is_asked_for_its_fragment_before_it_is_left(
    provider: RecordingProvider,
) -> None:
    person = Person(provider)
    asked = await person.http.get('/login?return_to=/profile', headers=AS_A_BROWSER_LOADS_A_PAGE)
    assert (asked.status_code, 'location.hash' in asked.text) == (200, True)
    assert '/authorize' not in provider.requests
    left = await person.http.get('/login?return_to=/profile&fragment=claims', headers=AS_A_BROWSER_LOADS_A_PAGE)
    assert left.headers['Location'].startswith(provider.issuer)
    window = await person.http.get('/login?return_to=/signed-in', headers=AS_A_BROWSER_LOADS_A_PAGE)
    assert window.headers['Location'].startswith(provider.issuer)


@pytest.mark.parametrize('path', ['/', '/profile', JAPANESE, LONGEST, '/a?' + 'b' * PLAIN_LENGTH])
def test_a_link_says_where_it_leads_back_to(path: str) -> None:
    assert return_path(return_query(path)) == path
    assert return_path(query(login_path(path))) == path


@pytest.mark.parametrize(
    ('said', 'path'),
    [
        ({'return_to': '/profile', 'fragment': 'claims'}, '/profile#claims'),
        ({'return_to': '/profile#old', 'fragment': 'new?x'}, '/profile#new?x'),
        ({'return_to': '/profile#old', 'fragment': ''}, '/profile#old'),
        ({'return_to': '/profile', 'fragment': 'a|b\\c'}, '/profile#a|b\\c'),
        ({'fragment': 'claims'}, '/#claims'),
        ({'return_to': '//evil.example', 'fragment': 'claims'}, HOME),
        ({'return_to': '/profile', 'fragment': 'a\r\nb'}, HOME),
        ({}, HOME),
        ({'packed_return_to': 'nonsense'}, HOME),
        ({'packed_return_to': 'ä'}, HOME),
        ({'packed_return_to': return_query('/a?' + 'b' * 2000)['packed_return_to'][:-9]}, HOME),
    ],
)
def test_what_a_link_says_is_read_with_care(said: dict[str, str], path: str) -> None:
    assert return_path(said) == path


def test_a_bomb_does_not_go_off() -> None:
    bomb = urlsafe_b64encode(zlib.compress(b'/' + b'x' * 50_000_000)).decode()
    with pytest.raises(AddressTooLong):
        return_path({'packed_return_to': bomb})
