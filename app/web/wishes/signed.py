"""The wishes of the app itself, as they stand in its links: signed, so that nobody else can make one.

They neither expire nor are they bound to a browser, since neither would keep anything from anybody. Whoever may open a
page of the app gets its links afresh, and a copy does no more for another person than that page would: they sign in at
their own provider, which asks them, as themselves, in their own browser (`state` and the cookie see to that), and what
comes of it is checked again by each page that wants it. What such a link can bring about is a provider's page with a
name filled in, another language, a consent to be given or refused, or a stronger sign-in than was needed. A link that
died, on the other hand, would take its wish from a page that was open overnight.

So the app must not sign what a stranger says: `auth.login_url(organization=request.query_params['org'])` would let any
link choose the organization. That is what `link_params` are for, which the operator allows by name.

A wish counts at the provider that it was made for, whatever else the link says; without one it is for any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from ...app_context import AppContext
from ...oidc.wishes.wish import NOTHING, SignInWish
from ...secret_key import derive_key
from ...settings.sign_in_params import checked_params
from ..endpoints.person import scope_names

PARAMETER = 'wish'  # of a link to sign in
LONGEST = 4000  # characters; a link has the way back in it, too


@dataclass(frozen=True, slots=True)
class SignedWish:
    """A wish, and the name of the provider that it is for; None: any."""

    wish: SignInWish = NOTHING
    provider: str | None = None


def signed_query(app: AppContext, wish: SignInWish, provider: str | None = None) -> dict[str, str]:
    """The parameter of a link that has this wish; none for no wish. Raises `ValueError` if it is too long for one."""
    if wish == NOTHING:
        return {}
    said = [dict(wish.params), sorted(wish.scope), wish.acr, wish.max_age, provider]
    text = str(_serializer(app).dumps(said))
    if len(text) > LONGEST:
        raise ValueError('is more than a link to sign in can have')
    return {PARAMETER: text}


def app_wish(scope: str | Collection[str], params: Mapping[str, str | int]) -> SignInWish:
    """What the app asks for by these arguments of a link. Raises `ValueError` for what cannot be asked for."""
    texts = {name: value if isinstance(value, str) else str(value) for name, value in params.items()}
    return SignInWish(checked_params(texts), scope_names(scope))


def read_wish(app: AppContext, text: str) -> SignedWish | None:
    """What the parameter says; None if there is none, or nobody here has signed it."""
    if not text or len(text) > LONGEST:
        return None
    try:
        params, scope, acr, max_age, provider = _serializer(app).loads(text)
    except BadSignature:
        return None
    return SignedWish(SignInWish(params, frozenset(scope), tuple(acr), max_age), provider)


def _serializer(app: AppContext) -> URLSafeSerializer:
    return URLSafeSerializer(derive_key(app.secret_key(), 'sign-in-wish'))
