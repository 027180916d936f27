"""The settings in somebody else's app: arguments and names that are ours alone; what may be the host's is not read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError
from app.settings import Settings, load
from app.settings.guest import as_written, learns_base_url, load_for_host, misspelled_names
from tests.settings.conftest import ISSUER, KEY, loaded

REAL = {'OIDC_ISSUER': ISSUER, 'OIDC_CLIENT_ID': 'app'}
HOSTS_OWN = {
    'AUTH0_AUDIENCE': 'https://host.example.com',
    'AUTH0_CLIENT_ID': 'the-host',
    'AUTH0_DOMAIN': 'host.auth0.com',
    'BASE_URL': 'https://host.example.com',
    'DATA_DIR': '/srv/host',
    'HOST': '0.0.0.0',
    'NATIVE': 'true',
    'PORT': '9000',
    'REDIS_URL': 'redis://localhost',
    'SECRET_KEY': 'short',
    'SESSION_IDLE': '5',
}

# Set another way, not yet, or only with others.
NOT_ALONE = {'auth0_domain', 'redis_url', 'oidc_providers', 'oidc_key_file', 'oidc_private_key_id', 'oidc_team_id'}


def set_all(env: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        env.setenv(name, value)


def refusal(env_file: str | None = None, **given: Any) -> str:
    """The one line that the start ends with."""
    with pytest.raises(SettingsError) as caught:
        load_for_host(env_file, **given)
    assert '\n' not in str(caught.value)
    return str(caught.value)


def test_what_may_be_the_hosts_own_is_not_read(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / '.env').write_text(f'OIDC_ISSUER={ISSUER}\nBASE_URL=https://host.example.com\n')
    alone = load_for_host()
    set_all(env, HOSTS_OWN)
    assert load_for_host() == alone
    assert load_for_host(None, oidc_issuer=ISSUER, oidc_client_id='app').oidc_audience is None
    assert alone.is_demo


def test_with_nothing_set_it_has_a_folder_that_is_nobody_elses() -> None:
    assert load_for_host().data_dir == Path('.stay_signed_in')


@pytest.mark.parametrize('name', sorted(Settings.model_fields.keys() - NOT_ALONE))
def test_each_setting_can_be_given_or_set(env: pytest.MonkeyPatch, name: str) -> None:
    value = {
        'base_url': 'http://localhost:9000',
        'data_dir': 'elsewhere',
        'prefix': '/auth',
        'host': '127.0.0.1',
        'native': 'true',
        'native_login': 'browser',
        'oidc_issuer': f'{ISSUER}/realm',
        'oidc_scope': 'openid',
        'oidc_params': 'ui_locales=de',
        'oidc_internal_issuer': 'http://provider:8080',
        'oidc_par': 'always',
        'oidc_response_mode': 'form_post',
        'oidc_audience_parameter': 'scope',
        'ui_language': 'de',
        'renewal': 'refresh_token',
        'login_after_limit': 'off',
        'id_token_hint': 'never',
        'revoke_tokens': 'never',
        'logout_method': 'post',
        'demo_allow_remote': 'true',
        'secret_key': KEY,
        'api_url': 'https://api.example.com',
        'trusted_proxies': '10.0.0.5',
    }.get(name, '77')
    set_all(env, REAL)
    given = getattr(load_for_host(**{name: value}), name)
    assert given != getattr(load_for_host(), name)
    env.setenv(name.upper() if name.startswith('oidc_') else f'STAY_SIGNED_IN_{name.upper()}', value)
    assert getattr(load_for_host(), name) == given


def test_an_argument_comes_before_the_environment_and_that_before_the_file(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ('RENEWAL_LEAD', 'RENEWAL_GRACE', 'CLOCK_SKEW')
    (tmp_path / 'ours.env').write_text('\n'.join(f'STAY_SIGNED_IN_{name}=1' for name in names))
    set_all(env, {f'STAY_SIGNED_IN_{name}': '2' for name in names[:2]})
    settings = load_for_host('ours.env', renewal_lead=3)
    assert (settings.renewal_lead, settings.renewal_grace, settings.clock_skew) == (3, 2, 1)


def test_a_file_is_read_by_the_same_names(tmp_path: Path) -> None:
    lines = ['OIDC_ISSUER=https://login.example.com', 'OIDC_CLIENT_ID=app', 'PORT=x', 'AUTH0_DOMAIN=x.example']
    (tmp_path / '.env').write_text('\n'.join([*lines, 'stay_signed_in_base_url=http://localhost:9000']))
    settings = load_for_host('.env')
    assert (settings.issuer, settings.base_url) == (ISSUER, 'http://localhost:9000')


def test_a_file_that_is_not_there_is_empty_and_told_of(tmp_path: Path) -> None:
    settings = load_for_host('.env-typo')
    assert settings.model_dump() == load_for_host().model_dump()
    assert misspelled_names(settings) == (f'env_file: there is no {tmp_path / ".env-typo"}',)


def test_a_file_that_is_a_folder_or_no_text_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / 'folder.env').mkdir()
    (tmp_path / 'bytes.env').write_bytes(b'\xff\xfe')
    assert refusal('folder.env').startswith('folder.env: is a folder')
    assert refusal('bytes.env').startswith('bytes.env: must be a text')


def test_what_is_none_is_not_given(env: pytest.MonkeyPatch) -> None:
    set_all(env, {**REAL, 'STAY_SIGNED_IN_BASE_URL': 'http://localhost:9000'})
    settings = load_for_host(base_url=None, oidc_issuer=None)
    assert (settings.issuer, settings.base_url) == (ISSUER, 'http://localhost:9000')


def test_an_empty_value_counts_as_not_set_but_an_empty_argument_does_not(env: pytest.MonkeyPatch) -> None:
    set_all(env, {'OIDC_ISSUER': '', 'STAY_SIGNED_IN_BASE_URL': ''})
    assert load_for_host().is_demo
    assert refusal(oidc_issuer='', oidc_client_id='app').startswith('oidc_issuer: ')


@pytest.mark.parametrize(
    ('set_', 'given', 'line'),
    [
        ({'STAY_SIGNED_IN_BASE_URL': 'nowhere'}, {}, 'STAY_SIGNED_IN_BASE_URL: must be an origin'),
        ({}, {'base_url': 'nowhere'}, 'base_url: must be an origin'),
        ({'STAY_SIGNED_IN_BASE_URL': 'nowhere'}, {'base_url': 'here'}, 'base_url: must be an origin'),
        ({}, {'silent_timeout': 'soon'}, 'silent_timeout: '),
        ({'OIDC_SCOPE': 'email'}, {}, 'OIDC_SCOPE: must contain openid'),
        ({}, {'oidc_client_id': 'app'}, 'OIDC_ISSUER: must be set when oidc_client_id is'),
        ({'OIDC_CLIENT_ID': 'app'}, {}, 'OIDC_ISSUER: must be set when OIDC_CLIENT_ID is'),
        (
            {**REAL, 'STAY_SIGNED_IN_BASE_URL': 'https://app.example.com'},
            {},
            'STAY_SIGNED_IN_SECRET_KEY: must be set when STAY_SIGNED_IN_BASE_URL is public',
        ),
        (REAL, {'base_url': 'https://app.example.com'}, 'STAY_SIGNED_IN_SECRET_KEY: must be set when base_url is'),
        (REAL, {'auth0_domain': 'x.auth0.com'}, 'auth0_domain: cannot be set together with OIDC_ISSUER'),
    ],
)
def test_what_makes_no_sense_is_named_as_it_was_written(
    env: pytest.MonkeyPatch, set_: dict[str, str], given: dict[str, Any], line: str
) -> None:
    set_all(env, set_)
    assert refusal(**given).startswith(line)


def test_a_secret_is_in_no_message() -> None:
    assert 'too-short-to-tell' not in refusal(secret_key='too-short-to-tell')


@pytest.mark.parametrize(
    ('name', 'line'),
    [
        ('oidc_isuer', 'oidc_isuer: is no setting; oidc_issuer is, and may be meant'),
        ('BASE_URL', 'BASE_URL: is no setting; base_url is, and may be meant'),
        ('colour', 'colour: is no setting'),
    ],
)
def test_an_argument_that_is_no_setting_is_told_with_the_one_that_is_meant(name: str, line: str) -> None:
    assert refusal(**{name: 'x'}) == line


@pytest.mark.parametrize(
    ('name', 'line'),
    [
        ('OIDC_ISUER', 'OIDC_ISUER: is no setting; OIDC_ISSUER is, and may be meant'),
        ('oidc_isuer', 'OIDC_ISUER: is no setting; OIDC_ISSUER is, and may be meant'),
        ('OIDC_COLOUR', 'OIDC_COLOUR: is no setting of stay_signed_in'),
        ('STAY_SIGNED_IN_BASEURL', 'STAY_SIGNED_IN_BASEURL: is no setting; STAY_SIGNED_IN_BASE_URL is'),
        ('STAY_SIGNED_IN_OIDC_ISSUER', 'STAY_SIGNED_IN_OIDC_ISSUER: is no setting; OIDC_ISSUER is'),
        ('STAY_SIGNED_IN_AUTH0_DOMAIN', 'STAY_SIGNED_IN_AUTH0_DOMAIN: is no setting of stay_signed_in'),
        ('STAY_SIGNED_IN_COLOUR', 'STAY_SIGNED_IN_COLOUR: is no setting of stay_signed_in'),
        ('STAYSIGNEDIN_DATA_DIR', 'STAYSIGNEDIN_DATA_DIR: is no setting; STAY_SIGNED_IN_DATA_DIR is'),
    ],
)
def test_a_name_that_looks_like_ours_is_told(env: pytest.MonkeyPatch, tmp_path: Path, name: str, line: str) -> None:
    env.setenv(name, 'x')
    (told,) = misspelled_names(load_for_host())
    assert told.startswith(line)
    env.delenv(name)
    (tmp_path / '.env').write_text(f'{name}=x')
    assert misspelled_names(load_for_host('.env')) == (told,)


@pytest.mark.parametrize('name', [*HOSTS_OWN, 'SESION_IDLE', 'AUTH0_DOMAN', 'STAY', 'PATH', 'SIGNED_IN_USERS'])
def test_what_belongs_to_the_host_is_not_spoken_of(env: pytest.MonkeyPatch, name: str) -> None:
    env.setenv(name, 'x')
    assert misspelled_names(load_for_host()) == ()


@pytest.mark.parametrize(
    ('set_', 'given', 'learns'),
    [
        ({}, {}, True),
        (REAL, {}, True),
        ({'BASE_URL': 'http://localhost:9000'}, {}, True),
        ({'STAY_SIGNED_IN_BASE_URL': 'http://localhost:8080'}, {}, False),
        ({}, {'base_url': 'http://localhost:8080'}, False),
        ({}, {'port': 9000}, False),
    ],
)
def test_it_is_known_whether_somebody_said_where_the_app_is(
    env: pytest.MonkeyPatch, set_: dict[str, str], given: dict[str, Any], learns: bool
) -> None:
    set_all(env, set_)
    assert learns_base_url(load_for_host(**given)) is learns


def test_an_address_that_was_learnt_is_known() -> None:
    assert not learns_base_url(load_for_host().model_copy(update={'base_url': 'http://localhost:9000'}))


def test_an_app_of_its_own_learns_no_address_and_has_the_short_names(env: pytest.MonkeyPatch) -> None:
    settings = loaded(env, {'OIDC_ISUER': 'x'})
    assert not learns_base_url(settings)
    assert as_written('DATA_DIR: x', settings) == 'DATA_DIR: x'
    assert (misspelled_names(settings), load()) == ((), settings)


def test_what_is_said_later_names_it_as_it_was_written(env: pytest.MonkeyPatch) -> None:
    text = 'DATA_DIR: /x cannot be used; set OIDC_ISSUER, or DEMO_ALLOW_REMOTE=true (EACCES)'
    expected = '{}: /x cannot be used; set OIDC_ISSUER, or STAY_SIGNED_IN_DEMO_ALLOW_REMOTE=true (EACCES)'
    assert as_written(text, load_for_host()) == expected.format('STAY_SIGNED_IN_DATA_DIR')
    copied = load_for_host(data_dir='/x').model_copy(update={'base_url': 'http://localhost:9000'})
    assert as_written(text, copied) == expected.format('data_dir')


def test_the_short_names_of_a_file_are_told_and_those_of_the_environment_are_the_hosts(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / '.env'
    file.write_text('SESSION_IDLE=60\nAUTH0_DOMAIN=example.eu.auth0.com\nSTAY_SIGNED_IN_SESSION_MAX=60\nOTHER=1\n')
    env.setenv('BASE_URL', 'https://host.example.com')
    assert misspelled_names(load_for_host(file)) == (
        'AUTH0_DOMAIN: is not read here; OIDC_ISSUER is',
        'SESSION_IDLE: is not read here; STAY_SIGNED_IN_SESSION_IDLE is',
    )
