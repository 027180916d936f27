"""Several providers, in the environment, in a file, and in code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError
from app.settings import Settings, load
from app.settings.guest import load_for_host, misspelled_names
from app.settings.names import misspelled_settings
from app.settings.provider import Provider
from tests.settings.conftest import ISSUER, KEY, REAL, loaded

BOTH = {
    'OIDC_PROVIDERS': 'google, work',
    'OIDC_GOOGLE_ISSUER': 'https://accounts.google.com',
    'OIDC_GOOGLE_CLIENT_ID': 'at-google',
    'OIDC_GOOGLE_CLIENT_SECRET': 'hush',
    'OIDC_WORK_ISSUER': ISSUER,
    'OIDC_WORK_CLIENT_ID': 'at-work',
    'OIDC_WORK_LABEL': 'Example Works',
    'OIDC_WORK_SCOPE': 'openid groups',
    'OIDC_WORK_PARAMS': 'organization=org_1&ui_locales=de',
}


def refused(env: pytest.MonkeyPatch, values: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(env, values)
    return str(caught.value)


def test_with_one_provider_its_addresses_have_no_name(env: pytest.MonkeyPatch) -> None:
    (only,) = loaded(env, REAL).each()
    assert (only.provider.name, only.callback_uri) == ('', 'http://localhost:8080/callback')


def test_each_of_several_has_its_own_values_and_redirect_uris(env: pytest.MonkeyPatch) -> None:
    google, work = loaded(env, BOTH).each()
    assert (google.issuer, google.client_id, google.provider.client_secret) == (
        'https://accounts.google.com',
        'at-google',
        'hush',
    )
    assert (google.callback_uri, google.silent_uri) == (
        'http://localhost:8080/callback/google',
        'http://localhost:8080/silent/google',
    )
    assert (work.issuer, work.scope, work.provider.title) == (ISSUER, 'openid groups', 'Example Works')
    assert work.provider.params == {'organization': 'org_1', 'ui_locales': 'de'}
    assert (google.provider.title, google.may_revoke, work.may_revoke) == ('Google', False, True)


def test_a_guest_reads_the_same_names_from_its_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / 'ours.env').write_text('\n'.join(f'{name}={value}' for name, value in BOTH.items()))
    env.setenv('OIDC_WORK_SCOPE', 'openid')
    settings = load_for_host('ours.env')
    assert [one.issuer for one in settings.each()] == ['https://accounts.google.com', ISSUER]
    assert settings.each()[1].scope == 'openid'
    assert misspelled_names(settings) == ()


def test_env_of_main_reads_them_too(tmp_path: Path) -> None:
    (tmp_path / '.env').write_text('\n'.join(f'{name}={value}' for name, value in BOTH.items()))
    assert [one.client_id for one in load().each()] == ['at-google', 'at-work']


def test_in_code_they_are_values() -> None:
    several = (Provider('https://accounts.google.com', 'at-google', name='google'), Provider(ISSUER, 'w', name='work'))
    settings = load_for_host(oidc_providers=several)
    assert [one.provider.name for one in settings.each()] == ['google', 'work']
    (only,) = load_for_host(oidc_providers=several[:1]).each()
    assert only.callback_uri == 'http://localhost:8080/callback'


def test_without_an_issuer_a_demo_provider_stands_in_for_each() -> None:
    google, work = load_for_host(oidc_providers=(Provider(name='google'), Provider(name='work'))).each()
    assert (google.issuer, work.issuer) == ('http://localhost:8080/demo/google', 'http://localhost:8080/demo/work')
    assert google.is_demo


def test_a_secret_is_in_no_picture_of_the_settings(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, BOTH)
    assert 'hush' not in f'{settings!r} {settings} {settings.oidc_providers} {settings.each()}'


def test_a_secret_may_be_asked_for_by_a_function() -> None:
    (only,) = load_for_host(oidc_providers=(Provider(ISSUER, 'app', lambda: 'asked'),)).each()
    assert callable(only.provider.client_secret)
    assert only.oidc_client_secret is None


@pytest.mark.parametrize(
    ('changes', 'line'),
    [
        ({'OIDC_GOOGLE_ISSUER': 'ftp://x'}, 'OIDC_GOOGLE_ISSUER: must be a URL'),
        ({'OIDC_GOOGLE_CLIENT_ID': ''}, 'OIDC_GOOGLE_CLIENT_ID: must be set when OIDC_GOOGLE_ISSUER is'),
        ({'OIDC_WORK_SCOPE': 'profile'}, 'OIDC_WORK_SCOPE: must contain openid'),
        ({'OIDC_WORK_PARAMS': 'state=mine'}, 'OIDC_WORK_PARAMS: cannot have state'),
        ({'OIDC_WORK_PARAMS': 'prompt=none'}, 'OIDC_WORK_PARAMS: cannot have prompt=none'),
        ({'OIDC_WORK_PARAMS': 'a=1&a=2'}, 'OIDC_WORK_PARAMS: must have each parameter once'),
        ({'OIDC_WORK_PARAMS': 'nonsense'}, 'OIDC_WORK_PARAMS: must be written as in a URL'),
        ({'OIDC_WORK_LINK_PARAMS': 'redirect_uri'}, 'OIDC_WORK_LINK_PARAMS: cannot have redirect_uri'),
        ({'OIDC_WORK_PAR': 'perhaps'}, 'OIDC_WORK_PAR: '),
        ({'OIDC_WORK_KEY_FILE': 'k.pem'}, 'OIDC_WORK_CERT_FILE: must be set when OIDC_WORK_KEY_FILE is'),
        ({'OIDC_GOOGLE_PRIVATE_KEY_FILE': 'k.pem'}, 'OIDC_GOOGLE_CLIENT_SECRET: cannot be set when'),
        ({'OIDC_WORK_TEAM_ID': 'T1'}, 'OIDC_WORK_PRIVATE_KEY_ID: must be set'),
        ({'OIDC_PROVIDERS': 'google,google'}, 'OIDC_PROVIDERS: must have each name once'),
        ({'OIDC_PROVIDERS': 'Google,work'}, "OIDC_PROVIDERS: cannot have 'Google'"),
        ({'OIDC_PROVIDERS': 'internal,work'}, "OIDC_PROVIDERS: cannot have 'internal'"),
        ({'OIDC_ISSUER': ISSUER}, 'OIDC_ISSUER: is for a single provider; with several each has its own, as'),
        ({'OIDC_PROVIDERS': 'google,new', 'BASE_URL': 'https://app.example.com', 'SECRET_KEY': KEY}, 'OIDC_NEW_ISSUER'),
    ],
)
def test_what_makes_no_sense_is_named_as_it_is_written(
    env: pytest.MonkeyPatch, changes: dict[str, str], line: str
) -> None:
    assert refused(env, {**BOTH, **changes}).startswith(line)


@pytest.mark.parametrize(
    'values',
    [
        {'oidc_private_key_id': 'k'},
        {'oidc_team_id': 't', 'oidc_private_key_file': 'key.pem'},
        {'oidc_key_file': 'key.pem'},
        {'oidc_client_secret': 's', 'oidc_private_key_file': 'key.pem'},
    ],
)
def test_files_and_keys_that_lack_their_other_half_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r'must be set|cannot be set'):
        load_for_host(oidc_issuer=ISSUER, oidc_client_id='app', **values)


def test_a_name_that_no_setting_of_a_provider_has_is_told(env: pytest.MonkeyPatch) -> None:
    loaded(env, {**BOTH, 'OIDC_GOOGLE_ISUER': 'https://x.example'})
    assert misspelled_settings() == ('OIDC_GOOGLE_ISUER: is no setting; OIDC_GOOGLE_ISSUER is, and may be meant',)


def test_the_settings_stay_what_they_are_when_the_address_is_learnt() -> None:
    settings = load_for_host(oidc_providers=(Provider(name='google'), Provider(name='work')))
    moved: Settings = settings.model_copy(update={'base_url': 'http://127.0.0.1:9000'})
    assert moved.each()[0].callback_uri == 'http://127.0.0.1:9000/callback/google'


ONLY_GOOGLE = {name: value for name, value in BOTH.items() if 'WORK' not in name} | {'OIDC_PROVIDERS': 'google'}


def test_the_only_one_keeps_its_name_and_has_the_plain_redirect_uris(env: pytest.MonkeyPatch) -> None:
    (google,) = loaded(env, ONLY_GOOGLE).each()
    assert (google.provider.name, google.callback_uri) == ('google', 'http://localhost:8080/callback')


def test_what_makes_no_sense_of_the_only_one_is_named_as_it_is_written_too(env: pytest.MonkeyPatch) -> None:
    line = refused(env, {**ONLY_GOOGLE, 'OIDC_GOOGLE_CLIENT_ID': ''})
    assert line == 'OIDC_GOOGLE_CLIENT_ID: must be set when OIDC_GOOGLE_ISSUER is'
