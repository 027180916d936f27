"""The examples as a stranger's code: typed by the wheel alone, and the one that is a suite of tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from sysconfig import get_path

import pytest

from tests.package.conftest import LONGEST, ROOT, Installation

pytestmark = pytest.mark.timeout(LONGEST)  # whoever comes first makes the virtual environment

# pytest itself is that of this test run; whatever the environment has comes first.
PYTEST = f'import sys; sys.path.append({get_path("purelib")!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))'
PLUGINS = ('-p', 'pytest_asyncio.plugin', '-p', 'no:cacheprovider')

WRONG = """from stay_signed_in import Auth

auth = Auth(health='yes')
auth.user.nmae
auth.pages
auth.require(role=1)
"""


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy of them, with nothing of this repository beside it."""
    return Path(shutil.copytree(ROOT / 'examples', tmp_path / 'examples', ignore=shutil.ignore_patterns('.*', '__*')))


def test_they_are_typed_and_a_mistake_is_told(installed: Installation, examples: Path) -> None:
    (examples / 'wrong.py').write_text(WRONG, encoding='utf-8')
    strict = ('--strict', '--config-file=', '--cache-dir=mypy', '--python-executable', str(installed.python))
    command = [sys.executable, '-m', 'mypy', *strict, *map(str, sorted(examples.glob('**/*.py')))]
    said = subprocess.run(command, cwd=examples, capture_output=True, text=True, check=False).stdout
    *mistakes, _ = [line.partition(': ')[::2] for line in said.splitlines()]
    assert [(place, text.rpartition(' [')[2]) for place, text in mistakes] == [
        ('wrong.py:3', 'arg-type]'),
        ('wrong.py:4', 'union-attr]'),
        ('wrong.py:5', 'attr-defined]'),
        ('wrong.py:6', 'arg-type]'),
    ]


def test_the_suite_of_a_guarded_page_passes(installed: Installation, examples: Path) -> None:
    folder = examples / 'guarded_page_tests'
    ran = installed.run('-c', PYTEST, '-q', *PLUGINS, folder=folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD='1')
    assert '5 passed' in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 0
