"""For the tests of apps that use it: people who are signed in without a provider, and the demo provider in a browser.

It is a plugin of pytest that a suite names, beside NiceGUI's own. In `pytest.ini`:

    [pytest]
    asyncio_mode = auto
    asyncio_default_fixture_loop_scope = function
    main_file = main.py
    addopts = -p nicegui.testing.user_plugin -p stay_signed_in.testing

A whole test of a page that `@auth.page('/', role='admin')` guards:

    from nicegui.testing import User
    from stay_signed_in.testing import signed_in, signed_out

    async def test_an_admin_sees_the_page(user: User) -> None:
        alice = await signed_in(user, 'Alice', roles=['admin'])
        await user.open('/')
        await user.should_see('Hello Alice')
        await alice.log_out()  # in another tab, or by an administrator; or expire(), or renew(roles=[])
        assert (await user.http_client.get('/')).status_code == 401

    async def test_others_are_turned_away(user: User) -> None:
        await signed_in(user, 'Bob')
        assert (await user.http_client.get('/')).status_code == 403
        await signed_out(user)
        assert '/login?return_to=' in (await user.http_client.get('/')).headers['Location']

The app is the one that the main file starts, with its own settings and whatever guards it has; neither a provider nor
the network is asked, and its files are in a temporary folder. `user.open` takes nothing but a page (200), hence
`user.http_client` for who is turned away. Each user of NiceGUI's `create_user` is a browser of its own.

`auth_clock.move(3600)` lets an hour pass, for a limit (`session_idle`) or a token that expires (`expires_in=`).

A whole round in a browser, here with Playwright's plugin, by the demo provider:

    def test_alice_signs_in(page: Page, demo_app: Callable[[str], str]) -> None:
        page.goto(demo_app('main.py'))
        page.get_by_test_id('demo-user-alice').click()
        expect(page.get_by_text('Hello Alice')).to_be_visible()
"""

from .clock import MovableClock
from .demo_app import serve_demo
from .fixtures import (
    auth_clock_fixture,
    demo_app_fixture,
    signed_in_fixture,
    signed_out_fixture,
    stay_signed_in_world,
)
from .person import SignedIn, signed_in, signed_out

__all__ = [
    'MovableClock',
    'SignedIn',
    'auth_clock_fixture',
    'demo_app_fixture',
    'serve_demo',
    'signed_in',
    'signed_in_fixture',
    'signed_out',
    'signed_out_fixture',
    'stay_signed_in_world',
]
