"""`/silent`, the page in which the provider's answer lands."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

import pytest

from app.web.static_pages import SILENT, static_page


class Inline(HTMLParser):
    """The text of every inline script and style, and everything that would need more than that."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {'script': [], 'style': []}
        self.foreign: list[tuple[str, str | None]] = []
        self._tag = ''

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        self.foreign += [attr for attr in attrs if attr[0] in {'src', 'style'} or attr[0].startswith('on')]

    def handle_endtag(self, tag: str) -> None:
        self._tag = ''

    def handle_data(self, data: str) -> None:
        if self._tag in self.texts:
            self.texts[self._tag].append(data)


@pytest.fixture
def inline() -> Inline:
    parser = Inline()
    parser.feed(bytes(static_page(SILENT).body).decode())
    return parser


def policy() -> dict[str, list[str]]:
    header = static_page(SILENT).headers['Content-Security-Policy']
    return {name: sources for name, *sources in (directive.split() for directive in header.split(';'))}


def test_it_is_a_page_that_nobody_keeps_and_that_tells_nobody() -> None:
    response = static_page(SILENT)
    assert response.status_code == 200
    assert response.headers['Content-Type'].startswith('text/html')
    assert response.headers['Cache-Control'] == 'no-store'
    assert response.headers['Referrer-Policy'] == 'no-referrer'


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize('tag', ['script', 'style'])
def test_only_its_own_script_and_style_run(tag: str, inline: Inline) -> None:
    (text,) = inline.texts[tag]
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert policy()[f'{tag}-src'] == [f"'sha256-{digest}'"]


def test_nothing_else_is_allowed_and_nothing_else_is_needed(inline: Inline) -> None:
    assert policy().keys() == {'default-src', 'script-src', 'style-src', 'base-uri', 'form-action', 'frame-ancestors'}
    assert policy()['default-src'] == policy()['base-uri'] == policy()['form-action'] == ["'none'"]
    assert policy()['frame-ancestors'] == ["'self'"]
    assert inline.foreign == []


@pytest.mark.tutorial_bug(8)
def test_the_answer_goes_to_our_own_origin_only(inline: Inline) -> None:
    (script,) = inline.texts['script']
    assert script.count('postMessage(') == 1
    assert 'postMessage(answer, location.origin)' in script
