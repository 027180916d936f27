"""What can be checked on this machine, and how far its clock is from the provider's."""

from __future__ import annotations

from email.utils import formatdate
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.doctor.finding import Outcome
from app.doctor.installation import clock_difference, judge_data_dir, judge_difference, judge_port
from app.oidc.probe import Reply
from app.secret_key import KEY_FILE, secret_key
from app.settings import Settings
from tests.clock import START

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


def reply(date: float | str, *, sent: float = 0.0, took: float = 0.0, **headers: str) -> Reply:
    """`date`: what the provider's clock is ahead of the test's, in seconds; `sent` and `took` by the test's."""
    text = date if isinstance(date, str) else formatdate(START + date, usegmt=True)
    return Reply('', 200, (('date', text), *headers.items()), '', START + sent, START + sent + took)


@pytest.mark.parametrize(
    ('replies', 'seconds'),
    [
        ([reply(0)], 0),
        ([reply(0, sent=0.9)], 0),  # it has whole seconds only
        ([reply(30)], 30),
        ([reply(30, took=4)], 26),  # it may have been set when the answer was received
        ([reply(-30)], -29),
        ([reply(-30, took=4)], -29),
        ([reply(2, took=4)], 0),
        ([reply(-300), reply(0)], 0),  # the first came from a cache
        ([reply(-300, age='300')], 0),
        ([reply(90), reply(91)], 90),
        ([reply('nonsense')], None),
        ([reply('nonsense'), reply(0)], 0),
        ([reply(0, age='x')], None),
        ([], None),
    ],
)
def test_the_difference_is_what_is_certain(replies: list[Reply], seconds: float | None) -> None:
    assert clock_difference(replies) == seconds


@pytest.mark.parametrize(
    ('seconds', 'outcome', 'says'),
    [
        (None, 'note', 'does not say'),
        (0, 'ok', 'agree'),
        (-4.9, 'ok', 'agree'),
        (5, 'warning', '5 seconds ahead of'),
        (-60, 'warning', '60 seconds behind'),
        (60.1, 'problem', 'ID tokens will be refused'),
        (-61, 'problem', '61 seconds behind'),
    ],
)
def test_a_difference_beyond_what_is_allowed_for_is_a_problem(
    seconds: float | None, outcome: Outcome, says: str
) -> None:
    finding = judge_difference(seconds, skew=60)
    assert finding.outcome == outcome
    assert says in finding.what


def test_a_small_difference_is_a_problem_where_nothing_is_allowed_for() -> None:
    assert judge_difference(2, skew=1).outcome == 'problem'
