"""The numbers in the comparison are those of the programs beside it."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, fences

TEXT = (ROOT / 'docs/lines.md').read_text(encoding='utf-8')
FRAMEWORKS = ('stay_signed_in', 'Streamlit', 'Panel', 'auth0-server-python')
THINGS = ('Sign-in', 'A role', 'A guarded endpoint', 'An API call', 'Two providers')
SAME = 'The program is that of the sign-in'


def part(thing: str, framework: str) -> str:
    """What the page has of this framework below the heading of this thing."""
    section = re.split(r'^## ', TEXT.split(f'## {thing}\n')[1], maxsplit=1, flags=re.MULTILINE)[0]
    return section.split(f'**{framework}**')[1].split('\n**')[0]


def counted(code: str) -> int:
    """The lines that are neither blank nor a comment."""
    lines = [line.strip() for line in code.splitlines()]
    return len([line for line in lines if line and not line.startswith('#')])


def code_of(thing: str, framework: str, *, is_python: bool) -> list[str]:
    """The program, or the configuration, that the page has for this thing."""
    return [text for language, text in fences(part(thing, framework)) if (language == 'python') == is_python]


def lines(thing: str, framework: str) -> tuple[int, int]:
    """The lines of Python and of configuration; what the page does not repeat is as for the sign-in."""
    sign_in, is_same = 'Sign-in', SAME in part(thing, framework)
    python = code_of(sign_in if is_same else thing, framework, is_python=True)
    settings = code_of(thing, framework, is_python=False) or code_of(sign_in, framework, is_python=False)
    return sum(map(counted, python)), sum(map(counted, settings))


def in_table(thing: str, framework: str) -> str:
    row = re.search(rf'^\| {thing} \|(.*)\|$', TEXT, re.MULTILINE | re.IGNORECASE)
    assert row is not None
    return row[1].split('|')[FRAMEWORKS.index(framework)].strip()


@pytest.mark.parametrize('framework', FRAMEWORKS)
@pytest.mark.parametrize('thing', THINGS)
def test_the_table_counts_what_is_below_it(thing: str, framework: str) -> None:
    python, settings = lines(thing, framework)
    assert in_table(thing, framework) == (f'{python} + {settings}' if python else 'none documented')


def test_ours_are_there_for_each_thing() -> None:
    assert all(lines(thing, 'stay_signed_in') > (5, 2) for thing in THINGS)
