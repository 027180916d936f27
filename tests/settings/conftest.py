"""Settings that are loaded where nothing else is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings, load
from app.settings.names import setting_names

KEY = 'k' * 32


ISSUER = 'https://login.example.com'


REAL = {'OIDC_ISSUER': ISSUER, 'OIDC_CLIENT_ID': 'app'}


PUBLIC = {**REAL, 'BASE_URL': 'https://app.example.com', 'SECRET_KEY': KEY}


ELSEWHERE = {'NATIVE': 'true', 'NATIVE_LOGIN': 'browser'}


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def loaded(env: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name, value in values.items():
        env.setenv(name, value)
    return load()
