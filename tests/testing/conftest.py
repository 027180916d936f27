"""Suites of somebody else, run by pytest in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from tests.testing import club

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Suite:
    """The club's app with its tests, in a folder of its own; `package` is the name that the library has there."""

    folder: Path
    package: str = 'app'
    settings: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> None:
        file = self.folder / 'suite' / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).replace('PACKAGE', self.package), encoding='utf-8')

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Let pytest run it, with these arguments."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST', 'NICEGUI'))}
        folders = {'PYTHONPATH': str(self._library()), 'TMPDIR': str(self.temporary)}
        return subprocess.run(
            [sys.executable, '-B', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', *arguments],
            cwd=self.folder / 'suite',
            env={**inherited, **folders, **self.settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    @property
    def temporary(self) -> Path:
        """Where its temporary files are."""
        folder = self.folder / 'tmp'
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def files(self) -> list[str]:
        """What is in its own folder."""
        folder = self.folder / 'suite'
        return sorted(str(path.relative_to(folder)) for path in folder.glob('**/*'))

    def _library(self) -> Path:
        """Where the package lies by the name that it has here, with `static` beside it."""
        if self.package == 'app':
            return ROOT
        place = self.folder / 'library'
        place.mkdir(exist_ok=True)
        (place / self.package).symlink_to(ROOT / 'app')
        (place / 'static').symlink_to(ROOT / 'static')
        return place


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    suite = Suite(tmp_path)
    write_club(suite)
    return suite


def write_club(suite: Suite) -> None:
    """The app and how its tests are run; without the tests."""
    suite.write('pytest.ini', club.PYTEST_INI)
    suite.write('main.py', club.MAIN)
    suite.write('club/__init__.py', '')
    suite.write('club/sign_in.py', club.SIGN_IN)
    suite.write('club/pages.py', club.PAGES)
