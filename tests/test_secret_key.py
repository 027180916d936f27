from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from app.errors import SettingsError
from app.secret_key import KEY_FILE, generated_secret_key, secret_key
from app.settings import Settings

ROOT = Path(__file__).parent.parent
RACER = (
    'import sys; from pathlib import Path; from app.secret_key import generated_secret_key\n'
    'print("ready", flush=True); sys.stdin.readline(); print(generated_secret_key(Path(sys.argv[1])))'
)


def settings(data_dir: Path, key: str | None = None) -> Settings:
    return Settings.model_validate({'data_dir': data_dir, 'secret_key': key})


def test_the_generated_key_is_long_and_for_its_owner_only(tmp_path: Path) -> None:
    data_dir = tmp_path / 'new' / 'data'
    assert len(generated_secret_key(data_dir)) >= 64
    assert S_IMODE((data_dir / KEY_FILE).stat().st_mode) == 0o600
    assert S_IMODE(data_dir.stat().st_mode) == 0o700


def test_it_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        generated_secret_key(tmp_path)
    finally:
        os.umask(before)
    assert S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_it_stays_the_same(tmp_path: Path) -> None:
    assert generated_secret_key(tmp_path) == generated_secret_key(tmp_path)


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    assert generated_secret_key(tmp_path / 'a') != generated_secret_key(tmp_path / 'b')


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    generated_secret_key(tmp_path)
    generated_secret_key(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_folder_that_is_made_for_it_keeps_it_out_of_a_repository(tmp_path: Path) -> None:
    generated_secret_key(tmp_path / 'made')
    assert (tmp_path / 'made' / '.gitignore').read_text() == '*\n'
    generated_secret_key(tmp_path)
    assert not (tmp_path / '.gitignore').exists()


def test_whoever_comes_second_takes_the_key_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def overtaken(source: Path, target: Path) -> None:
        target.write_text('the key of the first, which is long enough')
        link(source, target)

    monkeypatch.setattr(os, 'link', overtaken)
    assert generated_secret_key(tmp_path) == 'the key of the first, which is long enough'
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_processes_that_start_together_get_the_same_one(tmp_path: Path) -> None:
    command = [sys.executable, '-c', RACER, str(tmp_path / 'data')]
    pipe = subprocess.PIPE
    racers = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    assert [racer.stdout.readline() for racer in racers if racer.stdout] == ['ready\n'] * 4
    for racer in racers:
        assert racer.stdin
        racer.stdin.write('\n')
        racer.stdin.flush()
    keys = {racer.communicate(timeout=30)[0].strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 4
    assert keys == {generated_secret_key(tmp_path / 'data')}


def test_the_setting_comes_before_the_generated_key(tmp_path: Path) -> None:
    assert secret_key(settings(tmp_path, 's' * 40)) == 's' * 40
    assert list(tmp_path.iterdir()) == []


def test_without_the_setting_it_is_the_generated_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('SECRET_KEY', raising=False)
    assert secret_key(settings(tmp_path)) == generated_secret_key(tmp_path)


def test_a_damaged_key_stops_the_start_instead_of_guarding_nothing(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text('')
    with pytest.raises(SettingsError, match='SECRET_KEY'):
        generated_secret_key(tmp_path)
