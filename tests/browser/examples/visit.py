"""What a person does with an app that signs them in, whatever else it is: the columns of the table in docs/deployments.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page, Response, expect

GREETING = 'Hello Alice Adams'


@dataclass
class Round:
    """One person's browser, and the app, whose pages are below `url`; `greeting` is what its home page shows to Alice."""

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
        return response.url.partition('?')[0] == f'{self.url}/silent' and response.ok

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
            await page.wait_for_event('response', self._is_silent)
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
        await expect(page.get_by_test_id('logout')).to_be_hidden()
        for other in others:
            await expect(other.get_by_text('You are logged out', exact=True)).to_be_visible()
            await expect(other.get_by_text(self.greeting)).to_be_hidden()
        answer = await page.goto(f'{self.url}/')
        assert answer
        assert answer.status == 401  # why it has ended, and a button
        await expect(page.get_by_role('link', name='Log in', exact=True)).to_be_visible()
        self.astray.discard(f'401 {self.url}/')

    async def is_turned_away(self, page: Page, path: str, role: str) -> None:
        """The page behind this path is for those who have the role."""
        answer = await page.goto(self.url + path)
        assert answer
        assert answer.status == 403
        await expect(page.get_by_text(f'is for people with the role {role}')).to_be_visible()
        self.astray.discard(f'403 {self.url}{path}')
