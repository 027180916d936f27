"""Answers that come in another way: posted from the provider's site, without our cookie, or in the fragment."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import Page, Request, expect
from starlette.requests import Request as ProviderRequest
from starlette.responses import HTMLResponse, Response

from tests.browser.server import AppServer
from tests.browser.tab import sign_in, signed_in_as
from tests.provider import RecordingProvider


@pytest.fixture
def issuer_host() -> str:
    """Another site than the app's."""
    return '127.0.0.1'


def answers_in_the_fragment(provider: RecordingProvider) -> None:
    """What it would say in the query of a redirect to the app, it says in the fragment."""

    async def respond(request: ProviderRequest) -> Response:
        redirect = await provider.forward(request)
        if '/callback?' in (location := redirect.headers.get('Location', '')):
            redirect.headers['Location'] = location.replace('?', '#')
        return redirect

    provider.instead['/authorize'] = respond


def answers_by_form(provider: RecordingProvider) -> None:
    """What it would say in a redirect to the app, it has the browser post there."""

    async def respond(request: ProviderRequest) -> Response:
        redirect = await provider.forward(request)
        target = urlsplit(redirect.headers.get('Location', ''))
        if target.path != '/callback':
            return redirect
        fields = ''.join(f'<input type=hidden name={name} value="{escape(v)}">' for name, v in parse_qsl(target.query))
        action = target._replace(query='').geturl()
        form = f'<form method=post action="{action}">{fields}</form>'
        return HTMLResponse(f'<!doctype html>{form}<script>document.forms[0].submit()</script>')

    provider.instead['/authorize'] = respond


async def test_an_answer_that_is_posted_from_another_site_signs_in(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    asked: list[Request] = []
    page.on('request', lambda request: asked.append(request) if '/callback' in request.url else None)
    answers_by_form(provider)
    await sign_in(page, app.url)
    await signed_in_as(page, 'Alice Adams')
    assert [request.method for request in asked] == ['POST', 'GET']
    posted = await asked[0].all_headers()
    assert posted['sec-fetch-site'] == 'cross-site'
    assert 'stay_signed_in_browser' not in posted.get('cookie', '')


async def test_an_answer_in_the_fragment_signs_in(app: AppServer, provider: RecordingProvider, page: Page) -> None:
    answers_in_the_fragment(provider)
    await sign_in(page, app.url)
    await signed_in_as(page, 'Alice Adams')
    assert '#' not in page.url


async def test_a_callback_without_any_answer_says_so(app: AppServer, page: Page) -> None:
    for address in ('/callback', '/callback#', '/callback#nonsense'):
        await page.goto(app.url + address)
        await expect(page.get_by_test_id('error-code')).to_have_text('invalid_response')
