"""What makes no sense stops the start, with one line that names it."""

from __future__ import annotations

import pytest

from app.errors import SettingsError
from tests.settings.conftest import ELSEWHERE, ISSUER, KEY, PUBLIC, REAL, loaded


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('OIDC_ISSUER', 'login.example.com'),
        ('OIDC_ISSUER', 'ftp://login.example.com'),
        ('OIDC_ISSUER', 'https://'),
        ('OIDC_ISSUER', 'http://login.example.com'),
        ('OIDC_ISSUER', 'https://login.example.com?tenant=a'),
        ('OIDC_ISSUER', 'https://login.example.com#a'),
        ('OIDC_ISSUER', 'https://[login.example.com'),
        ('OIDC_ISSUER', 'https://login.example.com:port'),
        ('OIDC_ISSUER', 'https://user:password@login.example.com'),
        ('OIDC_ISSUER', 'https://login example.com'),
        ('OIDC_SCOPE', 'profile email'),
        ('OIDC_SCOPE', 'openidish'),
        ('BASE_URL', 'localhost:8080'),
        ('BASE_URL', 'app.example.com'),
        ('BASE_URL', 'ftp://localhost'),
        ('BASE_URL', 'http://app.example.com'),
        ('BASE_URL', 'https://app.example.com/a//b'),
        ('BASE_URL', 'https://app.example.com//a'),
        ('BASE_URL', 'https://app.example.com/..'),
        ('BASE_URL', 'https://app.example.com/a/../b'),
        ('BASE_URL', 'https://app.example.com/./a'),
        ('BASE_URL', 'https://app.example.com/a%2Fb'),
        ('BASE_URL', 'https://app.example.com/%2e%2e'),
        ('BASE_URL', 'https://app.example.com/a\\b'),
        ('BASE_URL', 'https://app.example.com/a;b'),
        ('BASE_URL', 'https://app.example.com/ä'),
        ('BASE_URL', 'https://app.example.com/gui?a=b'),
        ('BASE_URL', 'https://app.example.com/gui#a'),
        ('PREFIX', 'auth'),
        ('PREFIX', '/auth//x'),
        ('PREFIX', '/..'),
        ('PREFIX', '//evil.example'),
        ('PREFIX', 'https://evil.example'),
        ('PREFIX', '/a?b'),
        ('PREFIX', '/ä'),
        ('TRUSTED_PROXIES', 'nginx'),
        ('TRUSTED_PROXIES', '*'),
        ('TRUSTED_PROXIES', '10.0.0.1/8'),
        ('TRUSTED_PROXIES', '10.0.0.0/33'),
        ('TRUSTED_PROXIES', '10.0.0.1 10.0.0.2'),
        ('BASE_URL', 'https://app.example.com?a=b'),
        ('BASE_URL', 'https://app.example.com#a'),
        ('BASE_URL', 'http://localhost:port'),
        ('BASE_URL', 'http://localhost:99999'),
        ('BASE_URL', 'http://[::1'),
        ('BASE_URL', 'https://user:password@app.example.com'),
        ('BASE_URL', 'https://app example.com'),
        ('PORT', 'http'),
        ('PORT', '-1'),
        ('PORT', '65536'),
        ('PORT', '80.5'),
        ('SECRET_KEY', 'too-short-to-be-a-secret'),
        ('RENEWAL', 'popup'),
        ('RENEWAL', 'iframe,iframe'),
        ('RENEWAL', ','),
        ('RENEWAL_LEAD', '-1'),
        ('RENEWAL_LEAD', 'a minute'),
        ('RENEWAL_LEAD', 'nan'),
        ('HOOK_TIMEOUT', '0'),
        ('HOOK_TIMEOUT', '121'),
        ('SILENT_TIMEOUT', '0'),
        ('SILENT_TIMEOUT', '-10'),
        ('SILENT_TIMEOUT', '121'),
        ('SILENT_TIMEOUT', 'nan'),
        ('ID_TOKEN_HINT', 'sometimes'),
        ('DEMO_TOKEN_LIFETIME', '0'),
        ('DEMO_TOKEN_LIFETIME', '1.5'),
    ],
)
def test_a_senseless_setting_stops_the_start_with_one_line_that_names_it(
    env: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(env, REAL | {name: value})
    assert str(caught.value).startswith(f'{name}: ')
    assert len(str(caught.value)) > len(name) + 10
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    'domain',
    ['https://example.auth0.com', 'example.auth0.com/', 'example.auth0.com:port', 'a b', 'a?b', 'a#b', 'u@a', 'a..b'],
)
def test_a_senseless_domain_is_named_by_the_name_that_was_set(env: pytest.MonkeyPatch, domain: str) -> None:
    with pytest.raises(SettingsError, match=r'^AUTH0_DOMAIN: must be a host name'):
        loaded(env, {'AUTH0_DOMAIN': domain, 'AUTH0_CLIENT_ID': 'app'})


@pytest.mark.parametrize(
    ('values', 'named'),
    [
        pytest.param({'OIDC_ISSUER': ISSUER}, 'OIDC_CLIENT_ID', id='an issuer without client'),
        pytest.param({'AUTH0_DOMAIN': 'example.auth0.com'}, 'OIDC_CLIENT_ID', id='a domain without client'),
        pytest.param({'OIDC_CLIENT_ID': 'app'}, 'OIDC_ISSUER', id='a client without issuer'),
        pytest.param({'AUTH0_CLIENT_ID': 'app'}, 'OIDC_ISSUER', id='a client of Auth0 without domain'),
        pytest.param(REAL | {'AUTH0_DOMAIN': 'example.auth0.com'}, 'AUTH0_DOMAIN', id='an issuer and a domain'),
        pytest.param({'BASE_URL': 'https://app.example.com'}, 'OIDC_ISSUER', id='the demo in public'),
        pytest.param(
            {'BASE_URL': 'https://app.example.com', 'SECRET_KEY': KEY}, 'OIDC_ISSUER', id='the demo in public, with key'
        ),
        pytest.param(REAL | {'BASE_URL': 'https://app.example.com'}, 'SECRET_KEY', id='in public without key'),
        pytest.param({'HOST': '0.0.0.0'}, 'HOST', id='the demo for the whole network'),
        pytest.param({'HOST': '::'}, 'HOST', id='the demo for the whole network, by IPv6'),
        pytest.param({'HOST': '192.168.1.5'}, 'HOST', id='the demo at an address that others reach'),
        pytest.param({'HOST': 'box.example'}, 'HOST', id='the demo at a name that may lead anywhere'),
        pytest.param(PUBLIC | {'NATIVE': 'true'}, 'NATIVE', id='a window of a public app'),
        pytest.param({**ELSEWHERE, 'RENEWAL': 'iframe'}, 'RENEWAL', id='another browser, and only the frame to renew'),
    ],
)
def test_settings_that_make_no_sense_together_stop_the_start(
    env: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(env, values)
    assert str(caught.value).startswith(f'{named}: ')
    assert '\n' not in str(caught.value)


@pytest.mark.tutorial_bug(20)
def test_a_secret_is_in_no_message_and_in_no_representation(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, PUBLIC | {'OIDC_CLIENT_SECRET': 'the-client-secret'})
    assert 'the-client-secret' not in f'{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}'
    assert KEY not in f'{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}'
    for values in ({'SECRET_KEY': 'too-short-to-tell'}, {'PORT': 'x'}, {'BASE_URL': 'https://u:too-short-to-tell@a.b'}):
        with pytest.raises(SettingsError) as caught:
            loaded(env, values)
        assert 'the-client-secret' not in f'{caught.value} {caught.value!r}'
        assert 'too-short-to-tell' not in f'{caught.value} {caught.value!r}'
        assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    'url',
    [
        'http://api.example.com',
        'api.example.com',
        'ftp://api.example.com',
        'https://',
        'https://api.example.com/?tenant=a',
        'https://api.example.com/#top',
        'https://user@api.example.com',
        'https://api.example.com:port',
    ],
)
def test_an_api_that_would_leak_the_token_or_makes_no_sense_stops_the_start(env: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SettingsError, match='API_URL: '):
        loaded(env, {'API_URL': url})
