"""The frames of all tabs of a session."""

from __future__ import annotations

import pytest

from app.errors import NoBrowser, SilentTimeout
from app.renewal.user_agents import UserAgents
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn


async def test_a_tab_that_is_gone_hands_over_to_another(alice: SignedIn) -> None:
    closed = FailingFrame(NoBrowser())
    live = alice.live(alice.frame, closed)
    assert (await live.renew()).renewals == 1
    assert closed.asked == 1


async def test_a_tab_that_got_no_answer_does_not(alice: SignedIn) -> None:
    silent = FailingFrame(SilentTimeout())
    with pytest.raises(SilentTimeout):
        await alice.live(alice.frame, silent).renew()


async def test_without_a_tab_there_is_no_browser() -> None:
    with pytest.raises(NoBrowser):
        await UserAgents().authorize('https://op/authorize')


async def test_each_tab_is_asked_once() -> None:
    frames, gone = UserAgents(), [FailingFrame(NoBrowser()) for _ in range(3)]
    for frame in gone:
        frames.add(frame)
    with pytest.raises(NoBrowser):
        await frames.authorize('https://op/authorize')
    assert [frame.asked for frame in gone] == [1, 1, 1]


async def test_the_newest_tab_is_asked_first() -> None:
    frames, old, new = UserAgents(), FailingFrame(SilentTimeout()), FailingFrame(SilentTimeout())
    frames.add(old)
    frames.add(new)
    with pytest.raises(SilentTimeout):
        await frames.authorize('https://op/authorize')
    assert (old.asked, new.asked) == (0, 1)
