"""The silent renewal by the frame: asking, and asking in another way where a provider wants that."""

from __future__ import annotations

import logging
from dataclasses import replace

from ...errors import (
    AuthError,
    ClientRefused,
    InteractionRequired,
    SilentTimeout,
    ThirdPartyCookiesBlocked,
    TransientError,
)
from ...oidc.provider_client import ProviderClient
from ...oidc.quirks import Quirks
from ...oidc.tokens import UncheckedTokens
from ...sessions.session import Session
from ..user_agents import UserAgent
from .choice import Policy

log = logging.getLogger(__name__)
REFUSES_SCOPE = frozenset({'consent_required', 'invalid_scope', 'access_denied'})


async def by_frame(
    user_agent: UserAgent, session: Session, provider: ProviderClient, policy: Policy
) -> tuple[UncheckedTokens, Quirks]:
    """The request, its answer in the frame, and what the code was redeemed for, which nobody has checked yet.

    With it comes what the provider's answers have taught.

    Raises `ThirdPartyCookiesBlocked` where the provider does not recognise the browser that has signed in at it, and
    never did in this session.
    """
    quirks, refusal, tokens, wish = provider.quirks, None, session.tokens, session.wish
    has_refresh_token = tokens.refresh_token is not None
    is_good = has_refresh_token and not session.refresh_in_doubt  # one that may be used up has to be replaced
    granted = tokens.scope if has_refresh_token else ''
    if policy.hint != 'auto':  # the setting has the last word, whatever was learnt
        quirks = replace(quirks, wants_hint=policy.hint == 'always')
    while True:
        try:
            request = await provider.silent_request(
                policy.redirect_uri, tokens.id_token, quirks, has_refresh_token=is_good, wish=wish
            )
            response = await user_agent.authorize(request.url)
            unchecked = await provider.send_code(request, response, granted=granted)
        except AuthError as error:
            if isinstance(error, SilentTimeout):
                provider.doubt('the silent frame got no answer')  # its address may be another now
            if wish.scope and error.code in REFUSES_SCOPE:  # what was granted later was taken back: the rest stays
                log.info('asking no more for %s: %s', ' '.join(sorted(wish.scope)), error)
                wish = replace(wish, scope=frozenset())
                continue
            if refusal is None or isinstance(error, TransientError) or isinstance(refusal, ClientRefused):
                refusal = error  # what was said first counts, unless asking in another way told more
            adapted = quirks.adapted(error, may_learn_hint=policy.hint == 'auto')
            if adapted is None:
                raise _explained(refusal, session) from error
            quirks = adapted
        else:
            return unchecked, _learnt(provider.quirks, quirks, policy)


def _learnt(known: Quirks, worked: Quirks, policy: Policy) -> Quirks:
    """What is known with what has just worked; others may have learnt something else meanwhile."""
    wants_hint = worked.wants_hint if policy.hint == 'auto' else known.wants_hint
    return replace(known, wants_hint=wants_hint, refuses_fragment=worked.refuses_fragment, frame_silent_at=0.0)


def _explained(error: AuthError, session: Session) -> AuthError:
    if isinstance(error, InteractionRequired) and error.code == 'login_required' and session.frame_works is None:
        return ThirdPartyCookiesBlocked(str(error), description=error.description)
    return error
