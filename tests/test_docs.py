"""What the documents say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.settings.names import setting_names
from tests.test_architecture import layer

ROOT = Path(__file__).parent.parent
README = (ROOT / 'README.md').read_text(encoding='utf-8')
BUGS = (ROOT / 'docs/tutorial-bugs.md').read_text(encoding='utf-8')
TESTS = '\n'.join(path.read_text(encoding='utf-8') for path in ROOT.glob('tests/**/test_*.py'))
NOT_POSSIBLE_YET = {'REDIS_URL'}
SETTINGS = sorted(setting_names() - NOT_POSSIBLE_YET)


def map_of_the_house() -> list[str]:
    """The places in the README's map, from the top of the house down."""
    text = README.split('```\nmain.py')[1].split('```')[0]
    return [place.rstrip('/') for place in re.findall(r'^(\S+)', f'main.py{text}', re.MULTILINE)]


@pytest.mark.parametrize('name', SETTINGS)
def test_every_setting_is_explained(name: str) -> None:
    assert f'`{name}`' in README
    assert re.search(rf'^# {name}=', (ROOT / '.env.example').read_text(encoding='utf-8'), re.MULTILINE)


def test_no_setting_is_explained_that_does_not_exist() -> None:
    explained = re.findall(r'^# ([A-Z_0-9]+)=', (ROOT / '.env.example').read_text(encoding='utf-8'), re.MULTILINE)
    assert sorted(explained) == SETTINGS


def test_every_bug_of_the_tutorial_has_a_test_and_a_line() -> None:
    listed = {int(number) for number in re.findall(r'^\| (\d+) \|', BUGS, re.MULTILINE)}
    shown = {int(number) for number in re.findall(r'tutorial_bug\((\d+)\)', TESTS)}
    assert listed == set(range(1, 23)) - {13}
    assert shown == listed


def test_the_map_in_the_readme_is_in_the_order_of_the_house() -> None:
    layers = [layer(place.removesuffix('.py').replace('/', '.')) for place in map_of_the_house()]
    known = [number for number in layers if number is not None]
    assert known == sorted(known)


def test_every_room_is_on_the_map() -> None:
    rooms = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob('app/*/__init__.py')} | {
        'pages',
        'static',
        'tests',
    }
    assert not rooms - set(map_of_the_house())


def test_the_linked_files_exist() -> None:
    links = re.findall(r'\]\(((?!http)[^)#]+)\)', README)
    assert links
    assert not {link for link in links if not (ROOT / link).exists()}


@pytest.mark.parametrize('name', ['renewal-cases.md', 'renewal-scorecard.md'])
def test_every_test_that_a_table_names_exists(name: str) -> None:
    table = (ROOT / 'docs' / name).read_text(encoding='utf-8')
    named = set(re.findall(r'`(test_\w+)`', table))
    assert len(named) > 20
    assert not {test for test in named if f'def {test}(' not in TESTS}
    assert not {path for path in re.findall(r'`(tests/[\w/.]+)`', table) if not (ROOT / path).exists()}


def test_every_row_of_the_scorecard_is_shown_by_a_test() -> None:
    rows = re.findall(
        r'^\| (?!scenario)([^|-][^|]*) \| ([^|]*) \|', (ROOT / 'docs/renewal-scorecard.md').read_text(), re.M
    )
    assert len(rows) >= 23
    assert not {scenario for scenario, cell in rows if not re.fullmatch(r'yes: `test_\w+`', cell)}
