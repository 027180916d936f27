"""What a person does in a tab, and what they see."""

from __future__ import annotations

from playwright.async_api import Page, expect


async def sign_in(page: Page, url: str, person: str = 'alice') -> None:
    """From anywhere to the home page, signed in."""
    await page.goto(url)
    await page.get_by_test_id('login').click()
    await page.get_by_test_id(f'demo-user-{person}').click()
    await signed_in_as(page, f'{person.capitalize()} ')


async def log_out(page: Page) -> None:
    """By the button, and by way of the provider back to the home page."""
    async with page.expect_navigation():  # a script begins it, once the app has answered that
        await page.get_by_test_id('logout').click()
    await signed_out(page)


async def signed_in_as(page: Page, name: str) -> None:
    await expect(page.get_by_test_id('user-name')).to_contain_text(name)
    await expect(page.get_by_test_id('session-state')).to_have_text('active')


async def signed_out(page: Page, within: float = 15.0) -> None:
    """`within` in seconds."""
    await expect(page.get_by_test_id('session-state')).to_have_text('signed-out', timeout=within * 1000)
    await expect(page.get_by_test_id('login')).to_be_visible()
    await expect(page.get_by_test_id('logout')).to_be_hidden()


async def renewals(page: Page) -> int:
    return int(await page.get_by_test_id('renewal-count').inner_text())


async def renewed(page: Page, times: int) -> None:
    """Wait until there were as many renewals, or more."""
    await page.wait_for_function(
        "times => Number(document.querySelector('[data-testid=renewal-count]')?.innerText ?? -1) >= times",
        arg=times,
        timeout=40_000,
    )
