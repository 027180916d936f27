"""What wishes add to an authorization request, and what the request remembers of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..authorization import AuthorizationRequest
from ..metadata import Metadata, Registration
from ..offline_access import OFFLINE_ACCESS, offline_request, silent_scope
from ..quirks import Quirks
from .parameters import in_silent
from .prompt import prompt_of
from .wish import SignInWish, merged


@dataclass(frozen=True, slots=True)
class Additions:
    """The scope, `prompt` and parameters of a request, and what its answer is held against.

    `more_scope` is what of the scope is beyond the registration, and `kept` the parameters that the session's silent
    requests have, too.
    """

    scope: str
    params: dict[str, str]
    prompt: str | None = None
    acr: tuple[str, ...] = ()
    max_age: int | None = None
    more_scope: str = ''
    kept: dict[str, str] | None = None

    def noted(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """The request, which remembers them."""
        return replace(
            request, acr=self.acr, max_age=self.max_age, more_scope=self.more_scope, params=dict(self.kept or {})
        )


def sign_in_additions(metadata: Metadata, registration: Registration, quirks: Quirks, wish: SignInWish) -> Additions:
    """Of a sign-in that a person sees; `wish` is whatever is wished beyond the configuration.

    Consent is asked for where a refresh token comes only with it, and where a scope is wished for that is asked for
    with every sign-in: it was not given so far, and without that the provider would not ask again.
    """
    whole = merged(SignInWish(registration.params), wish)
    own = registration.scope.split()
    needs_consent = wants_refresh_token(registration) and quirks.offline_access == 'needs-consent'
    needs_consent = needs_consent or bool(wish.scope.intersection(own))
    prompts = [*whole.prompts, *(['consent'] if needs_consent else [])]
    more = ' '.join(sorted(whole.scope.difference(own)))
    scope, offline = offline_request(metadata.issuer, f'{registration.scope} {more}'.rstrip())
    params = {name: value for name, value in whole.params.items() if name != 'prompt'}
    if whole.acr:
        params['acr_values'] = ' '.join(whole.acr)
    if whole.max_age is not None:
        params['max_age'] = str(whole.max_age)
    return Additions(
        scope,
        {**params, **offline},
        prompt_of(prompts, quirks, metadata.issuer, metadata.prompts),
        whole.acr,
        whole.max_age,
        more,
        in_silent({name: value for name, value in whole.params.items() if registration.params.get(name) != value}),
    )


def wants_refresh_token(registration: Registration) -> bool:
    """Whether each sign-in asks for one."""
    return registration.uses_refresh_token and OFFLINE_ACCESS in registration.scope.split()


def silent_additions(
    issuer: str, registration: Registration, wish: SignInWish, *, has_refresh_token: bool
) -> Additions:
    """Of a silent request; `wish` is what the session's own sign-in had beyond the configuration."""
    own = registration.scope.split()
    more = ' '.join(sorted(wish.scope.difference(own)))
    scope = silent_scope(f'{registration.scope} {more}'.rstrip(), has_refresh_token=has_refresh_token)
    scope, offline = offline_request(issuer, scope)
    params = in_silent(merged(SignInWish(registration.params), wish).params)
    return Additions(scope, {**params, **offline}, more_scope=more)
