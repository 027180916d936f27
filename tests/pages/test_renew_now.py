"""What a person who presses Renew is told."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from app.errors import ProviderFailed
from pages.renew_now import renew_now
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn, alice, finished, scope

__all__ = ['alice', 'scope']


async def test_whoever_presses_renew_too_soon_is_told_when(alice: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    fake_ui = SimpleNamespace(context=SimpleNamespace(client=nullcontext()), notify=lambda text, **_: said.append(text))
    monkeypatch.setitem(renew_now.__globals__, 'ui', fake_ui)
    live = alice.live(FailingFrame(ProviderFailed(retry_after=3000)), methods=('iframe',))
    user = SimpleNamespace(state='active')
    monkeypatch.setitem(renew_now.__globals__, 'auth', SimpleNamespace(user=user, renew=live.renew))
    await renew_now()
    await finished(live)
    said.clear()
    user.state = live.phase
    assert user.state == 'retrying'
    await renew_now()
    assert said == [
        'It is too soon to try again. The sign-in service was not asked. The next try is possible in 3000 s.'
    ]
