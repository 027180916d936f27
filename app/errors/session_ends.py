"""Why a session is over."""

from __future__ import annotations

from .auth_error import DefinitiveError


class SessionEnded(DefinitiveError):
    code = 'session_ended'
    title = 'You are logged out'
    advice = 'Please log in to go on.'
    status = 401


class SessionIdle(SessionEnded):
    code = 'session_idle'
    title = 'You were logged out, since nobody was here'
    advice = 'Please log in to go on.'


class SessionTooOld(SessionEnded):
    code = 'session_too_old'
    title = 'You were logged out, since your session lasted as long as it may'
    advice = 'Please log in to go on.'


class SignedOutByAdmin(SessionEnded):
    code = 'signed_out_by_admin'
    title = 'You were logged out by an administrator'


class SignedOutElsewhere(SessionEnded):
    code = 'signed_out_elsewhere'
    title = 'You were logged out here by yourself, on another of your devices'


class ProviderGone(SessionEnded):
    code = 'provider_gone'
    title = 'You were logged out, since this app no longer uses the sign-in service that you came by'
    advice = 'Please log in again, in one of the ways that there are now.'
