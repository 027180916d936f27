"""The page with the examples has all of them, as they are."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT


def test_each_example_is_on_the_page_and_in_the_readme() -> None:
    page, readme = ((ROOT / name).read_text(encoding='utf-8') for name in ('docs/examples.md', 'README.md'))
    files = {path for path in (ROOT / 'examples').rglob('*.*') if path.is_file() and '__pycache__' not in path.parts}
    assert set(re.findall(r'literalinclude\} \.\./(\S+)', page)) == {
        path.relative_to(ROOT).as_posix() for path in files
    }
    tops = {path.relative_to(ROOT).parts[1] for path in files}
    assert set(re.findall(r'\(examples/([^)]+)\)', readme)) == tops
