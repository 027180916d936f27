"""The settings that the pages name are settings, and the arguments are those of `Auth`."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from app import Auth
from tests.docs.pages import PAGES, ROOT
from tests.test_docs import SETTINGS

NAMES = re.compile(r'\b((?:STAY_SIGNED_IN|OIDC)_[A-Z0-9_]*[A-Z0-9])\b')
OF_A_PROVIDER = re.compile('^OIDC_(GOOGLE|WORK|HOME_OFFICE)_')  # as the pages call theirs
TEXT = (ROOT / 'docs/settings.md').read_text(encoding='utf-8')
OF_OUR_OWN_APP = {'settings'}  # how main.py hands over what it has read


def arguments() -> set[str]:
    """The arguments of `Auth` that are no settings."""
    parameters = inspect.signature(Auth).parameters.values()
    named = {parameter.name for parameter in parameters if parameter.kind != parameter.VAR_KEYWORD}
    return named - {name.lower() for name in SETTINGS} - OF_OUR_OWN_APP


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.stem)
def test_a_page_names_only_settings_that_there_are(page: Path) -> None:
    named = {OF_A_PROVIDER.sub('OIDC_', name) for name in NAMES.findall(page.read_text(encoding='utf-8'))}
    assert not {name for name in named if name.removeprefix('STAY_SIGNED_IN_') not in SETTINGS}


def test_the_names_of_a_host_app_are_found_on_the_pages() -> None:
    named = {name for page in PAGES for name in NAMES.findall(page.read_text(encoding='utf-8'))}
    assert {'STAY_SIGNED_IN_BASE_URL', 'OIDC_ISSUER'} <= named


def test_the_table_has_the_arguments_of_auth_and_no_other() -> None:
    table = TEXT.split('## Arguments of')[1].split('\n## ')[0]
    assert set(re.findall(r'^\| `(\w+)` \|', table, re.MULTILINE)) == arguments()
