"""What a person does with an app that signs them in, whatever else it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page, Response, expect

GREETING = 'Hello Alice Adams'


@dataclass
class Round:
    """One person's browser, and the app, whose pages are below `url`; its home page shows `greeting` to Alice.

    `silent` are the renewals in the hidden frame, `astray` the responses from elsewhere, and those that failed.
    """

    context: BrowserContext
    url: str
    greeting: str = GREETING
    silent: list[str] = field(default_factory=list)
    astray: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.context.on('response', self._note)

    def _note(self, response: Response) -> None:
        if self._is_silent(response):
            self.silent.append(response.url)
        if response.status >= 400 or not response.url.startswith(f'{self.url}/'):
            self.astray.add(f'{response.status} {response.url}')

    def _is_silent(self, response: Response) -> bool:
        """Whether it ends a renewal in the hidden frame."""
        return response.url.partition('?')[0].startswith(f'{self.url}/silent') and response.ok

    async def sign_in(self, person: str = 'alice', path: str = '/') -> Page:
        """Open a page as a visitor, and come back to it."""
        page = await self.context.new_page()
        await page.goto(self.url + path)
        await page.get_by_test_id(f'demo-user-{person}').click()
        await expect(page).to_have_url(self.url + path)
        return page

    async def greets(self, page: Page) -> None:
        await expect(page.get_by_text(self.greeting)).to_be_visible()

    async def stays_signed_in(self, page: Page, times: int = 2) -> None:
        """The session is renewed in the frame, and the page stays the same document."""
        await page.evaluate('document.before = true')
        before = len(self.silent)
        while len(self.silent) < before + times:
            await self.context.wait_for_event('response', self._is_silent)  # of whichever tab has the frame
        assert await page.evaluate('document.before')
        await self.greets(page)

    async def second_tab(self, path: str = '/') -> Page:
        """It shows the person without a sign-in."""
        page = await self.context.new_page()
        await page.goto(self.url + path)
        await self.greets(page)
        return page

    async def log_out(self, page: Page, *others: Page) -> None:
        """It ends the session in the other tabs too, at once, and for good."""
        await page.get_by_test_id('logout').click()
        await self._is_told_to_log_in(page)
        for other in others:
            await expect(other.get_by_text('You are logged out', exact=True)).to_be_visible()
            await expect(other.get_by_text(self.greeting)).to_be_hidden()
        answer = await page.reload()
        assert answer
        assert answer.status == 401
        await self._is_told_to_log_in(page)
        self.astray.discard(f'401 {self.url}/')

    async def _is_told_to_log_in(self, page: Page) -> None:
        """The home page says why the session has ended, with a link."""
        await expect(page).to_have_url(f'{self.url}/')
        await expect(page.get_by_role('heading', name='You are logged out')).to_be_visible()
        await expect(page.get_by_role('link', name='Log in', exact=True)).to_be_visible()

    async def is_turned_away(self, page: Page, path: str, role: str) -> None:
        """The page behind this path is for those who have the role."""
        answer = await page.goto(self.url + path)
        assert answer
        assert answer.status == 403
        await expect(page.get_by_text(f'is for people with the role {role}')).to_be_visible()
        self.astray.discard(f'403 {self.url}{path}')
