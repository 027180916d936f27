"""Who is at the browser that sent a request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request

from ..app_context import AppContext
from ..errors import SessionEnded, SessionIdle, SessionTooOld, SignedOutByAdmin, SignedOutElsewhere, SubjectMismatch
from ..sessions.browser_record import BrowserRecord, new_browser_id
from ..sessions.pending_authorization import PendingAuthorization
from ..sessions.session import Ending, Session
from ..settings import AfterLimit
from .browser import Browser, adopted_browser

# What a link may ask of the provider (OpenID Connect Core §3.1.2.1; `create`, a link to sign up, where it is offered).
PROMPTS = ('select_account', 'create', 'login')


@dataclass(frozen=True, slots=True)
class Identity:
    """The browser, what is known of it, and the session that it has or had."""

    browser: Browser
    record: BrowserRecord | None = None
    kept: Session | None = None

    @property
    def session(self) -> Session | None:
        """The session of whoever is signed in; None if nobody is."""
        return self.kept if self.kept and self.kept.ended is None else None

    @property
    def ended(self) -> Ending | None:
        """Why nobody is signed in any more; None if somebody is, or nobody was."""
        return self.kept.ended if self.kept else None

    @property
    def window_key(self) -> str | None:
        """What the native window shows itself by."""
        return self.record.window_key if self.record else None

    def may_look_for_session(self, now: float) -> bool:
        """Whether a silent sign-in may be tried."""
        return self.record is None or self.record.may_look_for_session(now)

    def prompt(self, asked: str | None, after_limit: AfterLimit) -> str | None:
        """What is wished of the `prompt` of the next sign-in: by a link, and by the latest end; see `prompt_of`."""
        wished = (known_prompt(asked), prompt_after(self.ended, after_limit))
        return ' '.join(dict.fromkeys(value for value in wished if value)) or None


def known_prompt(prompt: str | None) -> str | None:
    """What of the `prompt` of a sign-in a link of ours may have; anybody can make a link."""
    return next((value for value in (prompt or '').split() if value in PROMPTS), None)


def prompt_after(ended: Ending | None, after_limit: AfterLimit) -> str | None:
    """What the sign-in after this end asks of the provider, which may know the browser still.

    After a limit that the person shows who they are, as LOGIN_AFTER_LIMIT has it, and always where the session was
    ended from elsewhere: the device may be in other hands. After a logout, or where another person was signed in there,
    that it says who would be signed in.
    """
    code = ended.code if ended else None
    if code in {SessionIdle.code, SessionTooOld.code}:
        return None if after_limit == 'off' else after_limit
    if code in {SignedOutByAdmin.code, SignedOutElsewhere.code}:
        return 'login'
    return 'select_account' if code in {SessionEnded.code, SubjectMismatch.code} else None


async def identify(request: Request, app: AppContext) -> Identity:
    """Who sent this request. Raises `StoreFailed`."""
    browser = await adopted_browser(request, app.store, app.clock.now())
    record = await app.store.browser(browser.known_id) if browser.known_id else None
    if record is None:
        return Identity(browser)
    browser.return_to = record.return_to
    if record.successor is not None:
        browser.is_renewed = False  # its successor is on its way to the browser, or there already
    return Identity(browser, record, await app.store.load(record.session_id) if record.session_id else None)


async def identify_visitor(request: Request, app: AppContext) -> Identity:
    """Who opens a page: that counts as doing something, and a session that is beyond its limits ends with it.

    A browser whose session has ended gets another id, once. Raises `StoreFailed`.
    """
    who, now, heir = await identify(request, app), app.clock.now(), new_browser_id()
    if who.record is None or who.kept is None:
        return who
    if who.session is None:
        is_own = who.kept.browser == who.record.id and who.record.successor is None  # not the mark of an earlier id
        is_changed = is_own and await app.store.succeed(who.record.id, heir, now)
    else:
        own = who.record.id
        who = replace(who, kept=await app.registry.present(who.session, browser=own, heir=heir))
        record = await app.store.browser(own) if who.session is None else None
        is_changed = record is not None and record.successor == heir  # unless another page was faster
    if is_changed:
        who.browser.change_id(heir)
    return who


async def awaited_sign_in(who: Identity, app: AppContext) -> PendingAuthorization | None:
    """The sign-in that the person began since their latest session, and waits for; None if there is none.

    Raises `StoreFailed`.
    """
    browser = who.browser.known_id
    begun = await app.store.awaited_sign_in(browser, app.clock.now()) if browser else None
    if begun is None or (who.session and begun.begun_at <= who.session.signed_in_at):
        return None
    return begun if who.ended is None or begun.begun_at >= who.ended.at else None
