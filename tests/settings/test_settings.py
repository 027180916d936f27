"""The settings: their names, their defaults, and the one line that a senseless one stops the start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import load
from tests.settings.conftest import ELSEWHERE, ISSUER, KEY, PUBLIC, REAL, loaded


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert settings.is_demo
    assert settings.is_loopback
    assert settings.issuer == 'http://localhost:8080/demo'
    assert (settings.base_url, settings.host, settings.listen_port()) == ('http://localhost:8080', 'localhost', 8080)
    assert (settings.renewal, settings.renewal_lead, settings.silent_timeout) == (('iframe', 'refresh_token'), 60, 10)
    assert (settings.id_token_hint, settings.demo_token_lifetime) == ('auto', 120)
    assert settings.data_dir == Path('.data')
    assert (settings.oidc_audience, settings.oidc_client_secret, settings.secret_key) == (None, None, None)


@pytest.mark.tutorial_bug(21)
@pytest.mark.parametrize('values', [{}, REAL])
def test_the_scope_has_email_by_default(env: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    assert {'openid', 'profile', 'email'} <= set(loaded(env, values).scope.split())


def test_a_real_provider_is_asked_for_nothing_that_only_the_demo_has(env: pytest.MonkeyPatch) -> None:
    assert loaded(env, REAL).scope == 'openid profile email'


def test_everything_can_be_set_by_its_own_name(env: pytest.MonkeyPatch) -> None:
    settings = loaded(
        env,
        PUBLIC
        | {
            'OIDC_CLIENT_SECRET': 'the-client-secret',
            'OIDC_SCOPE': 'openid offline_access',
            'OIDC_AUDIENCE': 'https://api.example.com',
            'HOST': '0.0.0.0',
            'PORT': '9000',
            'DATA_DIR': '/var/lib/app',
            'RENEWAL': 'refresh_token',
            'RENEWAL_LEAD': '30',
            'SILENT_TIMEOUT': '5',
            'ID_TOKEN_HINT': 'always',
            'DEMO_TOKEN_LIFETIME': '1',
        },
    )
    assert (settings.is_demo, settings.issuer, settings.client_id) == (False, ISSUER, 'app')
    assert settings.oidc_client_secret is not None
    assert settings.oidc_client_secret.get_secret_value() == 'the-client-secret'
    assert (settings.scope, settings.oidc_audience) == ('openid offline_access', 'https://api.example.com')
    assert (settings.base_url, settings.host, settings.listen_port()) == ('https://app.example.com', '0.0.0.0', 9000)
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.data_dir == Path('/var/lib/app')
    assert (settings.renewal, settings.renewal_lead, settings.silent_timeout) == (('refresh_token',), 30, 5)
    assert (settings.id_token_hint, settings.demo_token_lifetime) == ('always', 1)


def test_who_signs_in_in_another_browser_has_the_refresh_token_alone(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, {**REAL, **ELSEWHERE})
    assert settings.signs_in_elsewhere
    assert settings.methods == ('refresh_token',)
    assert settings.scope == 'openid profile email offline_access'


def test_who_relies_on_the_refresh_token_alone_asks_for_one(env: pytest.MonkeyPatch) -> None:
    assert 'offline_access' in loaded(env, REAL | {'RENEWAL': 'refresh_token'}).scope.split()


def test_a_scope_that_was_set_is_asked_for_as_it_is(env: pytest.MonkeyPatch) -> None:
    assert loaded(env, {**REAL, **ELSEWHERE, 'OIDC_SCOPE': 'openid'}).scope == 'openid'


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1', '127.8.0.1', '::1'])
def test_the_demo_may_listen_on_this_machine(env: pytest.MonkeyPatch, host: str) -> None:
    assert loaded(env, {'HOST': host}).is_demo


def test_the_demo_may_be_opened_to_a_network_in_so_many_words(env: pytest.MonkeyPatch) -> None:
    assert loaded(env, {'HOST': '0.0.0.0', 'DEMO_ALLOW_REMOTE': 'true'}).is_demo


def test_with_a_provider_it_may_listen_anywhere(env: pytest.MonkeyPatch) -> None:
    assert not loaded(env, {**REAL, 'HOST': '0.0.0.0'}).is_demo


@pytest.mark.parametrize(
    ('values', 'framed'),
    [
        ({}, True),
        ({'RENEWAL': 'iframe'}, True),
        ({'RENEWAL': 'refresh_token,iframe'}, True),
        ({'RENEWAL': 'refresh_token'}, False),
        (ELSEWHERE, False),
    ],
)
def test_no_frame_is_opened_for_a_visitor_where_no_frame_renews(
    env: pytest.MonkeyPatch, values: dict[str, str], framed: bool
) -> None:
    assert loaded(env, REAL | values).frames_visitors is framed


@pytest.mark.parametrize('values', [{'NATIVE_LOGIN': 'browser'}, {'NATIVE': 'true'}])
def test_without_a_window_or_with_signing_in_in_it_the_frame_renews(
    env: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    settings = loaded(env, REAL | values)
    assert settings.methods == ('iframe', 'refresh_token')
    assert settings.scope == 'openid profile email'


def test_the_tutorials_names_mean_the_same(env: pytest.MonkeyPatch) -> None:
    settings = loaded(
        env,
        {
            'AUTH0_DOMAIN': 'example.eu.auth0.com',
            'AUTH0_CLIENT_ID': 'app',
            'AUTH0_AUDIENCE': 'https://api.example.com',
        },
    )
    assert settings.issuer == 'https://example.eu.auth0.com/'
    assert (settings.client_id, settings.oidc_audience) == ('app', 'https://api.example.com')
    assert not settings.is_demo


def test_the_tutorials_names_can_stand_in_a_file_as_well(tmp_path: Path) -> None:
    lines = ['AUTH0_DOMAIN=example.eu.auth0.com', 'AUTH0_CLIENT_ID=app', 'AUTH0_AUDIENCE=https://api.example.com']
    (tmp_path / '.env').write_text('\n'.join(lines))
    settings = load()
    assert (settings.issuer, settings.client_id) == ('https://example.eu.auth0.com/', 'app')
    assert settings.oidc_audience == 'https://api.example.com'


@pytest.mark.parametrize(
    ('in_file', 'in_environment', 'client'),
    [
        ('OIDC_CLIENT_ID=file', {'AUTH0_CLIENT_ID': 'environment'}, 'environment'),
        ('AUTH0_CLIENT_ID=theirs', {'OIDC_CLIENT_ID': 'ours'}, 'ours'),
        ('AUTH0_CLIENT_ID=file', {'AUTH0_CLIENT_ID': 'environment'}, 'environment'),
        ('AUTH0_CLIENT_ID=theirs', {'OIDC_CLIENT_ID': ''}, 'theirs'),
    ],
)
def test_the_environment_comes_before_the_file_by_either_name(
    env: pytest.MonkeyPatch, tmp_path: Path, in_file: str, in_environment: dict[str, str], client: str
) -> None:
    (tmp_path / '.env').write_text(in_file)
    assert loaded(env, {'OIDC_ISSUER': ISSUER, **in_environment}).client_id == client


def test_our_own_names_come_before_the_tutorials(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, REAL | {'AUTH0_CLIENT_ID': 'another', 'OIDC_AUDIENCE': 'ours', 'AUTH0_AUDIENCE': 'theirs'})
    assert (settings.client_id, settings.oidc_audience) == ('app', 'ours')


@pytest.mark.parametrize(
    ('value', 'ways'),
    [
        ('iframe', ('iframe',)),
        ('refresh_token,iframe', ('refresh_token', 'iframe')),
        (' iframe , refresh_token, ', ('iframe', 'refresh_token')),
    ],
)
def test_the_ways_to_renew_keep_their_order(env: pytest.MonkeyPatch, value: str, ways: tuple[str, ...]) -> None:
    assert loaded(env, {'RENEWAL': value}).renewal == ways


@pytest.mark.parametrize(
    ('value', 'origin', 'port'),
    [
        ('http://localhost:9000/', 'http://localhost:9000', 9000),
        ('http://127.0.0.1:8081', 'http://127.0.0.1:8081', 8081),
        ('http://[::1]:8082', 'http://[::1]:8082', 8082),
        ('https://app.example.com', 'https://app.example.com', 8080),
        ('https://app.example.com:8443//', 'https://app.example.com:8443', 8443),
        ('https://app.example.com?', 'https://app.example.com', 8080),
        ('https://app.example.com/gui', 'https://app.example.com/gui', 8080),
        ('http://localhost:9000/a/b.c/', 'http://localhost:9000/a/b.c', 9000),
        ('https://app.example.com/...', 'https://app.example.com/...', 8080),
        ('https://app.example.com/#', 'https://app.example.com', 8080),
    ],
)
def test_the_base_url_ends_without_a_slash(env: pytest.MonkeyPatch, value: str, origin: str, port: int) -> None:
    settings = loaded(env, PUBLIC | {'BASE_URL': value})
    assert (settings.base_url, settings.listen_port()) == (origin, port)


@pytest.mark.parametrize(
    ('value', 'origin', 'path'),
    [
        ('https://app.example.com', 'https://app.example.com', ''),
        ('https://app.example.com/gui/', 'https://app.example.com', '/gui'),
        ('http://localhost:9000/a/b', 'http://localhost:9000', '/a/b'),
    ],
)
def test_all_that_a_provider_has_to_know_lies_below_the_base_url(
    env: pytest.MonkeyPatch, value: str, origin: str, path: str
) -> None:
    settings = loaded(env, PUBLIC | {'BASE_URL': value})
    assert (settings.origin, settings.base_path) == (origin, path)
    assert settings.callback_uri == f'{origin}{path}/callback'
    assert settings.silent_uri == f'{origin}{path}/silent'
    assert settings.post_logout_uri == f'{origin}{path}/'


def test_the_demo_provider_is_below_the_path_too(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, {'BASE_URL': 'http://localhost:8080/gui/'})
    assert (settings.issuer, settings.api) == ('http://localhost:8080/gui/demo', 'http://localhost:8080/gui/demo/api')


@pytest.mark.parametrize(
    ('value', 'trusted'),
    [
        ('', ()),
        ('127.0.0.1', ('127.0.0.1/32',)),
        (' 10.0.0.0/8, ::1 ,', ('10.0.0.0/8', '::1/128')),
    ],
)
def test_proxies_are_trusted_by_their_addresses(env: pytest.MonkeyPatch, value: str, trusted: tuple[str, ...]) -> None:
    assert tuple(map(str, loaded(env, {'TRUSTED_PROXIES': value}).trusted_proxies)) == trusted


@pytest.mark.parametrize('issuer', [ISSUER, f'{ISSUER}/', f'{ISSUER}/realms/a', 'http://localhost:9000'])
def test_the_issuer_is_kept_to_the_letter(env: pytest.MonkeyPatch, issuer: str) -> None:
    assert loaded(env, REAL | {'OIDC_ISSUER': issuer}).issuer == issuer


def test_the_demo_provider_comes_with_an_api_and_a_real_one_with_none(env: pytest.MonkeyPatch) -> None:
    assert load().api == 'http://localhost:8080/demo/api'
    assert loaded(env, REAL).api is None


@pytest.mark.parametrize('url', ['https://api.example.com', 'https://api.example.com/v1/', 'http://localhost:3010'])
@pytest.mark.parametrize('values', [{}, REAL])
def test_an_api_can_be_set_with_either(env: pytest.MonkeyPatch, values: dict[str, str], url: str) -> None:
    assert loaded(env, {**values, 'API_URL': url}).api == url


@pytest.mark.parametrize(
    ('issuer', 'value', 'expected'),
    [
        (ISSUER, 'auto', True),
        (ISSUER, 'never', False),
        ('https://accounts.google.com', 'auto', False),
        ('https://accounts.google.com', 'always', True),
    ],
)
def test_tokens_are_revoked_unless_that_takes_back_more_than_a_session(
    env: pytest.MonkeyPatch, issuer: str, value: str, expected: bool
) -> None:
    settings = loaded(env, {**REAL, 'OIDC_ISSUER': issuer, 'REVOKE_TOKENS': value})
    assert settings.may_revoke is expected
