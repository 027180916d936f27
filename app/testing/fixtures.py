"""What pytest gives to the tests of a suite that uses this plugin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ..auth import Auth
from .clock import MovableClock
from .demo_app import serve_demo
from .fresh_modules import forget_modules
from .person import SignedIn, signed_in, signed_out
from .world import World


@pytest.fixture(name='auth_clock')
def auth_clock_fixture() -> MovableClock:
    """The clock that each `Auth` of the test goes by: `auth_clock.move(3600)` lets an hour pass."""
    return MovableClock()


@pytest.fixture(autouse=True)
def stay_signed_in_world(auth_clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every `Auth` that the app makes in a test keeps its files in a temporary folder, and asks no provider."""
    with TemporaryDirectory(prefix='stay-signed-in-') as folder:
        world = World(Path(folder), auth_clock)
        monkeypatch.setattr(Auth, '_surroundings', world.surroundings)
        yield
        forget_modules(world.auths)


@pytest.fixture(name='signed_in')
def signed_in_fixture() -> Callable[..., Awaitable[SignedIn]]:
    """`signed_in`, for tests that do not import it."""
    return signed_in


@pytest.fixture(name='signed_out')
def signed_out_fixture() -> Callable[..., Awaitable[None]]:
    """`signed_out`, for tests that do not import it."""
    return signed_out


@pytest.fixture(name='demo_app')
def demo_app_fixture(request: pytest.FixtureRequest) -> Iterator[Callable[[str | Path], str]]:
    """`demo_app('main.py')` serves the app with the demo provider until the test ends, and gives its URL.

    The path counts from pytest's root folder. See `serve_demo`.
    """
    with ExitStack() as served:
        yield lambda main_file: served.enter_context(serve_demo(request.config.rootpath / main_file))
