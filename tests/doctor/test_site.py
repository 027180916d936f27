"""Sites, and how far a redirect is followed."""

from __future__ import annotations

import pytest

from app.doctor.site import is_within, same_site


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ('https://app.example.com', 'https://login.example.com'),
        ('https://example.com', 'https://a.b.example.com:8443/path'),
        ('https://app.example.co.uk', 'https://login.example.co.uk'),
        ('http://localhost:8080', 'http://localhost:9000/demo'),
        ('http://127.0.0.1:8080', 'http://127.0.0.1:9000'),
        ('https://[::1]:8080', 'https://[::1]'),
        ('https://intranet', 'https://intranet:8443'),
        ('https://app.bücher.example', 'https://login.xn--bcher-kva.example'),
        ('https://app.example.com.', 'https://login.example.com'),
    ],
)
def test_same_site(one: str, other: str) -> None:
    assert same_site(one, other)
    assert same_site(other, one)


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ('https://app.example.com', 'https://login.example.net'),
        ('https://app.example.com', 'http://login.example.com'),  # schemeful
        ('https://one.co.uk', 'https://other.co.uk'),
        ('https://one.github.io', 'https://other.github.io'),  # a public suffix of the private section
        ('https://example.com', 'https://notexample.com'),
        ('http://localhost:8080', 'http://127.0.0.1:8080'),
        ('http://127.0.0.1', 'http://127.0.0.2'),
        ('http://10.0.0.1', 'http://11.0.0.1'),
        ('https://one', 'https://other'),
        ('https://', 'https://example.com'),
    ],
)
def test_cross_site(one: str, other: str) -> None:
    assert not same_site(one, other)
    assert not same_site(other, one)


@pytest.mark.parametrize(
    ('url', 'follows'),
    [
        ('https://login.example.com/next', True),
        ('https://sso.example.com/next', True),
        ('http://login.example.com/next', False),  # everybody could read it
        ('https://elsewhere.example.net/next', False),
        ('https://app.example.com/callback', False),  # the app is never asked
        ('https://app.example.com/other', False),
        ('https://login.example.com/answers?code=x', False),  # the redirect URI
        ('javascript:alert(1)', False),
        ('https://[', False),
    ],
)
def test_a_redirect_is_followed_only_within_the_provider(url: str, follows: bool) -> None:
    known = {'issuer': 'https://login.example.com', 'endpoint': 'https://login.example.com/authorize'}
    base_url, redirect_uri = 'https://app.example.com', 'https://login.example.com/answers'
    assert is_within(url, base_url=base_url, redirect_uri=redirect_uri, **known) is follows


def test_a_provider_that_gives_an_open_address_is_not_followed_further() -> None:
    uris = {'base_url': 'https://app.example.com', 'redirect_uri': 'https://app.example.com/callback'}
    known = {'issuer': 'https://login.example.com', 'endpoint': 'http://login.example.com/authorize'}
    assert not is_within('http://login.example.com/next', **known, **uris)


@pytest.mark.parametrize(
    ('url', 'follows'),
    [
        ('https://example.com/sso/next', True),
        ('https://example.com/guide', True),
        ('https://example.com/gui', False),
        ('https://example.com/gui/next', False),
    ],
)
def test_an_app_below_a_path_is_only_what_lies_below_it(url: str, follows: bool) -> None:
    known = {'issuer': 'https://example.com/auth', 'endpoint': 'https://example.com/auth/authorize'}
    app = 'https://example.com/gui'
    assert is_within(url, base_url=app, redirect_uri=f'{app}/callback', **known) is follows


@pytest.mark.parametrize(
    ('url', 'follows'), [('http://localhost:8080/demo/x', True), ('http://localhost:8080/demonstration', False)]
)
def test_a_provider_at_the_origin_of_the_app_is_known_by_its_path(url: str, follows: bool) -> None:
    demo, app = 'http://localhost:8080/demo', 'http://localhost:8080'
    uri = f'{app}/callback'
    assert is_within(url, issuer=demo, endpoint=f'{demo}/authorize', base_url=app, redirect_uri=uri) is follows
