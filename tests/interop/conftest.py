"""Real providers, started once for all tests of a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from app.doctor.checks import examine
from app.doctor.examination import Examination
from app.doctor.finding import Finding
from app.doctor.reading import Reading
from tests.interop.real_provider import BASE_URL, COMMANDS, SECRET, Name, running

Examine = Callable[..., Awaitable[dict[str, Finding]]]


@pytest.fixture(scope='session', params=list(COMMANDS))
def provider_name(request: pytest.FixtureRequest) -> Name:
    name: Name = request.param
    return name


@pytest.fixture(scope='session')
def issuers(provider_name: Name) -> Iterator[dict[str, str]]:
    """The issuers of one real provider, by what is wrong with it."""
    with running(provider_name) as issuers:
        yield issuers


@pytest.fixture
def examined(issuers: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Examine:
    """A function that has the doctor examine the app, which is this client at this provider."""

    async def examined(variant: str = 'healthy', client: str = 'healthy', **settings: str) -> dict[str, Finding]:
        monkeypatch.chdir(tmp_path)
        registered = {'OIDC_ISSUER': issuers[variant], 'OIDC_CLIENT_ID': client, 'OIDC_CLIENT_SECRET': SECRET}
        for name, value in ({'BASE_URL': BASE_URL} | registered | settings).items():
            monkeypatch.setenv(name, value)
        async with Examination.of(Reading.of_environment()) as examination:
            return {check.name: found async for check, found in examine(examination) if found}

    return examined
