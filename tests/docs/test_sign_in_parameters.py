"""The page of the parameters says of each whose it is, as the code has it."""

from __future__ import annotations

import re

from app.oidc.wishes.parameters import IN_SILENT
from app.settings.sign_in_params import OURS
from tests.docs.pages import ROOT

TEXT = (ROOT / 'docs/sign-in-parameters.md').read_text(encoding='utf-8')
OF_THE_APP, OF_OURS = TEXT.split('\n## Ours')


def test_what_the_app_may_set_is_there_with_what_silent_requests_have() -> None:
    rows = re.findall(r'^\| `(\w+)` \| yes \| ([^|]+) \| (yes|no) \|', OF_THE_APP, re.MULTILINE)
    assert {name: silent == 'yes' for name, _, silent in rows} == IN_SILENT
    assert {name for name, link, _ in rows if link != 'if in `link_params`'} == {'prompt'}


def test_what_nobody_else_sets_is_there() -> None:
    assert set(re.findall(r'^\| `(\w+)` \|', OF_OURS, re.MULTILINE)) == OURS
