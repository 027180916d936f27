"""The decorators: what they take, and that they change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest

from app.hooks.hooks import Hooked
from app.hooks.person import Person


def one(person: Person) -> None: ...


async def two(person: Person, reason: str) -> None: ...


def with_more(person: Person, reason: str = '', *, more: int = 0) -> None: ...


def generator(person: Person) -> Iterator[None]:
    yield


async def async_generator(person: Person) -> AsyncIterator[None]:
    yield


def insists(person: Person, *, more: int) -> None: ...


@pytest.mark.parametrize(
    ('name', 'hook'),
    [
        ('on_login', one),
        ('on_renewal', one),
        ('on_logout', two),
        *((name, with_more) for name in ('on_login', 'on_renewal', 'on_logout')),
        ('on_login', partial(two, reason='')),
        ('on_login', lambda person: None),
        ('on_renewal', [].append),
        ('on_renewal', {}.get),
    ],
)
def test_a_decorator_gives_the_function_back(name: str, hook: Any) -> None:
    assert getattr(Hooked(), name)(hook) is hook


@pytest.mark.parametrize('name', ['on_login', 'on_renewal', 'on_logout'])
@pytest.mark.parametrize('hook', [None, 'login', 7, Person, generator, async_generator])
def test_what_is_no_function_is_refused(name: str, hook: Any) -> None:
    with pytest.raises(TypeError, match=f'@auth.{name} takes a function, plain or async, and not'):
        getattr(Hooked(), name)(hook)


@pytest.mark.parametrize(('name', 'hook'), [('on_login', two), ('on_renewal', insists), ('on_logout', one)])
def test_a_function_that_does_not_take_what_it_gets_is_refused_at_once(name: str, hook: Any) -> None:
    with pytest.raises(TypeError, match=f'what @auth.{name} decorates gets the person'):
        getattr(Hooked(), name)(hook)
