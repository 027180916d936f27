"""Whole examinations, with a provider that a test may break."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.doctor.checks import examine
from app.doctor.examination import Examination
from app.doctor.finding import Finding
from app.doctor.reading import Reading
from app.oidc.http import http_client
from app.oidc.probe import Probe
from tests.clock import FakeClock
from tests.doctor.configurable_provider import BASE_URL, CLIENT_ID, ISSUER, SECRET, ConfigurableProvider

Examine = Callable[..., Awaitable[dict[str, Finding]]]
GOOD_SETTINGS = {
    'BASE_URL': BASE_URL,
    'OIDC_ISSUER': ISSUER,
    'OIDC_CLIENT_ID': CLIENT_ID,
    'OIDC_CLIENT_SECRET': SECRET,
    'SECRET_KEY': 'a secret key that is long enough for anybody',
}


@pytest.fixture
def op() -> ConfigurableProvider:
    """An OpenID provider that does everything right, until the test changes it."""
    return ConfigurableProvider()


@pytest.fixture
def examined(op: ConfigurableProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Examine:
    """A function that examines with these settings, of which empty ones are left out; findings by the check's name."""

    async def examined(**settings: str) -> dict[str, Finding]:
        monkeypatch.chdir(tmp_path)
        for name, value in (GOOD_SETTINGS | settings).items():
            monkeypatch.setenv(name, value)
        probe = Probe(http_client(httpx.MockTransport(op)), clock)
        async with Examination.of(Reading.of_environment(), probe, clock) as examination:
            return {check.name: found async for check, found in examine(examination) if found}

    return examined


def problems(found: dict[str, Finding]) -> set[str]:
    """The checks that found something wrong."""
    return {name for name, finding in found.items() if finding.outcome == 'problem'}
