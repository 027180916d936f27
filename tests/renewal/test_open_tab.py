"""The tabs of a session, as a person sees them."""

from __future__ import annotations

import pytest

from app.renewal.user_agents import distinct_tabs
from tests.renewal.conftest import FakeTab

GONE, BACK = FakeTab(id='a', is_connected=False), FakeTab(opened_at=1, id='a')
OTHER, NEW = FakeTab(id='b'), FakeTab(id=None, is_connected=False)


@pytest.mark.parametrize(
    ('tabs', 'seen'),
    [
        ([], []),
        ([GONE], [GONE]),
        ([GONE, BACK], [BACK]),
        ([GONE, OTHER, BACK], [OTHER, BACK]),
        ([OTHER, NEW], [OTHER]),
    ],
    ids=['none', 'offline', 'loaded anew', 'loaded anew beside another', 'not connected yet'],
)
def test_a_tab_that_was_loaded_anew_is_seen_once(tabs: list[FakeTab], seen: list[FakeTab]) -> None:
    assert distinct_tabs(tabs) == seen
