"""Each text is there in each language, and says the same."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.web.host_names  # noqa: F401 - which has an error of its own
from app.errors import AuthError
from app.errors.codes import kinds_by_code
from app.texts.english import ENGLISH
from app.texts.german import GERMAN
from app.texts.german_errors import GERMAN_ERRORS
from app.texts.texts import Texts, fields

ROOT = Path(__file__).parent.parent.parent
FILES = ('english.py', 'german.py', 'german_errors.py')
ROOMS = ('app/ui', 'app/web')
# What shows a text to people, and what says one by its name.
SHOWS = {'label', 'button', 'link', 'notify', 'item_label', 'page_title', 'set_text', 'tooltip', 'html', 'markdown'}
SHOWN_AS = {'Notice', 'Way', 'Action', 'Line'}
# An answer to a program, or one that comes before anybody knows the settings; they stay in English.
ENGLISH_ONLY = {
    'The address is too long.',
    'The demo provider signs in everybody, so this app answers only the machine that it runs on.',
    ' If it was a proxy there that passed this on, name its address in TRUSTED_PROXIES.',
    'Not in advance.',
}


def codes() -> set[str]:
    """The codes of all errors of ours, each of which has a title."""
    return {kind.code for kind in kinds_by_code().values() if kind.__module__.startswith('app.')} | {AuthError.code}


def test_each_text_is_in_both_languages() -> None:
    assert ENGLISH.keys() == GERMAN.keys()


def test_each_error_is_in_german() -> None:
    assert {f'error.{code}.{part}' for code in codes() for part in ('title', 'advice')} == GERMAN_ERRORS.keys()


def test_a_translation_has_the_braces_of_the_original() -> None:
    assert {key: fields(text) for key, text in ENGLISH.items()} == {key: fields(text) for key, text in GERMAN.items()}
    assert not any(fields(text) for text in GERMAN_ERRORS.values())


def test_nothing_is_left_in_english() -> None:
    texts = Texts()
    german = texts.language('de')
    same = {key for key in texts if german[key] == texts[key]}
    assert same == {'ended', 'error_code_line'}  # which have no words, and the same one


@pytest.mark.parametrize('file', FILES)
def test_the_keys_are_in_order_and_each_stands_once(file: str) -> None:
    tree = ast.parse((ROOT / 'app/texts' / file).read_text(encoding='utf-8'))
    (mapping,) = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = [key.value for key in mapping.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    assert keys == sorted(set(keys))


def test_each_text_is_said_somewhere() -> None:
    folders = ('app/ui', 'app/web', 'static')
    said = ' '.join(file.read_text(encoding='utf-8') for folder in folders for file in files(folder))
    said += inspect.getsource(Texts)
    assert not {key for key in ENGLISH if re.sub('_(one|other)$', '', key) not in said}


def files(folder: str) -> Iterator[Path]:
    return (file for file in (ROOT / folder).rglob('*') if file.suffix in {'.py', '.html'})


def modules() -> list[Path]:
    """But for the answers to programs, which stay in English: a header has no other letters (RFC 6750 §3)."""
    found = [file for room in ROOMS for file in sorted((ROOT / room).rglob('*.py'))]
    return [file for file in found if 'endpoints' not in file.parts]


def around_the_texts(source: str) -> list[str]:
    """The words in a module that go to people, and come from no mapping."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, 'id', '')
        if name in SHOWS | SHOWN_AS | {'PlainTextResponse'}:
            shown = [text for argument in call.args for text in literals(argument)]
            found += [text for text in shown if re.search('[A-Za-z] ?[A-Za-z]', text)]
        named = [word.value for word in call.keywords if word.arg in {'title', 'text', 'label', 'message'}]
        found += [text for value in named for text in literals(value)]
    # A sentence anywhere, as in a constant, that is no docstring, no log line, and no message of an exception.
    found += sentences(ast.parse(source))
    return [text for text in found if text not in ENGLISH_ONLY and not NO_WORDS.fullmatch(text)]


def literals(node: ast.AST) -> list[str]:
    """The strings that a value is made of, but for the keys of the texts, and names in props."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, (ast.Subscript, ast.Call)):
        return []
    return [text for child in ast.iter_child_nodes(node) for text in literals(child)]


NO_WORDS = re.compile(r'[a-z_./-]*|\(\) => .*')  # a name, a key, a path; what the browser runs
SENTENCE = re.compile(r'[A-Z][a-z’]+ .*[a-z]')
UNSEEN = {'warning', 'error', 'exception', 'info', 'debug', 'critical', 'compile'}


def sentences(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Raise):
        return []
    if isinstance(node, ast.Call) and getattr(node.func, 'attr', getattr(node.func, 'id', '')) in UNSEEN:
        return []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []
    if isinstance(node, ast.ClassDef) and any(isinstance(one, ast.Assign) for one in node.body) and _is_error(node):
        return []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if SENTENCE.match(node.value) else []
    return [text for child in ast.iter_child_nodes(node) for text in sentences(child)]


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id.endswith('Error') for base in node.bases)


@pytest.mark.parametrize('file', modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_text_goes_around_the_mapping(file: Path) -> None:
    assert around_the_texts(file.read_text(encoding='utf-8')) == []


@pytest.mark.parametrize(
    'source',
    [
        "ui.label('Please log in')",
        "ui.button('Renew')",
        "ui.notify(f'{name} is gone')",
        "ui.link('Home', url)",
        "Notice('lock', 'You may not')",
        "Line('timer', text if text else 'It is late')",
        "THIS = 'This device'",
        "lines.insert(0, 'You are still logged in.')",
        "ui.page('', title='Sign in')",
        "PlainTextResponse('Go away')",
    ],
)
def test_one_that_does_is_found(source: str) -> None:
    assert around_the_texts(source)


@pytest.mark.parametrize('file', sorted((ROOT / 'static').glob('*.html')), ids=lambda file: file.name)
def test_a_static_page_says_nothing_itself(file: Path) -> None:
    html = re.sub(r'<(script|style)>.*?</\1>', '', file.read_text(encoding='utf-8'), flags=re.DOTALL)
    assert re.findall(r'[A-Za-z]{2,}', re.sub(r'<[^>]*>|\[\[\w+]]|\{\w+}', '', html)) == []
    assert 'lang="en"' not in html
