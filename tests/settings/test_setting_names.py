"""Names that are nearly settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.doctor.examination import Examination
from app.doctor.installation import check_settings
from app.doctor.reading import Reading
from app.settings.names import misspelled, setting_names

KNOWN = setting_names()


@pytest.mark.parametrize(
    ('name', 'meant'),
    [
        ('OIDC_ISUER', 'OIDC_ISSUER'),
        ('OIDC_CLIENTID', 'OIDC_CLIENT_ID'),
        ('oidc_isuer', 'OIDC_ISSUER'),
        ('AUTH0_DOMAN', 'AUTH0_DOMAIN'),
        ('SESION_IDLE', 'SESSION_IDLE'),
        ('SESSIONIDLE', 'SESSION_IDLE'),
        ('SECRETKEY', 'SECRET_KEY'),
        ('RENEWAL_LED', 'RENEWAL_LEAD'),
        ('BASEURL', 'BASE_URL'),
        ('DATADIR', 'DATA_DIR'),
        ('DEMO_TOKEN_LIFE_TIME', 'DEMO_TOKEN_LIFETIME'),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_told_with_the_one_that_is_meant(name: str, meant: str) -> None:
    assert misspelled([name], KNOWN) == (f'{name.upper()}: is no setting; {meant} is, and may be meant',)


@pytest.mark.parametrize('name', ['OIDC_X', 'OIDC_SECRET', 'AUTH0_CLIENT_SECRET'])
def test_a_name_that_begins_as_ours_and_is_like_none_is_told_too(name: str) -> None:
    assert misspelled([name], KNOWN) == (f'{name}: is no setting of this app',)


@pytest.mark.parametrize(
    'name',
    [
        *('PATH', 'HOME', 'HOSTNAME', 'HOSTS', 'PORTS', 'SSH_PORT', 'LANG', 'SESSION_MANAGER', 'XDG_SESSION_ID'),
        *('XDG_DATA_DIRS', 'API_KEY', 'DATABASE_URL', 'SECRET_KEY_BASE', 'DEMO', 'NODE_PATH', 'RENEW', 'REDIS_HOST'),
        *('SESSION_SECRET', 'CLIENT_ID', 'ISSUER', 'NATIVE_LIBRARY_PATH', 'PYTHONPATH', 'NICEGUI_HOST'),
    ],
)
def test_what_belongs_to_others_is_not_spoken_of(name: str) -> None:
    assert misspelled([name], KNOWN) == ()


@pytest.mark.parametrize('name', sorted(KNOWN))
def test_a_setting_is_not_taken_for_another_one(name: str) -> None:
    assert misspelled([name, name.lower()], KNOWN) == ()


def test_a_setting_that_will_be_known_is_told_no_more() -> None:
    assert misspelled(['OIDC_WORK_ISSUER'], KNOWN | {'OIDC_WORK_ISSUER'}) == ()


async def test_the_doctor_tells_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('SESION_IDLE', '600')
    async with Examination.of(Reading.of_environment()) as examination:
        finding = await check_settings(examination)
    assert finding.outcome == 'warning'
    assert 'SESION_IDLE: is no setting; SESSION_IDLE is' in finding.what
