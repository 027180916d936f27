"""The pages of the site, and the code in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / 'docs').glob('*.md'))
FENCE = re.compile(r'^```(\w+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Code:
    """A piece of Python in a page; `place` says where."""

    place: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def is_ours(self) -> bool:
        """Whether it imports the package; else it shows what others do."""
        return any(isinstance(node, ast.ImportFrom) and _is_ours(node) for node in ast.walk(self.tree))

    def imported(self) -> set[tuple[str, str]]:
        """The names that it imports of us, with the module each of them is from."""
        return {
            (str(node.module), alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and _is_ours(node)
            for alias in node.names
        }


def _is_ours(node: ast.ImportFrom) -> bool:
    return str(node.module).split('.')[0] == 'stay_signed_in'


def fences(text: str) -> list[tuple[str, str]]:
    """The language and the text of each piece of code, in order."""
    return FENCE.findall(text)


def python_of(page: Path) -> Iterator[Code]:
    for number, (language, text) in enumerate(fences(page.read_text(encoding='utf-8')), start=1):
        if language == 'python':
            yield Code(f'{page.stem}-{number}', text)
