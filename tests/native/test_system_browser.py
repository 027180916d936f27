"""The browser of the system, as a frame that is seen."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from app.errors import NoSystemBrowser, SignInExpired
from app.native import system_browser
from app.native.system_browser import SystemBrowser
from app.oidc.authorization import AuthorizationResponse

URL = 'https://login.example.com/authorize?client_id=app&state=one'
TICKETS = 'http://localhost:8080/open'
RESPONSE = AuthorizationResponse(code='code', state='one')


class Opened:
    """Opens nothing, and notes down what it was to open."""

    def __init__(self, answer: bool = True) -> None:
        self.urls: asyncio.Queue[str] = asyncio.Queue()
        self._answer, self._loop = answer, asyncio.get_running_loop()

    def __call__(self, url: str) -> bool:
        self._loop.call_soon_threadsafe(self.urls.put_nowait, url)
        return self._answer


async def test_who_asked_gets_the_answer_that_came_to_the_callback() -> None:
    opened = Opened()
    browser = SystemBrowser(TICKETS, opened)
    asking = asyncio.create_task(browser.authorize(URL))
    await opened.urls.get()
    assert browser.answer(RESPONSE)
    assert await asking == RESPONSE


async def test_what_is_opened_is_a_ticket_that_leads_on_once() -> None:
    opened = Opened()
    browser = SystemBrowser(TICKETS, opened)
    await browser.show(URL)
    address, _, ticket = (await opened.urls.get()).rpartition('/')
    assert address == TICKETS
    assert [browser.redeem(ticket), browser.redeem(ticket), browser.redeem('another')] == [URL, None, None]


async def test_an_answer_counts_once_and_only_for_who_asked_for_it() -> None:
    opened = Opened()
    browser = SystemBrowser(TICKETS, opened)
    asking = asyncio.create_task(browser.authorize(URL))
    await opened.urls.get()
    assert not browser.answer(AuthorizationResponse(code='code', state='another'))
    assert not browser.answer(AuthorizationResponse(code='code'))
    assert browser.answer(RESPONSE)
    assert not browser.answer(AuthorizationResponse(code='a second code', state='one'))
    assert (await asking).code == 'code'
    assert not browser.answer(RESPONSE)


async def test_two_that_are_open_at_once_do_not_disturb_each_other() -> None:
    opened = Opened()
    browser = SystemBrowser(TICKETS, opened)
    first = asyncio.create_task(browser.authorize(URL))
    second = asyncio.create_task(browser.authorize(URL.replace('one', 'two')))
    await opened.urls.get()
    await opened.urls.get()
    assert browser.answer(AuthorizationResponse(code='second', state='two'))
    assert browser.answer(RESPONSE)
    assert [(await asking).code for asking in (first, second)] == ['code', 'second']


async def test_nobody_waits_any_more_once_the_page_is_gone() -> None:
    opened = Opened()
    browser = SystemBrowser(TICKETS, opened)
    asking = asyncio.create_task(browser.authorize(URL))
    await opened.urls.get()
    asking.cancel()
    await asyncio.wait([asking])
    assert not browser.answer(RESPONSE)


async def test_a_machine_without_a_browser_says_so() -> None:
    with pytest.raises(NoSystemBrowser):
        await SystemBrowser(TICKETS, Opened(answer=False)).authorize(URL)


async def test_a_browser_that_returns_when_it_is_closed_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_browser, 'PATIENCE', 0)
    is_closed = Event()
    await SystemBrowser(TICKETS, lambda _: is_closed.wait(30)).show(URL)
    is_closed.set()


async def test_nobody_is_waited_for_longer_than_a_sign_in_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_browser, 'AUTHORIZATION_LIFETIME', 0)
    with pytest.raises(SignInExpired):
        await SystemBrowser(TICKETS, Opened()).authorize(URL)


async def test_a_browser_that_is_described_wrongly_counts_as_none() -> None:
    def open_url(_: str) -> bool:
        raise ValueError('No closing quotation')

    with pytest.raises(NoSystemBrowser):
        await SystemBrowser(TICKETS, open_url).show(URL)
