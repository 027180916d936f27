"""Where a sign-in may lead: to a page of this app, whatever the link says."""

from __future__ import annotations

import pytest

from app.web.return_to import MAX_LENGTH, OWN_PAGES, ROUTES, local_path

GOOD = [
    '/',
    '/profile',
    '/profile/',
    '/session?tab=tokens&x=%2F%2Fevil.example',
    '/api?url=https://example.com/a//b',
    '/admin#section',
    '/admin?a=b#c?d',
    '/a/b/c.html',
    '/.well-known',
    '/...',
    '/caf%C3%A9',
    '/a%20b',
    '/café',
    '/loginhelp',
    '/login/help',
    '/@alice',
    '/a:b',
    f'/{"x" * (MAX_LENGTH - 3)}',
]
EVIL = [
    '',
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '//evil.example/%2e%2e',
    '//user@evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\\/evil.example',
    '\\evil.example',
    '/a\\..\\..\\evil.example',
    '/a//evil.example',
    'https://evil.example',
    'HTTPS://evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'http:evil.example',
    'ftp://evil.example',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'blob:x',
    'evil.example',
    '.evil.example',
    '@evil.example',
    ':80',
    '?next=/',
    '#fragment',
    '/%2Fevil.example',
    '/%2fevil.example',
    '%2F%2Fevil.example',
    '%2Fprofile',
    '/%5Cevil.example',
    '/%5cevil.example',
    '%5C%5Cevil.example',
    '/%252Fevil.example',
    '/%255Cevil.example',
    '/%25252Fevil.example',
    '/%2525252525252Fevil.example',
    '/a%2F%2Fevil.example',
    '/%09/evil.example',
    '/\t/evil.example',
    '\t//evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    ' //evil.example',
    '/ /evil.example',
    '//evil.example ',
    '\x00//evil.example',
    '/\x00',
    '/%00',
    '/\x7f',
    '/a\r\nLocation: https://evil.example',
    '/a%0d%0aLocation:%20https://evil.example',
    '/a%0D%0ASet-Cookie:%20a=b',
    '/%0a/evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/./login',
    '/../login',
    '/x/../logout',
    '/%2e/login',
    '/%2e%2e/login',
    '/x/%2E%2E/logout',
    '/.%2e/login',
    '/login',
    '/login/',
    '/login?return_to=/login',
    '/login#x',
    '/%6Cogin',
    '/%256Cogin',
    '/callback?code=c&state=s',
    '/silent',
    '/logout',
    '/backchannel-logout',
    '/error?code=x',
    f'/{"x" * MAX_LENGTH}',
]


@pytest.mark.parametrize('path', GOOD, ids=lambda path: path[:30])
def test_a_page_of_this_app_is_kept_as_it_is(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize('value', EVIL, ids=lambda value: repr(value)[:40])
def test_anything_else_leads_home(value: str) -> None:
    assert local_path(value) == '/'


def test_nothing_leads_home() -> None:
    assert local_path(None) == '/'


@pytest.mark.parametrize('route', sorted(ROUTES | OWN_PAGES))
def test_a_route_that_is_no_place_to_be_leads_home(route: str) -> None:
    for value in (route, f'{route}/', f'{route}?a=b', f'{route}#a'):
        assert local_path(value) == '/'
