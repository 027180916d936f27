"""Everything that can go wrong in signing in and staying signed in, by what it means for the session.

AuthError
├── TransientError                    the session stays, and it is tried again
│   ├── ProviderUnreachable           network, DNS, TLS, timeout
│   ├── ProviderFailed                5xx, 429, a redirect, no JSON; server_error, temporarily_unavailable
│   ├── ClientSecretUnavailable       what keeps the client secret does not give it
│   ├── CodeRefused                   the code was too old, or used already: the next one may be taken
│   ├── StoreFailed                   the sessions cannot be read or written right now
│   ├── SilentTimeout                 the silent frame gave no answer in time
│   │   └── FrameBlocked              the page's own policy let it go nowhere
│   ├── NoBrowser                     no tab is connected that could hold the silent frame
│   ├── TokenExpired                  for page code: no usable access token right now
│   │   └── BrowserNeeded             the same, and only an open page could renew it
│   ├── ApiUnreachable                the API: network, DNS, TLS
│   ├── ApiSlow                       the API did not answer in time
│   ├── LoginHookFailed               an `on_login` hook of the app failed, or took too long
│   ├── TooManyRenewals               ten in thirty seconds
│   └── RenewalTooSoon                the provider wants to be left alone, or the latest attempt has only just failed
├── DefinitiveError                   only a person can go on
│   ├── InteractionRequired           login_required, interaction_required, consent_required, ...
│   │   └── ThirdPartyCookiesBlocked  login_required, though the person has only just signed in
│   ├── RefreshTokenRefused           invalid_grant for the refresh token, or words to that effect
│   ├── NothingToRenewWith            no refresh token, and no silent frame
│   ├── AccessDenied                  the person, or the provider, said no
│   ├── Denied                        an `on_login` hook of the app said no
│   ├── InvalidResponse               the authorization response failed a check
│   │   └── MixedUp                   it came to the redirect URI of another provider
│   ├── InvalidIdToken                the ID token, or userinfo, failed a check
│   ├── SubjectMismatch               a renewal was answered for somebody else
│   ├── AcrTooLow                     a sign-in was answered with less than was asked for (acr)
│   ├── AuthTimeTooOld                a sign-in was answered with an older one than was asked for (max_age)
│   ├── SignInExpired                 the callback answers no sign-in that is in progress, twice in a row
│   ├── AddressTooLong                a sign-in could not lead back to the page
│   ├── AnotherBrowser                the callback answers a sign-in that another browser began
│   ├── NoCookie                      the callback came without the app's cookie
│   ├── CsrfFailed                    a form that did not come from this app
│   └── SessionEnded                  signed out, here or elsewhere
│       ├── SessionIdle               nobody did anything for SESSION_IDLE
│       ├── SessionTooOld             it lasted for SESSION_MAX
│       ├── ProviderGone              of a provider that is not used any more
│       ├── SignedOutByAdmin          an administrator ended all sessions of the person
│       └── SignedOutElsewhere        the person ended it on another of their devices
└── MisconfigurationError             only the operator can go on
    ├── SettingsError                 a setting that makes no sense; stops the start
    ├── NoSystemBrowser               NATIVE_LOGIN=browser, and none can be opened
    ├── DiscoveryInvalid              the discovery document is not the configured issuer's, or lacks an endpoint
    └── ClientRefused                 invalid_client, unauthorized_client, invalid_request, invalid_scope, ...
        └── AudienceRefused           invalid_target: no access token for that API; the session stays as it is
"""

from __future__ import annotations

from typing import Any

from .auth_error import AuthError as AuthError
from .auth_error import DefinitiveError as DefinitiveError
from .auth_error import MisconfigurationError as MisconfigurationError
from .auth_error import TransientError as TransientError
from .refused_sign_ins import Denied as Denied
from .refused_sign_ins import LoginHookFailed as LoginHookFailed
from .session_ends import ProviderGone as ProviderGone
from .session_ends import SessionEnded as SessionEnded
from .session_ends import SessionIdle as SessionIdle
from .session_ends import SessionTooOld as SessionTooOld
from .session_ends import SignedOutByAdmin as SignedOutByAdmin
from .session_ends import SignedOutElsewhere as SignedOutElsewhere
from .tokens import ApiSlow as ApiSlow
from .tokens import ApiUnreachable as ApiUnreachable
from .tokens import BrowserNeeded as BrowserNeeded
from .tokens import RenewalTooSoon as RenewalTooSoon
from .tokens import TokenExpired as TokenExpired
from .tokens import TooManyRenewals as TooManyRenewals


class ProviderUnreachable(TransientError):
    code = 'provider_unreachable'
    title = 'The sign-in service cannot be reached'
    advice = 'Check that you are online, wait a moment, then try again.'


class ProviderFailed(TransientError):
    code = 'provider_failed'
    title = 'The sign-in service has a problem'
    advice = 'It answered with an error of its own; wait a moment, then try again.'
    status = 502


class ClientSecretUnavailable(TransientError):
    code = 'client_secret_unavailable'
    title = 'This app cannot get its own key to the sign-in service'
    advice = 'Nothing was sent there. Wait a moment; if it happens again, tell the people who run this app.'


class CodeRefused(TransientError):
    code = 'code_refused'
    title = 'The sign-in took too long'
    advice = 'The sign-in service no longer takes its own answer. Please log in again.'
    status = 400


class StoreFailed(TransientError):
    code = 'store_failed'
    title = 'This app cannot reach its own memory'
    advice = 'Wait a moment, then try again.'


class SilentTimeout(TransientError):
    code = 'frame_silent'
    title = 'The silent renewal got no answer'
    advice = (
        'The sign-in service cannot be reached, or does not answer in the background: it may forbid being framed, or '
        'not know this app’s address /silent, or an extension of your browser may block the hidden frame.'
    )


class FrameBlocked(SilentTimeout):
    code = 'frame_blocked'
    title = 'The policy of this page blocks the silent renewal'
    advice = (
        'Its Content-Security-Policy lets no frame open the sign-in service; the people who run this app have to name '
        'that in frame-src.'
    )


class NoBrowser(TransientError):
    code = 'no_browser'
    title = 'The page is not connected'
    advice = 'It is tried again as soon as a page of this app is connected.'


class InteractionRequired(DefinitiveError):
    code = 'login_required'
    title = 'Please log in again'
    advice = 'Your session at the sign-in service has ended, or it has a question for you.'


class ThirdPartyCookiesBlocked(InteractionRequired):
    code = 'cookie_withheld'
    title = 'The sign-in service does not recognise you in the background'
    advice = (
        'Most likely your browser hides its cookies from this page, since it is another site. Allow them, or log in '
        'again whenever you are asked.'
    )


class RefreshTokenRefused(DefinitiveError):
    code = 'refresh_token_refused'
    title = 'The sign-in service has ended your session'
    advice = 'It was there for too long, or was ended on purpose. Please log in again.'


class NothingToRenewWith(DefinitiveError):
    code = 'nothing_to_renew_with'
    title = 'This session cannot be renewed in the background'
    advice = 'This app has nothing to renew it with: no refresh token that it may use. Please log in again.'


class AccessDenied(DefinitiveError):
    code = 'access_denied'
    title = 'You were not logged in'
    advice = 'The sign-in was cancelled, or this account may not use this app. You can try again.'


class InvalidResponse(DefinitiveError):
    code = 'invalid_response'
    title = 'The answer of the sign-in service makes no sense'
    advice = 'It was not used, and nothing has changed. Please start the sign-in from this app.'


class MixedUp(InvalidResponse):
    code = 'mixed_up'
    title = 'The answer came from another sign-in service than was asked'
    advice = 'It was not used, and nothing of yours was given away. Please log in again.'


class InvalidIdToken(DefinitiveError):
    code = 'invalid_id_token'
    title = 'The sign-in could not be verified'
    advice = 'The proof of who you are failed a check, so it was not used. Please log in again.'


class SubjectMismatch(DefinitiveError):
    code = 'another_user'
    title = 'Somebody else is signed in at the sign-in service'
    advice = 'Nothing of theirs was used. You can log in as yourself again, or switch to them.'


class AcrTooLow(DefinitiveError):
    code = 'acr_too_low'
    title = 'That way of logging in is not enough here'
    advice = 'This needs a stronger one, such as a second factor. If you were logged in before, you still are.'
    status = 403


class AuthTimeTooOld(DefinitiveError):
    code = 'auth_time_too_old'
    title = 'You have not shown anew who you are'
    advice = (
        'This needs a log-in that is recent, and the sign-in service has not asked you. If you were logged in before, '
        'you still are.'
    )
    status = 403


class SignInExpired(DefinitiveError):
    code = 'sign_in_expired'
    title = 'This sign-in is no longer valid'
    advice = 'It took longer than ten minutes, or was finished already. Please log in again.'


class AddressTooLong(DefinitiveError):
    code = 'address_too_long'
    title = 'The address of this page is too long'
    advice = 'A sign-in cannot lead back to it. Log in first, then open the address again.'
    status = 414


class AnotherBrowser(DefinitiveError):
    """`kind` is how it began (`AuthorizationKind`), `return_to` where it was to come back to."""

    code = 'another_browser'
    title = 'This sign-in began in another browser'
    advice = 'For your safety it can be finished only where it began. Please log in again here.'

    def __init__(self, detail: str = '', *, kind: str = 'interactive', return_to: str = '/', **more: Any) -> None:
        super().__init__(detail, **more)
        self.kind = kind
        self.return_to = return_to


class NoCookie(DefinitiveError):
    code = 'no_cookie'
    title = 'Your browser has not sent this app’s cookie'
    advice = (
        'Either it keeps no cookies for this site, or this sign-in began in another browser. Allow cookies and site '
        'data for this site, then log in again.'
    )


class CsrfFailed(DefinitiveError):
    code = 'forged_request'
    title = 'This request did not come from this app'
    advice = 'Nothing has changed. Please use the button in the app.'
    status = 403


class SettingsError(MisconfigurationError):
    code = 'settings'
    title = 'A setting makes no sense'


class NoSystemBrowser(MisconfigurationError):
    code = 'no_system_browser'
    title = 'Your browser could not be opened'
    advice = 'Choose a default browser on this machine, or start the app with NATIVE_LOGIN=window.'
    status = 503


class DiscoveryInvalid(MisconfigurationError):
    code = 'discovery_invalid'
    title = 'The sign-in service does not describe itself as expected'


class ClientRefused(MisconfigurationError):
    code = 'client_refused'
    title = 'The sign-in service does not accept this app'


class AudienceRefused(ClientRefused):
    code = 'invalid_target'
    title = 'The sign-in service gives this app no access to that API'
    advice = (
        'Your session is as it was. The people who run this app have to allow the API at the sign-in service, or mend '
        'its name.'
    )
