"""The site is built without a warning, and its reference has the public names: all of them, and no other."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import app
from tests.docs.pages import ROOT

# What is documented elsewhere: each setting has its row in the README's table, see tests/test_docs.py.
WITHOUT_MEMBERS = {'Settings'}
LOADED = {'link': 'href', 'script': 'src', 'img': 'src', 'iframe': 'src', 'source': 'srcset'}


@pytest.fixture(scope='session')
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; the same command as `make docs`, so a warning is an error here, too."""
    folder = tmp_path_factory.mktemp('site')
    options = ['-q', '-W', '--keep-going', '-b', 'html', '-d', str(folder / 'doctrees')]
    command = [sys.executable, '-m', 'sphinx', *options, str(ROOT / 'docs'), str(folder / 'html')]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, '')
    return folder / 'html'


def members(kind: type[Any]) -> set[str]:
    """The public methods and properties of a class, but for those that it has from somebody else's."""
    ours = [each for each in kind.__mro__ if each.__module__.split('.')[0] == 'app']
    return {name for each in ours for name in vars(each) if not name.startswith('_')}


def public_names() -> set[str]:
    """Everything that `stay_signed_in` exports, and what can be done with it."""
    exported = {name: getattr(app, name) for name in app.__all__}
    classes = {name: kind for name, kind in exported.items() if inspect.isclass(kind) and name not in WITHOUT_MEMBERS}
    return set(exported) | {f'{name}.{member}' for name, kind in classes.items() for member in members(kind)}


def referenced(site: Path) -> set[str]:
    """The names that the reference explains: each has its anchor there, and words below it."""
    page = (site / 'reference.html').read_text(encoding='utf-8')
    return set(re.findall(r'<dt class="sig[^"]*" id="stay_signed_in\.([\w.]+)"', page))


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    assert not public_names() - referenced(site)


def test_the_reference_has_no_name_that_is_not_public(site: Path) -> None:
    assert not referenced(site) - public_names()


class Loads(HTMLParser):
    """What a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value and name == LOADED.get(tag)}


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = sorted(site.glob('*.html'))
    assert len(pages) > 15
    for page in pages:
        loads = Loads()
        loads.feed(page.read_text(encoding='utf-8'))
        assert loads.found
        assert not {address for address in loads.found if re.match(r'(https?:)?//', address)}, page.name
    for sheet in site.rglob('*.css'):
        assert not re.search(r'url\(\s*["\']?(https?:)?//|@import', sheet.read_text(encoding='utf-8')), sheet.name


def test_what_is_included_from_the_readme_is_there(site: Path) -> None:
    for page, words in [
        ('settings', 'RENEWAL_GRACE'),
        ('troubleshooting', 'nothing_to_renew_with'),
        ('first-app', 'Regular Web Application'),
        ('first-app', 'is not registered'),
    ]:
        assert words in (site / f'{page}.html').read_text(encoding='utf-8')
    settings = (site / 'settings.html').read_text(encoding='utf-8')
    assert 'In production' not in settings  # it ends where the table does
