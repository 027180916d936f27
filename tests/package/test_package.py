"""What others get: everything that lies in `app/` and `static/`, under the name `stay_signed_in`."""

from __future__ import annotations

import sys
from pathlib import Path
from sysconfig import get_path
from zipfile import ZipFile

import pytest

from app.web.static_pages import GO_BACK, SILENT, static_page
from tests.package.conftest import LONGEST, ROOT, Installation

pytestmark = pytest.mark.timeout(LONGEST)  # whoever comes first makes the virtual environment

EVERYTHING = f"""
import json, pkgutil, sys
from importlib import import_module
import stay_signed_in

def load(room):
    names = [module.name for module in pkgutil.walk_packages(stay_signed_in.__path__, 'stay_signed_in.')]
    for name in names:
        if not name.endswith(('.__main__', 'silent_html')) and name.startswith('stay_signed_in.testing') is room:
            import_module(name)
    return names

load(False)
sys.path.append({get_path('purelib')!r})  # whoever uses the plugin of pytest has pytest
names = load(True)
print(json.dumps([sorted(names), sorted(name for name in sys.modules if name.split('.')[0] in ('app', 'pages'))]))
"""
PAGES = """
import json
from stay_signed_in.web.static_pages import static_folder, static_page
print(json.dumps([static_page(name).body.decode() for name in ('silent.html', 'go-back.html')]))
"""
METADATA = """
import json
from importlib.metadata import metadata
found = metadata('stay-signed-in')
print(json.dumps([found['Summary'], found['License-Expression'], found.get_all('Classifier')]))
"""


def files(folder: str) -> set[str]:
    """The files in a folder of this repository, by their paths in it."""
    found = (path for path in (ROOT / folder).rglob('*') if path.is_file() and '__pycache__' not in path.parts)
    return {path.relative_to(ROOT / folder).as_posix() for path in found}


def test_a_wheel_has_everything_that_lies_in_the_two_folders_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in ZipFile(wheel).namelist() if '.dist-info/' not in name}
    assert packed == {f'stay_signed_in/{name}' for name in files('app')} | {
        f'stay_signed_in/static/{name}' for name in files('static')
    }
    assert 'stay_signed_in/py.typed' in packed


def test_every_module_is_there_and_none_comes_by_the_name_that_it_has_here(
    installation: Installation, tmp_path: Path
) -> None:
    names, foreign = installation.tells(EVERYTHING, tmp_path)
    modules = {name.removesuffix('.py').replace('/', '.') for name in files('app') if name.endswith('.py')}
    assert set(names) >= {f'stay_signed_in.{name}' for name in modules if not name.endswith('__init__')}
    assert foreign == []


def test_in_this_folder_too_a_process_has_the_package_by_one_name(installation: Installation) -> None:
    assert installation.tells(EVERYTHING, ROOT)[1] == []


def test_these_tests_have_it_by_the_other_name_alone() -> None:
    assert 'app' in sys.modules
    assert not [name for name in sys.modules if name.split('.')[0] == 'stay_signed_in']


def test_the_static_pages_are_those_of_this_folder(installation: Installation, tmp_path: Path) -> None:
    ours = [bytes(static_page(name).body).decode() for name in (SILENT, GO_BACK)]
    assert installation.tells(PAGES, tmp_path) == ours


def test_what_an_index_shows_of_it(installed: Installation, tmp_path: Path) -> None:
    summary, license_name, classifiers = installed.tells(METADATA, tmp_path)
    assert 'NiceGUI' in summary
    assert license_name == 'MIT'
    assert {'Typing :: Typed', 'Operating System :: OS Independent'} <= set(classifiers)


def test_the_doctor_comes_with_it_and_reads_what_is_ours_alone(installation: Installation, tmp_path: Path) -> None:
    command = ('-m', 'stay_signed_in', 'doctor')
    well = installation.run(*command, folder=tmp_path, BASE_URL='nowhere', PORT='x')
    assert (well.returncode, well.stderr) == (0, '')
    assert 'Nothing is wrong' in well.stdout
    (tmp_path / '.env').write_text('STAY_SIGNED_IN_BASE_URL=nowhere\n', encoding='utf-8')
    ill = installation.run(*command, '--env-file', '.env', folder=tmp_path)
    assert (ill.returncode, ill.stderr) == (1, '')
    assert 'STAY_SIGNED_IN_BASE_URL: must be ' in ill.stdout
    assert 'usage: python -m stay_signed_in ' in installation.run('-m', 'stay_signed_in', 'x', folder=tmp_path).stderr
