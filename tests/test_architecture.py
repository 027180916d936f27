"""The house: who may import whom, and which rooms know nothing of what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parent.parent

# From the top of the house to its ground. A module may import from its own line and from those below it.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({'main'}),
    frozenset({'pages.session'}),
    frozenset({'pages'}),
    frozenset({'app'}),
    frozenset({'app.__main__'}),
    frozenset({'app.testing'}),
    frozenset({'app.auth'}),
    frozenset({'app.installation'}),
    frozenset({'app.serving'}),
    frozenset({'app.whole_app'}),
    frozenset({'app.parts'}),
    frozenset({'app.ui'}),
    frozenset({'app.web'}),
    frozenset({'app.doctor'}),
    frozenset({'app.devices'}),
    frozenset({'app.texts'}),
    frozenset({'app.app_context'}),
    frozenset({'app.native'}),
    frozenset({'app.demo'}),
    frozenset({'app.api'}),
    frozenset({'app.renewal'}),
    frozenset({'app.hooks'}),
    frozenset({'app.sessions'}),
    frozenset({'app.oidc'}),
    frozenset({'app.secret_key'}),
    frozenset({'app.data_dir'}),
    frozenset({'app.settings.guest'}),
    frozenset({'app.settings.names'}),
    frozenset({'app.settings'}),
    frozenset({'app.settings.language'}),
    frozenset({'app.settings.addresses'}),
    frozenset({'app.settings.env_file'}),
    frozenset({'app.errors.codes'}),
    frozenset({'app.errors'}),
    frozenset({'app.errors.auth_error', 'app.clock'}),
)
WITH_NICEGUI = frozenset(
    {'main', 'pages', 'app.testing', 'app.ui', 'app.auth', 'app.installation', 'app.whole_app', 'app.native.window'}
)
WITH_HTTPX = frozenset(
    {'app.oidc', 'app.api', 'app.parts', 'app.serving', 'app.auth', 'app.testing'}
    | {'app.ui.on_page', 'app.ui.user', 'app.web.endpoints.person'}  # what they give is its client
)
WITH_PYTEST = frozenset({'app.testing'})  # a host that is not tested has none
# What the show-case looks at beyond the names that everybody's app has. What else is in `pages` or `main` is written
# as a stranger's app would be.
LOOKS_INSIDE: dict[str, set[str]] = {
    'main': {'app.__main__'},  # is a command, too
    'pages.auth': {'app.settings'},  # reads the short names of the settings, which in a host app may be the host's
    'pages.inside': {  # all that more than one page needs
        'app.api.client',
        'app.app_context',
        'app.demo.demo',
        'app.oidc.id_token',
        'app.renewal.live_session',
        'app.renewal.user_agents',
        'app.sessions.session',
        'app.ui.access.gate',
        'app.ui.notices.banner',
        'app.ui.notices.notice',
        'app.ui.page_context',
        'app.ui.present',
        'app.web.identity',
        'app.web.local_request',
        'app.web.middleware',
        'app.web.links',
    },
    'pages.api': {
        'app.api.answer',
        'app.api.client',
    },  # shows no token that it echoes
    'pages.banner': {'app.ui.notices.banner', 'app.ui.silent_frame', 'app.web.return_to'},
    'pages.doctor': {'app.doctor.checks', 'app.doctor.examination', 'app.doctor.finding', 'app.doctor.reading'}
    | {'app.settings.names'},
    'pages.error': {'app.errors.codes', 'app.ui.notices', 'app.web.wishes.asked', 'app.web.local_request'}
    | {'app.web.return_to', 'app.web.links'},
    'pages.login_elsewhere': {'app.web.return_to', 'app.web.links'},  # of the native window
    'pages.session.access_token': {'app.oidc.quirks', 'app.oidc.tokens', 'app.sessions.session'},  # what it learnt
    'pages.what_if': {'app.demo.demo', 'app.demo.overrides'},
}
LARGEST_ROOM = 14  # files
LONGEST_FILE = 300  # lines; it is the machine, with its table


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([ROOT / 'main.py', *ROOT.glob('app/**/*.py'), *ROOT.glob('pages/**/*.py')]):
        name = '.'.join(path.relative_to(ROOT).with_suffix('').parts)
        yield name.removesuffix('.__init__'), path


def imports(path: Path) -> set[str]:
    """The modules that a file imports, by their whole names, relative ones too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parent.parts
            above = package[: len(package) - node.level + 1] if node.level else ()
            found |= {'.'.join([*above, *(node.module or '').split('.'), alias.name]) for alias in node.names}
    return {name.replace('..', '.') for name in found}


def layer(name: str) -> int | None:
    """The line of the most specific entry that the name belongs to."""
    candidates = [
        (len(entry), index)
        for index, entries in enumerate(LAYERS)
        for entry in entries
        if name == entry or name.startswith(f'{entry}.')
    ]
    return max(candidates)[1] if candidates else None


def belongs(name: str, rooms: frozenset[str]) -> bool:
    return any(name == room or name.startswith(f'{room}.') for room in rooms)


MODULES = {name: (path, imports(path)) for name, path in modules()}


def test_each_module_has_its_place_in_the_house() -> None:
    assert not {name for name in MODULES if layer(name) is None or (layer(name) == layer('app') and name != 'app')}


def test_a_module_imports_only_from_its_own_line_and_below() -> None:
    upward = {
        (name, imported)
        for name, (_, found) in MODULES.items()
        for imported in found
        if (own := layer(name)) is not None and (other := layer(imported)) is not None and other < own
    }
    assert not upward


@pytest.mark.parametrize(
    ('package', 'rooms'), [('nicegui', WITH_NICEGUI), ('httpx', WITH_HTTPX), ('pytest', WITH_PYTEST)]
)
def test_only_these_rooms_know_it(package: str, rooms: frozenset[str]) -> None:
    knowing = {name for name, (_, found) in MODULES.items() if package in {item.split('.')[0] for item in found}}
    assert knowing
    assert not {name for name in knowing if not belongs(name, rooms)}


def inside(imported: str) -> str | None:
    """The module of ours that this is of; None if it is a public name, or none of `app`."""
    module, _, name = imported.rpartition('.')
    is_public = module == 'app.errors' or (module == 'app' and name in app.__all__)
    return module if imported.split('.')[0] == 'app' and not is_public else None


def test_pages_are_written_on_the_public_names_but_for_those_that_show_the_inside() -> None:
    looks = {
        name: {module for imported in found if (module := inside(imported)) is not None}
        for name, (_, found) in MODULES.items()
        if name.split('.')[0] in {'main', 'pages'}
    }
    assert {name: modules for name, modules in looks.items() if modules} == LOOKS_INSIDE


def test_only_one_page_takes_the_parts_out_of_auth() -> None:
    taking = {
        name
        for name, (path, _) in MODULES.items()
        if name.split('.')[0] in {'main', 'pages'}
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8')))
        if isinstance(node, ast.Attribute)
        and node.attr in {'context', '_serving'}
        and dotted(node) == f'auth.{node.attr}'
    }
    assert taking == {'pages.inside'}


def dotted(node: ast.Attribute) -> str:
    return f'{node.value.id}.{node.attr}' if isinstance(node.value, ast.Name) else ''


def test_inside_app_imports_are_relative_so_that_it_works_under_any_name() -> None:
    absolute = {
        (name, node.module)
        for name, (path, _) in MODULES.items()
        if name.split('.')[0] == 'app'
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8')))
        if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).split('.')[0] == 'app'
    }
    assert not absolute


@pytest.mark.parametrize(
    'name',
    [
        'machine',
        'state',
        'events',
        'schedule',
        'limits',
        'steps/limits',
        'steps/step',
        'steps/audience',
        'steps/audiences',
    ],
)
def test_what_decides_has_no_clock_no_network_and_no_tasks(name: str) -> None:
    modules = {imported.split('.')[0] for imported in imports(ROOT / f'app/renewal/{name}.py')}
    assert modules <= {'__future__', 'app', 'collections', 'dataclasses', 'typing'}


def test_main_is_short() -> None:
    code = [line for line in (ROOT / 'main.py').read_text().splitlines() if line.strip()]
    assert len(code) < 40


def test_no_file_grows_into_two_nouns() -> None:
    assert not {name for name, path in modules() if len(path.read_text().splitlines()) > LONGEST_FILE}


def test_no_room_grows_into_two() -> None:
    rooms = [folder for folder in ROOT.glob('app/**') if folder.is_dir()]
    assert not {str(room) for room in rooms if len(list(room.glob('*.py'))) > LARGEST_ROOM}


def test_no_file_is_named_after_nothing() -> None:
    vague = {'utils', 'util', 'helpers', 'helper', 'common', 'misc', 'base', 'manager', 'handler'}
    assert not {name for name, _ in modules() if name.split('.')[-1] in vague}
