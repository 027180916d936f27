"""Where providers differ from what they say of themselves: learnt once, from how they answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from ..errors import AppError, ClientRefused, InteractionRequired

ASKING = frozenset({'login', 'select_account'})  # the `prompt` values after which a person has to do something
# Google shows a page of its own that says that `login` is no value of `prompt`: its document lists none.
WITHOUT_LOGIN = frozenset({'https://accounts.google.com'})


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a request has to look like for one provider.

    `wants_hint`: `prompt=none` is answered only with the newest `id_token_hint` (OpenID Connect Core §3.1.2.1 says that
    it SHOULD be sent). `refuses_fragment`: `response_mode=fragment` is refused, though the discovery document lists it.
    `refuses_select_account`: so is `prompt=select_account`, which need not be listed.
    """

    wants_hint: bool = False
    refuses_fragment: bool = False
    refuses_select_account: bool = False

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

    def adapted(self, error: AppError, *, may_learn_hint: bool) -> Quirks | None:
        """How to ask once more after this error; None if that would be no use."""
        if isinstance(error, InteractionRequired) and error.code in _CURED_BY_HINT:
            return self.with_hint() if may_learn_hint and not self.wants_hint else None
        if isinstance(error, ClientRefused) and error.code == 'invalid_request':
            return None if self.refuses_fragment else replace(self, refuses_fragment=True)
        return None


_CURED_BY_HINT = frozenset({'login_required', 'interaction_required'})
CURED_WITHOUT_SELECT_ACCOUNT = frozenset({'invalid_request', 'account_selection_required', 'interaction_required'})
