"""The package as others get it: a wheel, installed into a fresh virtual environment, and an editable install."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = ('pyproject.toml', 'README.md', 'LICENSE', 'app', 'static')
LONGEST = 300  # seconds, where the network is slow and other tests take the processor


@dataclass(frozen=True)
class Installation:
    """A virtual environment that has `stay_signed_in`; what it runs knows nothing of this folder, or its settings."""

    python: Path

    def run(self, *arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """What its Python says to these arguments, started in the folder."""
        environment = {'PATH': os.environ['PATH'], 'HOME': str(folder), **settings}
        command = [str(self.python), *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )

    def tells(self, code: str, folder: Path, **settings: str) -> Any:
        """What this code prints, as JSON."""
        ran = self.run('-c', code, folder=folder, **settings)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)


@pytest.fixture(scope='session')
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if 'PYTEST_XDIST_WORKER' in os.environ else base) / 'package'
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope='session')
def wheel(shared: Path) -> Path:
    """The wheel, built from the folders as they lie here."""

    def build(folder: Path) -> None:
        pip('wheel', '--no-deps', '--wheel-dir', str(folder), str(copied(folder.with_name('built'))))

    (built,) = made_once(shared / 'wheel', build).glob('*.whl')
    return built


@pytest.fixture(scope='session')
def installed(shared: Path, wheel: Path) -> Installation:
    """A fresh virtual environment into which the wheel was installed, with all that it needs and nothing else."""

    def install(folder: Path) -> None:
        python = fresh(folder).python
        pip(
            '--python',
            str(python),
            'install',
            '--no-compile',
            '--constraint',
            str(ROOT / 'constraints.txt'),
            str(wheel),
        )

    return Installation(python_of(made_once(shared / 'installed', install)))


@pytest.fixture(scope='session')
def editable(shared: Path) -> Installation:
    """An editable install of a copy of this folder; what the package needs is that of this test run."""

    def install(folder: Path) -> None:
        source = copied(folder.with_name('edited'))
        python = fresh(folder).python
        pip('--python', str(python), 'install', '--no-deps', '--editable', str(source))
        (site,) = folder.glob('lib/python*/site-packages')
        (site / 'needed.pth').write_text(get_path('purelib'), encoding='utf-8')

    return Installation(python_of(made_once(shared / 'editable', install)))


@pytest.fixture(scope='session', params=['installed', 'editable'])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each of both ways to have it."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Installation)
    return found


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Make the folder, unless another process of this test run has done so, or does so now."""
    done = folder.with_name(f'{folder.name}.done')
    with folder.with_name(f'{folder.name}.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def copied(folder: Path) -> Path:
    """What a build needs, copied, since a build leaves its own files there."""
    folder.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns('__pycache__'))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def fresh(folder: Path) -> Installation:
    """A virtual environment with nothing in it, not even pip."""
    venv.create(folder, symlinks=True, with_pip=False)
    return Installation(python_of(folder))


def python_of(folder: Path) -> Path:
    return folder / 'bin' / 'python'


def pip(*arguments: str) -> None:
    command = [sys.executable, '-m', 'pip', '--quiet', '--disable-pip-version-check', *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
