"""What is imported is declared, so that nothing is there by chance only."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.test_architecture import ROOT, modules

PYPROJECT = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))
OURS = {'app', 'pages', 'main', 'tests'}


def normalized(name: str) -> str:
    """The name of a package as an index compares it."""
    return re.sub(r'[-_.]+', '-', name).lower()


def declared(*extras: str) -> set[str]:
    """The packages that pyproject.toml names, for running the app and in these extras."""
    optional = PYPROJECT['project']['optional-dependencies']
    lines = PYPROJECT['project']['dependencies'] + [line for extra in extras for line in optional[extra]]
    return {normalized(re.split(r'[^\w.-]', line)[0]) for line in lines}


def foreign_imports(path: Path) -> set[str]:
    """The names of foreign packages that a file imports, also within its functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split('.')[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).split('.')[0])
    return found - sys.stdlib_module_names - OURS


def undeclared(imported: set[str], packages: set[str]) -> set[str]:
    """The imports that none of the packages brings."""
    distributions = packages_distributions()
    return {name for name in imported if not {normalized(dist) for dist in distributions.get(name, [])} & packages}


def test_every_package_that_the_app_imports_is_declared() -> None:
    app = {module: foreign_imports(path) for module, path in modules()}
    for_tests = {module for module in app if module.startswith('app.testing')}
    imported = {name for module in app.keys() - for_tests for name in app[module]}
    assert {'nicegui', 'starlette', 'joserfc'} <= imported
    assert not undeclared(imported, declared('native'))
    assert not undeclared({name for module in for_tests for name in app[module]}, declared('test'))


def test_every_package_that_the_tests_import_is_declared() -> None:
    imported = {name for path in ROOT.glob('tests/**/*.py') for name in foreign_imports(path)}
    assert 'pytest' in imported
    assert not undeclared(imported, declared('native', 'test'))


def test_every_declared_package_has_an_oldest_version() -> None:
    assert not [line for line in lines() if '>=' not in line]


def lines() -> list[str]:
    """What pyproject.toml says of each package that it names, for building, running and testing."""
    project = PYPROJECT['project']
    groups = [
        PYPROJECT['build-system']['requires'],
        project['dependencies'],
        *project['optional-dependencies'].values(),
    ]
    return [line for group in groups for line in group if not line.startswith('stay-signed-in')]


def oldest(line: str) -> tuple[str, str]:
    """The package, and its oldest version without zeros at its end."""
    name, version = re.split('>=|==', line.split(';')[0].split(',')[0])
    return normalized(name.split('[')[0]), re.sub(r'(\.0)+$', '', version.strip())


def test_the_oldest_versions_are_those_that_make_test_oldest_takes() -> None:
    taken = dict(map(oldest, (ROOT / 'constraints-oldest.txt').read_text(encoding='utf-8').splitlines()))
    named = dict(map(oldest, lines()))
    assert taken == named


def test_the_next_nicegui_is_not_taken_untried() -> None:
    assert next(line for line in PYPROJECT['project']['dependencies'] if line.startswith('nicegui')).endswith('<4')
