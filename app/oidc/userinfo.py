"""The check of the userinfo response (OpenID Connect Core §5.3)."""

from __future__ import annotations

from app.errors import InvalidIdToken
from app.oidc.id_token import Claims


def check_userinfo(document: Claims, subject: str) -> Claims:
    """The userinfo claims, once they are the ID token's person's; raises `InvalidIdToken` if not (Core §5.3.4)."""
    if document.get('sub') != subject:
        raise InvalidIdToken('the userinfo response has another sub than the ID token')
    return document
