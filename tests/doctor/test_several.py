"""Several providers: each is examined, and what is wrong with one is said of that one, by its own names."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from app.doctor.checks import CHECKS, THIS_APP, Check, examine
from app.doctor.command import as_document
from app.doctor.examination import Examination
from app.doctor.finding import Finding
from app.doctor.reading import Reading
from app.oidc.http import http_client
from app.oidc.probe import Probe
from tests.clock import FakeClock
from tests.doctor.configurable_provider import BASE_URL, CLIENT_ID, ISSUER, SECRET, ConfigurableProvider
from tests.doctor.test_command import run

OF_EACH = [check for check in CHECKS if check.group != THIS_APP]
BOTH = {
    'BASE_URL': BASE_URL,
    'SECRET_KEY': 'a secret key that is long enough for anybody',
    'OIDC_PROVIDERS': 'good,bad',
    'OIDC_GOOD_ISSUER': ISSUER,
    'OIDC_GOOD_CLIENT_ID': CLIENT_ID,
    'OIDC_GOOD_CLIENT_SECRET': SECRET,
    'OIDC_BAD_ISSUER': ISSUER,
    'OIDC_BAD_CLIENT_ID': CLIENT_ID,
    'OIDC_BAD_CLIENT_SECRET': 'another secret that is quite as long',
    'OIDC_BAD_LABEL': 'Example Works',
}
Found = list[tuple[Check, Finding]]


@pytest.fixture
async def found(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Found:
    """What is found where both are the same provider, and the second client has a wrong secret."""
    monkeypatch.chdir(tmp_path)
    for name, value in BOTH.items():
        monkeypatch.setenv(name, value)
    op = ConfigurableProvider()
    op.redirect_uris = {f'{BASE_URL}/{path}/{name}' for path in ('callback', 'silent') for name in ('good', 'bad')}
    probe = Probe(http_client(httpx.MockTransport(op)), clock)
    async with Examination.of(Reading.of_environment(), probe, clock) as examination:
        return [(check, finding) async for check, finding in examine(examination) if finding]


def test_the_app_is_examined_once_and_each_provider_by_itself(found: Found) -> None:
    assert [(check.name, check.provider) for check, _ in found] == [
        *((check.name, '') for check in CHECKS if check.group == THIS_APP),
        *((check.name, name) for name in ('good', 'bad') for check in OF_EACH),
    ]


def test_the_headings_have_the_label_of_the_provider(found: Found) -> None:
    headings = list(dict.fromkeys(check.group for check, _ in found))
    assert headings[:2] == [THIS_APP, 'Good: The provider']
    assert headings[-1] == 'Example Works: Staying signed in'
    assert len(headings) == 7


def test_what_is_wrong_with_one_is_said_of_that_one_by_its_own_names(found: Found) -> None:
    ((check, finding),) = [(check, finding) for check, finding in found if finding.outcome == 'problem']
    assert (check.name, check.provider) == ('client', 'bad')
    assert 'OIDC_BAD_CLIENT_SECRET' in f'{finding.what} {finding.advice}'
    assert 'OIDC_CLIENT_SECRET' not in f'{finding.what} {finding.advice}'


def test_the_settings_name_them(found: Found) -> None:
    assert f'its providers are good ({ISSUER}), bad ({ISSUER})' in found[0][1].what


def test_a_script_is_told_of_which_provider_each_finding_is(found: Found) -> None:
    document = json.loads(json.dumps(as_document(found)))
    assert document['ok'] is False
    wrong = [finding for finding in document['findings'] if finding['outcome'] == 'problem']
    assert [(finding['check'], finding['provider']) for finding in wrong] == [('client', 'bad')]
    assert document['findings'][0]['provider'] == ''


def test_two_demo_providers_are_found_well(tmp_path: Path) -> None:
    said = run(tmp_path, 'doctor', OIDC_PROVIDERS='google,work')
    assert said.returncode == 0, said.stdout
    assert 'Nothing is wrong' in said.stdout.splitlines()[-1]
    assert 'Google: The provider' in said.stdout
    assert 'Work: The provider' in said.stdout
    assert 'http://localhost:8080/callback/work is registered' in said.stdout


def test_a_provider_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    said = run(tmp_path, 'doctor', OIDC_PROVIDERS='google,work', OIDC_WORK_CLIENT_ID='x')
    assert said.returncode == 1
    assert 'problem  Settings: OIDC_WORK_ISSUER: must be set when OIDC_WORK_CLIENT_ID is.' in said.stdout
