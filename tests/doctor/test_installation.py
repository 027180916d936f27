"""What can be checked without asking anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.doctor.finding import Outcome
from app.doctor.installation import judge_data_dir, judge_port
from app.secret_key import KEY_FILE, secret_key
from app.settings import Settings

KEY = SecretStr('a secret key that is long enough for anybody')


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` there."""
    monkeypatch.chdir(tmp_path)


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / 'a' / 'b'
    assert judge_data_dir(Settings(data_dir=folder)).outcome == 'ok'
    assert not folder.parent.exists()


def test_a_folder_with_a_good_key_is_left_as_it_was(tmp_path: Path) -> None:
    secret_key(settings := Settings(data_dir=tmp_path))
    assert judge_data_dir(settings).outcome == 'ok'
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_file_in_the_place_of_the_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / 'data').write_text('')
    for path in ('data', 'data/below'):
        finding = judge_data_dir(Settings(data_dir=tmp_path / path))
        assert finding.outcome == 'problem'
        assert 'DATA_DIR' in finding.what


def test_a_folder_that_cannot_be_written_to_is_a_problem() -> None:
    finding = judge_data_dir(Settings(data_dir=Path('/proc/self')))
    assert finding.outcome == 'problem'


@pytest.mark.parametrize('content', [b'short', b'', b'\xff' * 50])
def test_a_damaged_key_is_a_problem_unless_another_is_set(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    assert judge_data_dir(Settings(data_dir=tmp_path)).outcome == 'problem'
    assert judge_data_dir(Settings(data_dir=tmp_path, secret_key=KEY)).outcome == 'ok'


def test_a_key_that_others_can_read_is_a_warning_without_the_key(tmp_path: Path) -> None:
    key = secret_key(settings := Settings(data_dir=tmp_path))
    (tmp_path / KEY_FILE).chmod(0o644)
    finding = judge_data_dir(settings)
    assert finding.outcome == 'warning'
    assert key not in f'{finding}'


@pytest.mark.parametrize(
    ('base_url', 'port', 'outcome'),
    [
        ('http://localhost:8080', 0, 'ok'),
        ('http://localhost:8080', 8080, 'ok'),
        ('http://localhost:8080', 8081, 'warning'),
        ('http://localhost', 8081, 'warning'),
        ('https://localhost', 8081, 'ok'),
        ('https://app.example.com', 8081, 'ok'),
    ],
)
def test_browsers_have_to_find_the_port(base_url: str, port: int, outcome: Outcome) -> None:
    public = {'oidc_issuer': 'https://login.example.com', 'oidc_client_id': 'x', 'secret_key': KEY}
    assert judge_port(Settings(base_url=base_url, port=port, **public)).outcome == outcome  # type: ignore[arg-type]
