"""A session: one person signed in, in one browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

from ..errors import (
    ProviderGone,
    SessionEnded,
    SessionIdle,
    SessionTooOld,
    SignedOutByAdmin,
    SignedOutElsewhere,
    SubjectMismatch,
)
from ..oidc.authorization import AuthorizationRequest
from ..oidc.id_token import Claims
from ..oidc.tokens import Grant, UncheckedTokens
from ..oidc.wishes.wish import SignInWish
from ..settings import RenewalMethod
from .claims import OF_THE_PERSON_THERE, OF_THE_SIGN_IN, kept_claims, merged_claims
from .tokens.audience_token import AudienceToken

ABANDONED_AFTER = 400 * 86_400.0  # seconds without a renewal; no browser keeps a cookie for longer
LOGOUTS = frozenset(error.code for error in (SessionEnded, SignedOutByAdmin, SignedOutElsewhere))  # somebody's wish
STAYS_ENDED = LOGOUTS | {SessionIdle.code, SessionTooOld.code, SubjectMismatch.code, ProviderGone.code}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a session. They stay on the server.

    Times are in seconds since the epoch, by our own clock; `expires_at` is the access token's, None if nobody knows.
    """

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    scope: str
    issued_at: float
    expires_at: float | None

    @classmethod
    def of(cls, grant: Grant) -> Self:
        """The tokens that a grant brought."""
        granted, issued_at = grant.tokens, grant.requested_at
        expires_at = None if granted.expires_in is None else issued_at + granted.expires_in
        return cls(granted.access_token, grant.id_token, granted.refresh_token, granted.scope, issued_at, expires_at)

    @property
    def lifetime(self) -> float | None:
        """Seconds from issue to expiry."""
        return None if self.expires_at is None else self.expires_at - self.issued_at


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a session ended, as the code of an error in `errors.py`, and when (seconds since the epoch)."""

    code: str
    at: float

    @property
    def stays(self) -> bool:
        """Whether nothing but a person's own click leads on from here: they logged out, a limit or another person did,
        or their provider is used no more, so that they have to sign in at another one.

        After any other end the provider is asked again, by whoever opens a page that needs somebody.
        """
        return self.code in STAYS_ENDED


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, with which tokens; a renewal makes a new value.

    `id` is a secret that only the store has. `browser` is the id of the browser, in its cookie, that signed in. People
    are told apart by `issuer` and `subject` together (OpenID Connect Core §5.7). `revision` rises with each change of
    the session with this id, so that the store can refuse a stale one. `renewed_by` is the method of the latest
    renewal; None if there was none yet. `frame_works` is whether the silent frame has been answered in this session;
    None if it was not asked yet. `refresh_in_doubt`: the refresh token was sent, and nobody knows yet whether it was
    used up. `refresh_sent_at` is when it was sent, until its answer has come, or is known to come no more (seconds
    since the epoch): nobody else sends it. `unchecked` is an answer that has come and could not be checked yet.
    `frame_timeouts` is how often in a row the silent frame got no answer at all, the last time at `frame_silent_at`.
    `refresh_claims` are those of the ID token that came with the first of the present refresh tokens: what a
    refresh brings has to be about the same sign-in; `refresh_scope` is the scope that they have. `id_claims` are the
    latest ID token's, `userinfo` those of userinfo, None if it could not be had so far. `device` is what the browser
    was called at the sign-in, as `Firefox on Android`; '' if nobody knows. `provider` is the name of the
    provider, '' of the only one. `wish` is what requests after the sign-in have beyond the configuration: a scope that
    was granted, and `params`. `ended` is the mark of a session that is over; it has no tokens and no claims any more.
    `audience_tokens` are those for other APIs, by audience, `app_claims` those that hooks of the app have added.
    """

    id: str = field(repr=False)
    browser: str = field(repr=False)
    issuer: str
    subject: str
    id_claims: Claims = field(repr=False)
    tokens: Tokens
    signed_in_at: float
    renewals: int = 0
    revision: int = 0
    renewed_by: RenewalMethod | None = None
    frame_works: bool | None = None
    refresh_in_doubt: bool = False
    refresh_sent_at: float | None = None
    unchecked: UncheckedTokens | None = field(default=None, repr=False)
    frame_timeouts: int = 0
    frame_silent_at: float = 0.0
    refresh_claims: Claims = field(default_factory=dict, repr=False)
    refresh_scope: str = ''
    userinfo: Claims | None = field(default=None, repr=False)
    device: str = ''
    provider: str = ''
    more_scope: str = ''
    params: Mapping[str, str] = field(default_factory=dict)
    app_claims: Claims = field(default_factory=dict, repr=False)
    ended: Ending | None = None
    audience_tokens: Mapping[str, AudienceToken] = field(default_factory=dict, repr=False)

    @classmethod
    def begin(
        cls,
        grant: Grant,
        userinfo: Claims | None,
        browser: str,
        *,
        frame_works: bool | None = None,
        device: str = '',
        provider: str = '',
        request: AuthorizationRequest | None = None,
    ) -> Self:
        """The session of a person who has just signed in, in this browser, by this request; its id is new."""
        id_claims, userinfo = kept_claims(grant.claims, userinfo)
        return cls(
            id=secrets.token_urlsafe(32),
            browser=browser,
            issuer=grant.claims['iss'],
            subject=grant.claims['sub'],
            id_claims=id_claims,
            userinfo=userinfo,
            tokens=Tokens.of(grant),
            signed_in_at=grant.requested_at,
            frame_works=frame_works,
            refresh_claims=kept_claims(grant.claims)[0],
            refresh_scope=grant.tokens.scope,
            device=device,
            provider=provider,
            more_scope=grant.granted(request.more_scope) if request else '',
            params=dict(request.params) if request else {},
        )

    @classmethod
    def unknown(cls, browser: str, ending: Ending) -> Self:
        """The mark of a session of this browser of which nothing else is known any more."""
        tokens = Tokens('', '', None, '', ending.at, None)
        return cls(secrets.token_urlsafe(32), browser, '', '', {}, tokens, ending.at, userinfo={}, ended=ending)

    def renewed(self, grant: Grant, by: RenewalMethod, **changes: Any) -> Self:
        """This session with the tokens and claims of a renewal; a refresh token that was not replaced stays."""
        tokens = Tokens.of(grant)
        is_new = tokens.refresh_token is not None
        if by == 'iframe' and is_new:  # it begins a line of refresh tokens of its own
            changes |= {'refresh_claims': kept_claims(grant.claims)[0], 'refresh_scope': grant.tokens.scope}
        if by == 'iframe' and self.more_scope:  # what is not granted any more is not asked for any more
            changes['more_scope'] = grant.granted(self.more_scope)
        id_claims, userinfo = kept_claims(self._id_claims_after(grant, by), self.userinfo, self.app_claims)
        return self.changed(
            id_claims=id_claims,
            userinfo=userinfo,
            tokens=replace(tokens, refresh_token=tokens.refresh_token or self.tokens.refresh_token),
            renewals=self.renewals + 1,
            renewed_by=by,
            refresh_in_doubt=self.refresh_in_doubt and by == 'iframe' and not is_new,
            refresh_sent_at=self.refresh_sent_at if by == 'iframe' and not is_new else None,
            unchecked=None,
            **changes,
        )

    def _id_claims_after(self, grant: Grant, by: RenewalMethod) -> Claims:
        """Those of the ID token that a renewal brought, as the table in `claims.py` has it."""
        if not grant.claims:
            return self.id_claims
        known, kept = (
            (self.refresh_claims, OF_THE_SIGN_IN) if by == 'refresh_token' else (self.id_claims, OF_THE_PERSON_THERE)
        )
        return {**{name: value for name, value in known.items() if name in kept}, **grant.claims}

    def informed(self, userinfo: Claims) -> Self:
        """This session with what userinfo says now."""
        id_claims, kept = kept_claims(self.id_claims, userinfo, self.app_claims)
        return self.changed(id_claims=id_claims, userinfo=kept)

    def with_claims(self, added: Claims) -> Self:
        """This session, which is about to begin, with claims of the app's own; the same name again is the later one."""
        app_claims = {**self.app_claims, **added}
        id_claims, userinfo = kept_claims(self.id_claims, self.userinfo, app_claims)
        return replace(self, id_claims=id_claims, userinfo=userinfo, app_claims=app_claims)

    def received(self, unchecked: UncheckedTokens) -> Self:
        """This session with an answer that is still to be checked; a rotated refresh token is the one from now on.

        One that the frame brought may be another person's, so it is no more than kept with the rest.
        """
        if not unchecked.is_refresh:
            return self.changed(unchecked=unchecked)
        tokens = replace(self.tokens, refresh_token=unchecked.refresh_token or self.tokens.refresh_token)
        return self.changed(tokens=tokens, refresh_in_doubt=False, refresh_sent_at=None, unchecked=unchecked)

    def with_audience_token(self, audience: str, token: AudienceToken) -> Self:
        """This session with another token for this audience; the answer that it was in is checked by that."""
        tokens = {**self.audience_tokens, audience: token}
        return self.without_answer_for_audience().changed(audience_tokens=tokens)

    def without_answer_for_audience(self) -> Self:
        """This session without an answer for another audience that is still to be checked."""
        is_for_audience = self.unchecked is not None and self.unchecked.audience is not None
        return self.changed(unchecked=None) if is_for_audience else self.changed()

    def changed(self, **changes: Any) -> Self:
        """This session with other values, as a newer revision."""
        return replace(self, revision=self.revision + 1, **changes)

    def without_refresh_token(self) -> Self:
        """This session when its refresh token turned out to be worth nothing."""
        tokens = replace(self.tokens, refresh_token=None)
        return self.changed(tokens=tokens, refresh_in_doubt=False, refresh_sent_at=None)

    def over(self, ending: Ending) -> Self:
        """What is kept of this session when it has ended: whose it was, and why it is over."""
        tokens = replace(self.tokens, access_token='', id_token='', refresh_token=None)
        nothing: dict[str, Any] = {'id_claims': {}, 'userinfo': {}, 'refresh_claims': {}, 'unchecked': None}
        nothing |= {'app_claims': {}, 'audience_tokens': {}}
        return self.changed(tokens=tokens, ended=ending, device='', **nothing)

    @property
    def claims(self) -> Claims:
        """What is known of the person: what the app says, then the ID token, then userinfo."""
        return merged_claims(self.id_claims, self.userinfo, self.app_claims)

    @property
    def needs_userinfo(self) -> bool:
        """Whether a claim rests on userinfo alone, or may: it has to be asked anew when the session is renewed."""
        return self.userinfo is None or not self.userinfo.keys() <= self.id_claims.keys()

    @property
    def logout_hint(self) -> str:
        """What tells the provider whose session is to end, without a name or an address that would end up in logs.

        Its own hint (Entra ID's optional claim) if it gave one, else the session's id there, else the subject (OpenID
        Connect RP-Initiated Logout §2).
        """
        theirs = merged_claims(self.id_claims, self.userinfo, {})  # all that the provider knows of
        hints = (theirs.get(name) for name in ('login_hint', 'sid'))
        return next((hint for hint in hints if isinstance(hint, str) and hint), self.subject)

    @property
    def reference(self) -> str:
        """What a form names this session by: the SHA-256 of its id, from which nobody learns the id."""
        return reference(self.id)

    @property
    def owner(self) -> str:
        """The same for all sessions of a person, and for nobody else's; tells nothing by itself."""
        return owner_of(self.issuer, self.subject)

    def is_same_person(self, other: Session) -> bool:
        """Whether the other session is this person's too: a subject is one person only within its issuer."""
        return (self.issuer, self.subject) == (other.issuer, other.subject)

    @property
    def wish(self) -> SignInWish:
        """What later requests for this session ask for beyond the configuration."""
        return SignInWish(self.params, frozenset(self.more_scope.split()))

    @property
    def granted(self) -> frozenset[str]:
        """The scopes that the access token has, which may be fewer than were asked for (RFC 6749 §5.1)."""
        return frozenset(self.tokens.scope.split())

    def is_active(self, now: float) -> bool:
        """Whether the access token can still be used at `now`."""
        return self.tokens.expires_at is None or now < self.tokens.expires_at


OnEnd = Callable[[Session, Ending], None]  # told what a session was until it ended, and why it did


def owner_of(issuer: str, subject: str) -> str:
    """The owner of all sessions of this person; no issuer has a line break, so that nobody else has the same."""
    return sha256(f'{issuer}\n{subject}'.encode()).hexdigest()


def reference(session_id: str) -> str:
    """The reference of the session with this id."""
    return sha256(session_id.encode()).hexdigest()
