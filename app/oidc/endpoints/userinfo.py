"""The userinfo response (OpenID Connect Core §5.3): JSON, or a JWT that the provider signed.

| it is                                                    | what becomes of it                                    |
|----------------------------------------------------------|-------------------------------------------------------|
| `application/json`, any other type that is JSON          | used, if `sub` is the ID token's                      |
| `application/jwt`, signed with a key of the provider     | the same; `iss` and `aud`, if there, have to be right |
| `application/jwt`, signed otherwise, expired, unsigned   | left out, and the log says so: `userinfo_unusable`    |
| `application/jwt`, encrypted                             | left out, and the log says so: `userinfo_encrypted`   |
| anything else, or none                                   | left out, and the log says so                         |
| whatever has another `sub` than the ID token             | the sign-in is refused (§5.3.2)                       |
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

import httpx

from ...clock import Clock
from ...errors import AuthError, InvalidIdToken
from ..http import fetch
from ..id_token import Claims, UnknownKey, has_audience, has_passed, is_to_come, verify_jwt
from ..keys import KeySet
from ..metadata import ASYMMETRIC_ALGORITHMS, Metadata
from ..unsupported import IdTokenEncrypted, InvalidUserinfo
from .answer import Answer
from .discovery import Discovery

log = logging.getLogger(__name__)


class UserinfoEndpoint:
    """Asks one provider's userinfo endpoint, if it has one; `skew`: seconds that its clock may differ from ours."""

    def __init__(
        self, http: httpx.AsyncClient, discovery: Discovery, keys: KeySet, client_id: str, clock: Clock, skew: float
    ) -> None:
        self._http = http
        self._discovery = discovery
        self._keys = keys
        self._client_id = client_id
        self._clock = clock
        self._skew = skew

    async def claims(self, access_token: str, subject: str) -> Claims | None:
        """What it says of the person; none if there is no such endpoint, None if it cannot be had now.

        That is said in the log, and no error, since all is optional. Raises `InvalidIdToken` if it is about somebody
        else than `subject`.
        """
        try:
            document = await self._discovery.consult(partial(self._document, access_token))
        except AuthError as error:  # a name or a picture more is no reason to keep somebody out
            log.warning('going on without userinfo: %s: %s', error.code, error)
            return None
        return {} if document is None else check_userinfo(document, subject)

    async def _document(self, access_token: str, metadata: Metadata) -> Claims | None:
        """None if there is no such endpoint."""
        if metadata.userinfo_endpoint is None:
            return None
        answer = await fetch_userinfo(self._http, metadata.userinfo_endpoint, access_token)
        if answer.jwt is None:
            return answer.document()
        check = (metadata, self._client_id, self._clock.now(), self._skew, answer.jwt)
        return await self._keys.verify(partial(signed_userinfo, *check))


async def fetch_userinfo(http: httpx.AsyncClient, url: str, access_token: str) -> Answer:
    """The answer to a GET, else to a POST, with the token in the header (§5.3.1). Raises what `fetch` does."""
    headers = {'Authorization': f'Bearer {access_token}', 'Accept': 'application/json, application/jwt'}
    answer = await fetch(http, 'GET', url, headers=headers)
    return await fetch(http, 'POST', url, headers=headers) if answer.status == 405 else answer


def signed_userinfo(
    metadata: Metadata, client_id: str, now: float, skew: float, response: str, keys: Iterable[dict[str, Any]]
) -> Claims:
    """The claims of a userinfo response that is a JWT; `now` and `skew` in seconds.

    `iss` and `aud` SHOULD be there (§5.3.2): where they are, they have to be the provider and us. Raises `UnknownKey`
    if no key verifies it, else `InvalidUserinfo`.
    """
    try:
        claims = verify_jwt(response, keys, ASYMMETRIC_ALGORITHMS, 'userinfo response')
    except UnknownKey as error:  # newer keys may
        raise UnknownKey(str(error), code=InvalidUserinfo.code) from error
    except IdTokenEncrypted as error:
        raise InvalidUserinfo(str(error), code='userinfo_encrypted') from error
    except InvalidIdToken as error:
        raise InvalidUserinfo(str(error)) from error
    problems = {
        'iss': 'iss' in claims and claims['iss'] != metadata.issuer,
        'aud': 'aud' in claims and not has_audience(claims['aud'], client_id),
        'exp': 'exp' in claims and has_passed(claims['exp'], now, skew),
        'iat': 'iat' in claims and is_to_come(claims['iat'], now, skew),
        'nbf': 'nbf' in claims and is_to_come(claims['nbf'], now, skew),
    }
    wrong = [name for name, is_wrong in problems.items() if is_wrong]
    if wrong:
        raise InvalidUserinfo(f'the userinfo response has a wrong {wrong[0]}')
    return claims


def check_userinfo(document: Claims, subject: str) -> Claims:
    """The userinfo claims, once they are the ID token's person's; raises `InvalidIdToken` if not (Core §5.3.4)."""
    if document.get('sub') != subject:
        raise InvalidIdToken('the userinfo response has another sub than the ID token')
    return document
