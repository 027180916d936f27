"""How sessions, authorizations and browsers are written down: as JSON, encrypted."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Any, TypeVar

from ..oidc.authorization import AuthorizationRequest
from ..oidc.quirks import Quirks
from ..oidc.tokens import UncheckedTokens
from ..secret_key import derive_key
from .browser_record import BrowserRecord
from .encryption import CannotDecrypt, Encryptor
from .pending_authorization import PendingAuthorization
from .session import Ending, Session, Tokens, reference
from .tokens.audience_token import AudienceToken

log = logging.getLogger(__name__)
T = TypeVar('T')


class Records:
    """Encrypts values with a key of their own, and reads them; what cannot be read counts as gone, and is logged.

    What is encrypted decides whose it is, so that nothing is gained by moving rows about: a value is given only to
    whoever asks for it by its own key, which is the SHA-256 of its secret.
    """

    def __init__(self, secret_key: str) -> None:
        self._encryptor = Encryptor(secret_key, 'sessions')
        self._owner_key = derive_key(secret_key, 'owners')

    def owner(self, issuer: str, subject: str) -> str:
        """The same for all sessions of a person; without the key nobody can tell whose it is."""
        return hmac.new(self._owner_key, json.dumps([issuer, subject]).encode(), sha256).hexdigest()

    def encrypt(self, value: Session | PendingAuthorization | BrowserRecord | Quirks) -> bytes:
        return self._encryptor.encrypt(json.dumps(asdict(value)))

    def session(self, key: str, encrypted: bytes | None) -> Session | None:
        session = self._decrypt(encrypted, _session)
        return session if session and session.reference == key else None

    def authorization(self, key: str, encrypted: bytes | None) -> PendingAuthorization | None:
        authorization = self._decrypt(encrypted, _authorization)
        return authorization if authorization and reference(authorization.request.state) == key else None

    def browser(self, key: str, encrypted: bytes | None) -> BrowserRecord | None:
        browser = self._decrypt(encrypted, lambda document: BrowserRecord(**document))
        return browser if browser and reference(browser.id) == key else None

    def quirks(self, encrypted: bytes | None) -> Quirks | None:
        return self._decrypt(encrypted, lambda document: Quirks(**document))

    def _decrypt(self, encrypted: bytes | None, value_of: Callable[[dict[str, Any]], T]) -> T | None:
        if encrypted is None:
            return None
        try:
            return value_of(json.loads(self._encryptor.decrypt(encrypted)))
        except CannotDecrypt:
            log.warning('a record cannot be opened with the present SECRET_KEY, so it counts as gone')
        except (KeyError, TypeError):
            log.warning('a record is of another version of this app, so it counts as gone')
        return None


def _session(document: dict[str, Any]) -> Session:
    """Earlier versions kept neither the issuer nor, at first, the browser, and the claims as one.

    Those may be the ID token's or of userinfo: they count as both until a renewal brings both anew.
    """
    ended = document.get('ended')
    earlier: dict[str, Any] = {'browser': ''}
    if 'claims' in document:
        claims = document.pop('claims')
        earlier |= {'issuer': claims.get('iss', ''), 'id_claims': claims, 'userinfo': claims}
    unchecked = document.get('unchecked')
    parts = {
        'tokens': Tokens(**document['tokens']),
        'unchecked': UncheckedTokens(**unchecked) if unchecked else None,
        'ended': Ending(**ended) if ended else None,
        'audience_tokens': {
            audience: AudienceToken(**token) for audience, token in document.get('audience_tokens', {}).items()
        },
    }
    return Session(**{**earlier, **document, **parts})


def _authorization(document: dict[str, Any]) -> PendingAuthorization:
    request = {**document['request'], 'acr': tuple(document['request'].get('acr', ()))}
    return PendingAuthorization(**{**document, 'request': AuthorizationRequest(**request)})
