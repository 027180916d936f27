"""A line of the table of pages."""

from __future__ import annotations

import pytest

from pages.page import Page


@pytest.mark.parametrize('builder', ['pages.nowhere:home', 'pages.home:nothing'])
def test_a_page_without_a_builder_stops_the_start(builder: str) -> None:
    with pytest.raises((ImportError, AttributeError)):
        Page('/hello', 'Hello', 'waving_hand', builder)
