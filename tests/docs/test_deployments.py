"""The page on deployments names tests that there are."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT
from tests.test_docs import TESTS


def test_each_recipe_names_the_tests_that_tried_it() -> None:
    text = (ROOT / 'docs/deployments.md').read_text(encoding='utf-8')
    rows = re.findall(r'^\| ([^|]+) \| `(test_\w+)` \| (?:`(test_\w+)`)?', text, re.MULTILINE)
    assert len(rows) == text.split('## What was tried')[1].count('\n| ') - 1  # all but the heads
    named = {test for _, *tests in rows for test in tests if test}
    assert len(named) > 10
    assert not {test for test in named if f'def {test}(' not in TESTS}
