"""What a link to sign in asks for besides the way back.

| who wishes                    | of what                                                     | stands in        |
|-------------------------------|-------------------------------------------------------------|------------------|
| the configuration             | any parameter that is not ours                              | `params`         |
| the session that is there     | what was granted to it later, and where: of the same person | the session      |
| anybody's link                | the provider, `PROMPTS`, the provider's `link_params`       | the link         |
| the app, and its guards       | any parameter that is not ours, scopes, `acr`, `max_age`    | the link, signed |
| the end of the session before | `prompt`                                                    | the session      |

The later in the table the stronger, as `merged` has it. All of it survives whatever becomes of the sign-in on the way:
it is in `query`, which goes with each link that begins it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...app_context import AppContext
from ...errors import SubjectMismatch
from ...oidc.provider_client import ProviderClient
from ...oidc.wishes.wish import NOTHING, SignInWish, merged
from ...sessions.session import LOGOUTS
from ...settings.sign_in_params import checked_params
from ..identity import Identity, known_prompt
from .signed import PARAMETER, SignedWish, read_wish

OF_THE_LINK = frozenset({'return_to', 'packed_return_to', 'fragment', 'code', 'provider', PARAMETER})
ASKS_WHO = frozenset({'login', 'select_account', 'create'})


@dataclass(frozen=True, slots=True)
class Asked:
    """`prompt` is what anybody may ask, `provider` the name of the one to sign in at, None if the link doesn't say.

    `query` is what of the link's parameters has to be in another link that asks for the same.
    """

    signed: SignedWish
    prompt: str | None = None
    provider: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def at(self, provider: ProviderClient, who: Identity, app: AppContext) -> SignInWish:
        """All that is wished of a sign-in at this provider, but for what the latest end wants."""
        return merged(self._of_session(provider, who, app), link_wish(self.query, provider), self._of_app)

    def subject(self, provider: ProviderClient, who: Identity, app: AppContext) -> str:
        """Who has to answer, since more is asked of the person who is signed in; '' if anybody may.

        So that nobody else takes the place of a person whose page is open, and what they have typed in it, by choosing
        the wrong account; to switch to that is a sign-in of its own.
        """
        is_bound = self._of_app.is_for_who_is_there and who.session and app.providers.of(who.session) is provider
        return who.session.subject if is_bound and who.session else ''

    @property
    def _of_app(self) -> SignInWish:
        return self.signed.wish

    def _of_session(self, provider: ProviderClient, who: Identity, app: AppContext) -> SignInWish:
        """What was asked for before, unless it may be for somebody else now."""
        kept = who.kept
        if kept is None or not kept.issuer or app.providers.of(kept) is not provider:
            return NOTHING
        if kept.ended is not None and kept.ended.code in LOGOUTS | {SubjectMismatch.code}:
            return NOTHING
        may_be_another = ASKS_WHO.intersection([self.prompt, *self._of_app.prompts])
        return NOTHING if may_be_another and not self._of_app.is_for_who_is_there else kept.wish


def asked_of(app: AppContext, query: Mapping[str, str]) -> Asked:
    """What a link with these parameters asks for."""
    signed = read_wish(app, query.get(PARAMETER, ''))
    if signed and signed.provider and app.providers.named(signed.provider) is None:
        signed = None  # it was for one that is not used any more, and nobody else is asked for that
    names = (
        {name for provider in app.providers for name in provider.registration.link_params} - OF_THE_LINK - {'prompt'}
    )
    kept = {name: query[name] for name in sorted(names) if name in query}
    own = {PARAMETER: query[PARAMETER]} if signed else {}
    name = query.get('provider')
    named = {'provider': name} if name and app.providers.named(name) else {}
    if prompt := known_prompt(query.get('prompt')):
        named['prompt'] = prompt
    return Asked(
        signed or SignedWish(),
        prompt,
        (signed.provider if signed else None) or name,
        {**kept, **own, **named},
    )


def link_wish(query: Mapping[str, str], provider: ProviderClient) -> SignInWish:
    """What anybody's link may wish of a sign-in at this provider; what makes no sense is passed over."""
    params: dict[str, str] = {}
    for name in provider.registration.link_params:
        if name in query and name not in OF_THE_LINK:
            try:
                params |= checked_params({name: query[name]})
            except ValueError:
                continue
    return SignInWish(params)
