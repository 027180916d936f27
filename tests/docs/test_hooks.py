"""What the page about hooks lists is what there is."""

from __future__ import annotations

import inspect
import re

from app import Auth
from app.errors import SessionEnded, SubjectMismatch
from app.errors.codes import kinds_by_code
from app.hooks.added_claims import NOBODY_ADDS
from app.hooks.hooks import Hooked
from app.hooks.person import Person
from app.sessions.claims import MAX_APP_CLAIMS
from tests.docs.pages import ROOT

PAGE = (ROOT / 'docs/hooks.md').read_text(encoding='utf-8')


def part(title: str) -> str:
    return PAGE.split(f'\n## {title}\n')[1].split('\n## ')[0]


def test_it_has_each_hook() -> None:
    hooks = {name for name in vars(Hooked) if name.startswith('on_')}
    assert hooks == set(re.findall(r'@auth\.(\w+)', PAGE))
    assert all(callable(getattr(Auth, name)) for name in hooks)


def test_it_lists_what_is_known_of_a_person() -> None:
    known = {name for name, _ in inspect.getmembers(Person) if not name.startswith('_')} - {'has', 'access_token'}
    (listed,) = re.findall(r'`person` has (.*?)\. Tell', PAGE, re.DOTALL)
    assert set(re.findall(r'`(\w+)`', listed)) == known


def test_it_lists_each_reason_for_an_end() -> None:
    listed = set(re.findall(r'`(\w+)`', ' '.join(re.findall(r'^\| (.*?) \|', part('Why a session has ended'), re.M))))
    ends = {kind.code for kind in kinds_by_code().values() if issubclass(kind, SessionEnded)} | {SubjectMismatch.code}
    assert not ends - listed
    assert not listed - kinds_by_code().keys()


def test_it_lists_the_claims_that_no_hook_adds_and_how_many_it_may_add() -> None:
    text = part('More claims')
    (listed,) = re.findall(r'sign-in is checked: (.*?)\.\n\n', text, re.DOTALL)
    assert set(re.findall(r'`(\w+)`', listed)) == NOBODY_ADDS
    assert f'At most {MAX_APP_CLAIMS:,} characters' in text
