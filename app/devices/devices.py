"""The devices on which a person is signed in: one for each of their sessions."""

from __future__ import annotations

from dataclasses import dataclass

from ..app_context import AppContext
from ..errors import SessionEnded, SignedOutByAdmin, SignedOutElsewhere
from ..renewal.limits import Limits
from ..sessions.session import Session


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which the person is signed in.

    `name` is what it was called at the sign-in, '' if nobody knows. `active_at` is when it was last seen: a page was
    opened, the person did something (where SESSION_IDLE counts that), or the session was renewed. Moments in seconds
    since the epoch. `is_open`: a page is open there now, as far as this process knows. `reference` names its session
    (`Session.reference`), from which nobody learns its id.
    """

    reference: str
    name: str
    signed_in_at: float
    active_at: float
    is_open: bool
    is_this: bool


async def devices_of(app: AppContext, session: Session) -> list[Device]:
    """All devices of the person with this session: this one first, then those that were seen last.

    Those whose session is beyond a limit are left out; it ends as soon as they come back. Raises `StoreFailed`.
    """
    found = [await _device(app, each, session) for each in await app.store.sessions_of(session.issuer, session.subject)]
    return sorted(filter(None, found), key=lambda device: (not device.is_this, -device.active_at))


async def end_device(app: AppContext, session: Session, reference: str) -> bool:
    """Log out another device of the person with this session; whether there was one that `reference` names.

    Nobody else's is touched, whoever asks. Raises `StoreFailed`, and `SessionEnded` if this session is over itself.
    """
    await _check(app, session)
    other = await app.store.by_reference(reference)
    if other is None or other.id == session.id or not other.is_same_person(session):
        return False
    return await app.registry.end_one(other.id, SignedOutElsewhere)


async def end_other_devices(app: AppContext, session: Session) -> int:
    """Log out all other devices of the person with this session; how many there were.

    Raises `StoreFailed`, and `SessionEnded` if this session is over itself.
    """
    await _check(app, session)
    return await app.registry.end_all(session.issuer, session.subject, SignedOutElsewhere, but=session.id)


async def sign_out(app: AppContext, issuer: str, subject: str) -> int:
    """Log a person out everywhere, as an administrator does; how many sessions they had.

    Their pages say who did it, nothing signs them in again by itself, and their tokens are revoked; the next sign-in
    has the provider ask who they are. That is all that this app can do: a sign-in that is in progress goes on, and who
    is not to come back has to be kept out at the provider. Raises `StoreFailed`, with nobody logged out.
    """
    return await app.registry.end_all(issuer, subject, SignedOutByAdmin)


async def _device(app: AppContext, session: Session, own: Session) -> Device | None:
    settings, now = app.settings, app.clock.now()
    touched_at = await app.store.active_at(session.id) or session.signed_in_at
    end = Limits(settings.session_idle, settings.session_max).end(session.signed_in_at, touched_at)
    if end is not None and now >= end[0]:
        return None
    is_open = any(live.session.id == session.id and any(tab.is_connected for tab in live.tabs) for live in app.registry)
    return Device(
        session.reference,
        session.device,
        session.signed_in_at,
        now if is_open else max(touched_at, session.tokens.issued_at),
        is_open,
        is_this=session.id == own.id,
    )


async def _check(app: AppContext, session: Session) -> None:
    """Whoever was logged out, perhaps on another machine, is nobody to log out others."""
    present = await app.store.load(session.id)
    if present is None or present.ended is not None:
        raise SessionEnded
