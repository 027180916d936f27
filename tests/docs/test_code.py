"""The programs on the pages: each is Python, and uses only what there is."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest
from nicegui import ui

import app
from app import Auth
from tests.docs.pages import PAGES, Code, python_of
from tests.test_docs import SETTINGS

PROGRAMS = [code for page in PAGES for code in python_of(page)]
OURS = [code for code in PROGRAMS if code.is_ours]
TEXTS = {page.stem: page.read_text(encoding='utf-8') for page in PAGES}


def dotted(node: ast.expr) -> str:
    """As `auth.user.name`; '' if it is anything but names with dots between."""
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f'{inner}.{node.attr}' if inner else ''
    return node.id if isinstance(node, ast.Name) else ''


def names_used(code: Code) -> set[str]:
    """What comes after `auth.` in the program, as far as it is names: `page`, `user.name`."""
    found = {dotted(node) for node in ast.walk(code.tree) if isinstance(node, ast.Attribute)}
    return {name.removeprefix('auth.') for name in found if name.startswith('auth.')}


def calls(code: Code) -> list[tuple[str, ast.Call]]:
    """The calls of `Auth`, and of what comes after `auth.`, by that name."""
    found = [(dotted(node.func), node) for node in ast.walk(code.tree) if isinstance(node, ast.Call)]
    return [(name.removeprefix('auth.'), node) for name, node in found if name == 'Auth' or name.startswith('auth.')]


def user_class() -> type[Any]:
    """The class of who is signed in, as `Auth.user` says it."""
    annotation = get_type_hints(inspect.getattr_static(Auth, 'user').fget)['return']
    found: type[Any] = next(kind for kind in get_args(annotation) if kind is not type(None))
    return found


def public(name: str) -> Any:
    """What `auth.<name>` is, on the class; raises `AttributeError` if there is none."""
    first, _, rest = name.partition('.')
    return getattr(user_class(), rest) if first == 'user' and rest else inspect.getattr_static(Auth, first)


@pytest.mark.parametrize('code', PROGRAMS, ids=lambda code: code.place)
def test_each_program_is_python(code: Code) -> None:
    compile(code.text, code.place, 'exec')


def test_there_are_programs_of_ours() -> None:
    assert len(OURS) > 15


@pytest.mark.parametrize('code', OURS, ids=lambda code: code.place)
def test_a_program_imports_only_what_is_exported(code: Code) -> None:
    for module, name in code.imported():
        inside = import_module(module.replace('stay_signed_in', 'app'))
        assert name in (app.__all__ if inside is app else dir(inside))


@pytest.mark.parametrize('code', OURS, ids=lambda code: code.place)
def test_a_program_uses_only_public_names_that_there_are(code: Code) -> None:
    for name in names_used(code):
        assert not any(part.startswith('_') for part in name.split('.'))
        public(name)


@pytest.mark.parametrize('code', OURS, ids=lambda code: code.place)
def test_a_program_passes_only_arguments_that_there_are(code: Code) -> None:
    for name, call in calls(code):
        found = Auth if name == 'Auth' else public(name)
        itself = [] if name == 'Auth' or isinstance(found, staticmethod) else [None]
        given = {str(keyword.arg): None for keyword in call.keywords}
        inspect.signature(found).bind(*itself, *call.args, **given)


@pytest.mark.parametrize('code', OURS, ids=lambda code: code.place)
def test_a_program_gives_auth_only_its_arguments_and_settings(code: Code) -> None:
    known = {*inspect.signature(Auth).parameters, *(name.lower() for name in SETTINGS)}
    given = {str(keyword.arg) for name, call in calls(code) if name == 'Auth' for keyword in call.keywords}
    assert not given - known


@pytest.mark.parametrize('page', sorted(TEXTS))
def test_a_page_names_only_what_there_is(page: str) -> None:
    others = 'moving'  # there another library's object has the name `auth`, too, in a table of what it becomes
    named = set(re.findall(r'`(?:await )?auth\.([a-z_]+(?:\.[a-z_]+)?)', TEXTS[page]))
    for name in named - ({'is_authenticated', 'get_userinfo', 'get_user_roles'} if page == others else set()):
        public(name)


@pytest.mark.parametrize('row', re.findall(r'^\| `(\w+)`(?:, `(\w+)`)? \|', TEXTS['who-is-signed-in'], re.MULTILINE))
def test_each_attribute_in_the_table_of_the_user_is_one(row: tuple[str, str]) -> None:
    for name in filter(None, row):
        assert name in dir(user_class())


@pytest.mark.parametrize('code', OURS, ids=lambda code: code.place)
def test_a_program_gives_a_page_only_its_guards_and_what_nicegui_takes(code: Code) -> None:
    known = {*inspect.signature(public('page')).parameters, *inspect.signature(ui.page).parameters}
    given = {str(keyword.arg) for name, call in calls(code) if name == 'page' for keyword in call.keywords}
    assert not given - known
