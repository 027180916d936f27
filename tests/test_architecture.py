"""The house: who may import whom, and which rooms know nothing of what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

GROUND = frozenset({'app.errors', 'app.error_codes', 'app.clock', 'app.single_flight'})
# From the top of the house to its ground. A module may import from its own line and from those below it.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({'main'}),
    frozenset({'pages.session'}),
    frozenset({'pages'}),
    frozenset({'app.wiring', 'app.command_line'}),
    frozenset({'app.visit', 'app.guard', 'app.logout_form'}),
    frozenset(
        {
            'app.routes',
            'app.services',
            'app.browser',
            'app.csrf',
            'app.middleware',
            'app.static_page',
            'app.plain_error',
            'app.loopback',
        }
    ),
    frozenset({'app.doctor'}),
    frozenset({'app.native'}),
    frozenset({'app.api', 'app.api_answer', 'app.challenge'}),
    frozenset({'app.demo'}),
    frozenset({'app.renewal'}),
    frozenset({'app.sessions'}),
    frozenset({'app.oidc'}),
    frozenset({'app.settings', 'app.secret_key', 'app.return_to'}),
    GROUND | {'app'},
)
WITHOUT_NICEGUI = (
    'app.errors',
    'app.error_codes',
    'app.clock',
    'app.settings',
    'app.return_to',
    'app.secret_key',
    'app.single_flight',
    'app.oidc',
    'app.sessions',
    'app.demo',
    'app.doctor',
    'app.native.debian',
    'app.native.window_size',
    'app.command_line',
    'app.api_answer',
    'app.challenge',
)
LONGEST_FILE = 290  # lines


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([ROOT / 'main.py', *ROOT.glob('app/**/*.py'), *ROOT.glob('pages/**/*.py')]):
        name = '.'.join(path.relative_to(ROOT).with_suffix('').parts)
        yield name.removesuffix('.__init__'), path


def imports(path: Path) -> set[str]:
    """The modules that a file imports; `from app import routes` imports `app.routes`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f'{node.module}.{alias.name}' for alias in node.names}
    return found


def layer(name: str) -> int | None:
    """The line of the most specific entry that the name belongs to."""
    candidates = [
        (len(entry), index)
        for index, entries in enumerate(LAYERS)
        for entry in entries
        if name == entry or name.startswith(f'{entry}.')
    ]
    return max(candidates)[1] if candidates else None


@pytest.mark.parametrize(('name', 'path'), [pytest.param(*module, id=module[0]) for module in modules()])
def test_a_module_imports_only_from_its_own_line_and_below(name: str, path: Path) -> None:
    own = layer(name)
    assert own is not None, f'{name} has no place in the house'
    if name != 'app':
        assert layer(name) != layer('app') or name in GROUND, f'{name} has no place in the house'
    upward = {imported for imported in imports(path) if (other := layer(imported)) is not None and other < own}
    assert not upward


@pytest.mark.parametrize('room', WITHOUT_NICEGUI)
def test_the_lower_rooms_know_nothing_of_nicegui(room: str) -> None:
    for name, path in modules():
        if name == room or name.startswith(f'{room}.'):
            assert not {imported for imported in imports(path) if imported.split('.')[0] == 'nicegui'}, name


def test_the_schedule_has_no_clock_no_network_and_no_tasks() -> None:
    assert imports(ROOT / 'app/renewal/schedule.py') <= {'__future__.annotations', 'collections.abc.Sequence'}


def test_only_the_oidc_room_and_the_api_client_talk_to_the_network() -> None:
    users = {name for name, path in modules() if any(item.split('.')[0] == 'httpx' for item in imports(path))}
    assert users <= {'app.oidc.http', 'app.oidc.probe', 'app.oidc.provider', 'app.services', 'app.api'}


def test_main_is_short() -> None:
    code = [line for line in (ROOT / 'main.py').read_text().splitlines() if line.strip()]
    assert len(code) < 40


def test_no_file_grows_into_two_nouns() -> None:
    assert not {name for name, path in modules() if len(path.read_text().splitlines()) > LONGEST_FILE}


def test_no_file_is_named_after_nothing() -> None:
    vague = {'utils', 'util', 'helpers', 'helper', 'common', 'misc', 'base', 'manager', 'handler'}
    assert not {name for name, _ in modules() if name.split('.')[-1] in vague}
