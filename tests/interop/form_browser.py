"""A browser without a screen: it keeps cookies, follows redirects, and fills in the forms that providers show."""

from __future__ import annotations

import ssl
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from tests.interop.real_provider import BASE_URL, PASSWORD, PERSON

ANSWERS = {'login': PERSON, 'password': PASSWORD}
MOST_STEPS = 12  # pages and redirects on one way


class Form(HTMLParser):
    """The first form of a page that is sent: where it goes, and what is in it once a person has filled it in.

    They press its first button, which may stand beside the form.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ''
        self.is_found = False
        self._fields: dict[str, str] = {}
        self._pressed: dict[str, str] = {}
        self._is_inside = False
        self.feed(page)

    @property
    def fields(self) -> dict[str, str]:
        return self._fields | self._pressed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or '' for name, value in attrs}
        name, kind = given.get('name', ''), given.get('type')
        if tag == 'form' and not self.is_found and given.get('method', '').lower() == 'post':
            self.action, self.is_found, self._is_inside = given.get('action', ''), True, True
        elif kind == 'submit' and name and (self._is_inside or 'form' in given):
            self._pressed = self._pressed or {name: given.get('value', '')}
        elif tag == 'input' and self._is_inside and name and kind != 'checkbox':
            self._fields[name] = ANSWERS.get(name, given.get('value', ''))

    def handle_endtag(self, tag: str) -> None:
        if tag == 'form':
            self._is_inside = False


class FormBrowser:
    """One browser, with the cookies of one person; `verify` is which certificates it trusts."""

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        self._client = httpx.AsyncClient(timeout=10, verify=verify)

    async def go(self, url: str) -> httpx.URL:
        """Where the app is reached in the end; every page with a form on the way is filled in and sent.

        A form that is sent to the app is what its fields would be in a query.
        """
        response = await self._client.get(url)
        for _ in range(MOST_STEPS):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers['Location'])
                if target.startswith(f'{BASE_URL}/'):
                    return httpx.URL(target)
                response = await self._client.get(target)
            elif (form := Form(response.text)).action.startswith(f'{BASE_URL}/'):
                return httpx.URL(form.action, params=form.fields)
            else:
                response = await self._send(response)
        raise AssertionError(f'no way back to the app from {url}: {response.text[:2000]}')

    async def _send(self, page: httpx.Response) -> httpx.Response:
        form = Form(page.text)
        assert form.is_found, f'{page.status_code} at {page.url}: {page.text[:2000]}'
        return await self._client.post(
            urljoin(str(page.url), form.action), data=form.fields, headers={'Referer': str(page.url)}
        )

    async def close(self) -> None:
        await self._client.aclose()
