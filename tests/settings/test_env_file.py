"""What stands in .env."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import Settings, load
from app.settings.names import setting_names
from tests.settings.conftest import ISSUER, loaded


def test_a_file_is_read_and_the_environment_comes_first(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = ['# ours', f'OIDC_ISSUER={ISSUER}', 'OIDC_CLIENT_ID="app"', 'PORT=9000', 'UNKNOWN=x', 'RENEWAL_LEAD=']
    (tmp_path / '.env').write_text('\n'.join(lines))
    settings = loaded(env, {'PORT': '9001'})
    assert (settings.issuer, settings.client_id, settings.port, settings.renewal_lead) == (ISSUER, 'app', 9001, 60)


def test_a_senseless_line_in_a_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / '.env').write_text('SILENT_TIMEOUT=soon\n')
    with pytest.raises(SettingsError, match=r'^SILENT_TIMEOUT: '):
        load()


def test_a_file_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / '.env').write_bytes(b'\xff\xfePORT')
    with pytest.raises(SettingsError, match=r'^\.env: '):
        load()


def test_a_folder_in_the_place_of_the_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / '.env').mkdir()
    with pytest.raises(SettingsError, match=r'^\.env: is a folder; [^\n]+$'):
        load()


def test_a_file_that_cannot_be_read_stops_the_start(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, 'Permission denied')

    (tmp_path / '.env').write_text('PORT=9000')
    env.setattr('dotenv.main.open', refuse, raising=False)
    with pytest.raises(SettingsError, match=r'^\.env: cannot be read \(Permission denied\)[^\n]+$'):
        load()


def test_an_empty_value_counts_as_not_set(env: pytest.MonkeyPatch) -> None:
    assert loaded(env, dict.fromkeys(setting_names(), '')) == Settings()
    assert load().is_demo


def test_an_empty_value_does_not_hide_the_files(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / '.env').write_text(f'OIDC_ISSUER={ISSUER}\nOIDC_CLIENT_ID=app\n')
    assert loaded(env, {'OIDC_ISSUER': ''}).issuer == ISSUER
