"""Visitors' pages, which become somebody's only by what their browser shows."""

from __future__ import annotations

from dataclasses import replace

from app.renewal.visitors import Visitors
from app.sessions.session import Session
from tests.renewal.conftest import SignedIn


def test_a_page_becomes_that_of_the_session_that_it_was_told_of(alice: SignedIn) -> None:
    visitors, keys, became = Visitors(), list[str](), list[Session]()
    visitors.watch('browser', keys.append, became.append)
    visitors.tell('another browser', alice.session)
    assert keys == []
    visitors.tell('browser', alice.session)
    another = replace(alice.session, id='another session')
    assert [visitors.prove(keys[0], who) for who in (None, another)] == [False, False]
    assert not visitors.prove('another key', alice.session)
    assert became == []
    assert visitors.prove(keys[0], alice.session)
    assert became == [alice.session]


def test_a_page_that_was_told_of_nobody_becomes_nobodys(alice: SignedIn) -> None:
    visitors, keys, became = Visitors(), list[str](), list[Session]()
    end = visitors.watch('browser', keys.append, became.append)
    visitors.tell('browser', alice.session)
    end()
    assert not visitors.prove(keys[0], alice.session)
    visitors.watch('browser', keys.append, became.append)
    assert not any(visitors.prove(key, alice.session) for key in (*keys, ''))
    assert became == []
