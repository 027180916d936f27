"""Where providers differ from what they say of themselves: learnt once, from how they answer, and kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import AccessDenied, AuthError, ClientRefused, InteractionRequired, InvalidResponse

FRAME_REST = 3600.0  # seconds for which a frame that got no answer is not the first to be asked
OfflineAccess = Literal['as-asked', 'needs-consent', 'not-granted']

ASKING = frozenset({'login', 'select_account'})  # the `prompt` values after which a person has to do something
# Google shows a page of its own that says that `login` is no value of `prompt`: its document lists none.
WITHOUT_LOGIN = frozenset({'https://accounts.google.com'})


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a request has to look like for one provider.

    `wants_hint`: `prompt=none` is answered only with the newest `id_token_hint` (OpenID Connect Core §3.1.2.1 says that
    it SHOULD be sent). `refuses_fragment`: `response_mode=fragment` is refused, though the discovery document lists it.
    `refuses_select_account`: so is `prompt=select_account`, which need not be listed.
    `offline_access`: whether a refresh token that is asked for comes, comes only with `prompt=consent` (Core §11), or
    does not come even then. `frame_silent_at` is when a session found out that the silent frame gets no answer at all
    (seconds since the epoch); 0 if it got one since.
    """

    wants_hint: bool = False
    refuses_fragment: bool = False
    refuses_select_account: bool = False
    offline_access: OfflineAccess = 'as-asked'
    frame_silent_at: float = 0.0

    def is_frame_silent(self, now: float) -> bool:
        """Whether that was so lately that whatever else there is comes first."""
        return self.frame_silent_at > 0 and 0 <= now - self.frame_silent_at < FRAME_REST

    def with_hint(self) -> Quirks:
        return replace(self, wants_hint=True)

    def without_select_account(self) -> Quirks:
        return replace(self, refuses_select_account=True)

    def nearest_prompt(self, prompt: str | None, issuer: str, listed: Collection[str]) -> str | None:
        """The `prompt` if the provider offers it, else the other one that asks the person, if it offers that.

        `listed` is what it says that it offers; nothing if it doesn't say.
        """
        offered = ASKING & set(listed or ASKING)
        offered -= {'login'} if issuer in WITHOUT_LOGIN else set()
        offered -= {'select_account'} if self.refuses_select_account else set()
        return prompt if prompt not in ASKING or prompt in offered or not offered else next(iter(offered))

    def adapted(self, error: AuthError, *, may_learn_hint: bool) -> Quirks | None:
        """How to ask once more after this error; None if that would be no use."""
        if may_learn_hint and not self.wants_hint and _asks_for_hint(error):
            return self.with_hint()
        if isinstance(error, ClientRefused) and error.code == 'invalid_request':
            return None if self.refuses_fragment else replace(self, refuses_fragment=True)
        return None

    def after_sign_in(self, *, with_consent: bool, came: bool) -> Quirks:
        """What an interactive sign-in that asked for a refresh token has taught."""
        if came:
            return self if with_consent else replace(self, offline_access='as-asked')
        if with_consent or self.offline_access == 'not-granted':
            return replace(self, offline_access='not-granted')
        return replace(self, offline_access='needs-consent')

    def after_restart(self) -> Quirks:
        """What still holds when the app, and maybe its registration, was changed: what was refused may be allowed."""
        return replace(self, offline_access='as-asked') if self.offline_access == 'not-granted' else self


CURED_WITHOUT_SELECT_ACCOUNT = frozenset({'invalid_request', 'account_selection_required', 'interaction_required'})
_CURED_BY_HINT = frozenset({'login_required', 'interaction_required', 'account_selection_required'})
_NAMES_HINT = re.compile(r'id[ _-]?token|(?<!login[ _-])hint', re.IGNORECASE)


def _asks_for_hint(error: AuthError) -> bool:
    """Whether the hint may be what is lacking: by the error's code, or since the provider's own words name it."""
    if isinstance(error, InteractionRequired) and error.code in _CURED_BY_HINT:
        return True
    is_refusal = isinstance(error, InteractionRequired | ClientRefused | InvalidResponse | AccessDenied)
    return is_refusal and _NAMES_HINT.search(error.description) is not None
