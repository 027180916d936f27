"""What a page works with: who is looking, and what the app can do for them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from nicegui import ui
from starlette.requests import Request

from ..app_context import AppContext
from ..errors import SessionEnded
from ..oidc.provider_client import ProviderClient
from ..oidc.wishes.wish import NOTHING, SignInWish
from ..renewal.framed_sign_in import FramedSignIn
from ..renewal.state import Phase
from ..renewal.user_agents import UserAgent
from ..sessions.session import Ending, Session
from ..web.csrf import csrf_of
from ..web.identity import Identity, identify_visitor
from ..web.links import SIGNED_IN_PATH, login_url
from ..web.return_to import MAX_LENGTH
from ..web.wishes.asked import Asked, asked_of
from ..web.wishes.signed import signed_query
from .login_links import LoginLinks, go_js, prove_js
from .logout_form import LogoutForm
from .tab import Tab
from .user import User

log = logging.getLogger(__name__)
Update = tuple[ui.element, Callable[[], object]]  # the part of the page that it updates, and how


class PageContext:
    """One client: a browser tab from when it opens until it closes.

    `tab` is None if nobody was signed in then; `ended` is why, if somebody was before. `has_become`: somebody has
    signed in since. `is_window` is whether it is the app's native window, and `outside` the system's browser if that
    one leaves signing in to it. `shows_person`: it shows something of the person. `is_optional`: it is for visitors,
    too, and `follows` if it shows by itself who comes and goes. `is_watched`: it says what becomes of the session.
    """

    def __init__(self, app_context: AppContext, who: Identity) -> None:
        self.app = app_context
        self.tab: Tab | None = None
        self.ended: Ending | None = who.ended
        self.is_window = app_context.is_window_key(who.window_key)
        self.outside = app_context.outside(who.window_key)
        self._who = who
        self._client = ui.context.client
        self._router = self._client.sub_pages_router
        self.is_optional = self.shows_person = self.follows = self.is_watched = self.has_become = False
        self._updates: list[Update] = []
        self._updates_of_tabs: list[Update] = []
        LoginLinks()
        if who.session:
            self._follow(who.session)
        elif who.browser.known_id:
            visitors = app_context.registry.visitors
            self._client.on_delete(visitors.watch(who.browser.known_id, self._ask_for_proof, self._become))
        for demo in app_context.demos.values():
            demo.overrides.watch(self._tell)
            self._client.on_delete(partial(demo.overrides.unwatch, self._tell))

    @classmethod
    async def of(cls, request: Request, app_context: AppContext) -> Self:
        """The page context of this request, for the page that is being built to answer it."""
        return cls(app_context, await identify_visitor(request, app_context))

    def may_look_for_session(self) -> bool:
        """Whether a silent sign-in may be tried on this page; ask before it is sent, with the id that this needs."""
        is_worth_it = self.tab is None and self.app.settings.frames_visitors and self.app.providers.only is not None
        # Who signs in in another browser has no session at the provider here.
        if not is_worth_it or self.outside is not None or len(self.path) > MAX_LENGTH:
            return False
        return self._who.may_look_for_session(self.app.clock.now()) and bool(self._who.browser.id)

    @property
    def state(self) -> Phase:
        return self.tab.live_session.phase if self.tab else 'signed-out'

    @property
    def session(self) -> Session | None:
        """The session, unless it has ended."""
        return self.tab.live_session.session if self.tab and self.state != 'signed-out' else None

    @property
    def subject(self) -> str | None:
        """Who is signed in, None if nobody is."""
        return self.session.subject if self.session else None

    @property
    def is_personal(self) -> bool:
        """Whether what it shows is not to be seen any more when the person has gone."""
        return self.shows_person and not (self.is_optional and self.follows)

    @property
    def user(self) -> User | None:
        """Who is signed in, None if nobody is."""
        return User(self.app, self.session, self) if self.session else None

    @property
    def path(self) -> str:
        """The address of the page that is open now, without the origin; with the query."""
        return self._router.current_path

    @property
    def page_path(self) -> str:
        """The address of the page that is open now, without the origin and the query."""
        return self.path.split('?')[0].split('#')[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the address of the page that is open now."""
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def login_url(self) -> str:
        """The link that signs in and leads back to the page that is open now.

        It is absolute, so that the router of the single-page app leaves it to the browser. Where there are several
        providers it leads to that of the session, or to the choice.
        """
        return self.login_url_with(None)

    @property
    def login_again_url(self) -> str:
        """The link that signs in where the person of this page has signed in, also when their session has ended."""
        return self.login_url_with(None, self.provider)

    @property
    def provider(self) -> str | None:
        """The name of the provider of the session that this page has, or its browser had; None if there is none."""
        provider = self.app.provider_of(self.latest)
        return provider.name if provider is not None else None

    @property
    def latest(self) -> Session | None:
        """The session of this page, else the one that its browser had when it was opened; either may have ended."""
        return self.tab.live_session.session if self.tab else self._who.kept

    @property
    def login_as_another_url(self) -> str:
        """The link that signs in somebody else: the provider asks who it is, whoever is signed in there."""
        return self.login_url_with('login')

    def login_url_with(self, prompt: str | None, provider: str | None = None, wish: SignInWish = NOTHING) -> str:
        """The link that signs in, and asks this of the provider (OpenID Connect Core §3.1.2.1), or of this one.

        Raises `ValueError` if there is no provider of this name, or the wish is too long for a link.
        """
        return self._login_url(self.path, prompt, provider, wish)

    def _login_url(self, path: str, prompt: str | None, provider: str | None, wish: SignInWish) -> str:
        known = self.app.providers.known(provider)
        return login_url(self.app.settings, path, prompt, known, signed_query(self.app, wish, provider))

    def prompt(self, asked: str | None) -> str | None:
        """What a sign-in from this page asks of the provider: what a link asked for, or more after some ends."""
        return self._who.prompt(asked, self.app.settings.login_after_limit)

    def log_in(self) -> None:
        """Leave this page to sign in, and come back to it."""
        ui.run_javascript(go_js(self.login_url))

    def framed_sign_in(self, return_to: str, provider: ProviderClient) -> FramedSignIn:
        """A sign-in for which the page that is open waits."""
        app, browser = self.app, self._who.browser.id
        callback = provider.registration.callback_uri.removeprefix(app.settings.base_url)
        return FramedSignIn(provider, app.store, app.clock, browser, return_to, callback)

    def logout_form(self) -> LogoutForm:
        """The form that logs out whoever is signed in on this page, also after they have signed in again."""
        form = LogoutForm(csrf_of(self.app), self.session)
        self.on_change(lambda: form.name(self.session) if self.session else None)
        return form

    async def access_token(self) -> str:
        """A valid access token for a call to an API, renewed first if need be; it must never be shown.

        Raises `TokenExpired` if that is not possible right now, `SessionEnded` if nobody is signed in, else the
        `AuthError` that says why it never will be.
        """
        if self.tab is None:
            raise SessionEnded
        return await self.tab.live_session.access_token()

    @property
    def own_provider(self) -> str | None:
        """The name of the provider of the session; None if nobody is signed in, or it has no name."""
        provider = self.app.provider_of(self.session) if self.session else None
        return provider.name or None if provider else None

    @property
    def asked(self) -> Asked:
        """What the link asks for that has led to this page, which signs in in another browser."""
        return asked_of(self.app, self.query)

    async def sign_in_elsewhere(
        self, agent: UserAgent, asked: Asked, return_to: str, provider: ProviderClient, prompt: str | None
    ) -> str:
        """Sign in in another browser; the path to go on at. Raises what `FramedSignIn.elsewhere` does."""
        framed, at = self.framed_sign_in(return_to, provider), (provider, self._who, self.app)
        return await framed.elsewhere(agent, prompt, asked.at(*at), asked=asked.query, subject=asked.subject(*at))

    def sign_in_again_js(
        self, prompt: str | None = None, provider: str | None = None, wish: SignInWish = NOTHING
    ) -> str:
        """JavaScript for a click: sign in in a window of its own, so that this page goes on as it is.

        Where the browser blocks the window, and in the native one, whose windows would be the system's browser's, the
        whole page goes, and comes back to the same place.
        """
        settings = self.app.settings
        popup = self._login_url(settings.step_path(SIGNED_IN_PATH), prompt, provider, wish)
        whole = go_js(self.login_url_with(prompt, provider, wish))
        window = f'window.open({json.dumps(popup)}, "sign-in", "popup,width=480,height=720")'
        return f'() => {{ {whole} }}' if self.is_window else f'() => {{ if (!{window}) {whole} }}'

    def on_change(self, update: Callable[[], object]) -> None:
        """Call `update` now and whenever the session changes, as long as the part of the page around it is there.

        With the demo provider also when somebody chooses how that behaves. Raises `TypeError` if `update` is
        asynchronous: nobody would wait for it.
        """
        if iscoroutinefunction(update):
            raise TypeError('what on_change calls must not be asynchronous; begin a task in it')
        self._updates.append((ui.context.slot.parent, update))
        update()

    def on_tabs_change(self, update: Callable[[], object]) -> None:
        """Call `update` now and whenever a tab of the session comes, goes, or shows another page."""
        self._updates_of_tabs.append((ui.context.slot.parent, update))
        update()

    def forget_updates(self, kept: ui.element) -> None:
        """All of the page but this is deleted: only what stands in it goes on being updated."""
        for updates in (self._updates, self._updates_of_tabs):
            updates[:] = [(place, update) for place, update in updates if place is kept]

    def _follow(self, session: Session) -> None:
        """From now on this page is one of the session's tabs."""
        self.tab = _tab(self.app, session)
        live = self.tab.live_session
        live.changed.subscribe(self._tell)
        live.tabs_changed.subscribe(self._tell_of_tabs)
        self._client.on_delete(lambda: live.changed.unsubscribe(self._tell))
        self._client.on_delete(lambda: live.tabs_changed.unsubscribe(self._tell_of_tabs))

    def _ask_for_proof(self, key: str) -> None:
        """Somebody has signed in in the browser of this visitor's page, which is to show the cookie that it has now."""
        if self.tab is None and not self._client.is_deleted:
            settings = self.app.settings
            with self._client.layout:
                ui.run_javascript(prove_js(f'{settings.base_path}{settings.step_path(SIGNED_IN_PATH)}', key))

    def _become(self, session: Session) -> None:
        """The browser of this visitor's page has shown who has signed in; the page goes on as it is, and is told."""
        if self.tab is None and not self._client.is_deleted:
            with self._client.layout:
                self._follow(session)
            self.has_become = True
            self._tell()

    def _tell(self) -> None:
        _run(self._updates)

    def _tell_of_tabs(self) -> None:
        _run(self._updates_of_tabs)


def _run(updates: list[Update]) -> None:
    """Call them all; what one of them does wrong is logged, since others cover what the person is to see no more."""
    for place, update in tuple(updates):
        if (place, update) not in updates:  # forgotten by an update that was called just before
            continue
        if place.is_deleted:  # perhaps by one
            updates.remove((place, update))
            continue
        try:
            with place:
                update()
        except Exception:  # the host's own
            log.exception('an update of the page failed')


def _tab(app_context: AppContext, session: Session) -> Tab:
    return Tab(
        session,
        seconds=app_context.settings.silent_timeout,
        registry=app_context.registry,
        clock=app_context.clock,
        jumps=app_context.clock_jumps,
    )
