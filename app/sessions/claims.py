"""How much of what a provider says of a person is kept."""

from __future__ import annotations

import json
import logging

from ..oidc.id_token import Claims

log = logging.getLogger(__name__)

MAX_CLAIMS = 65_536  # characters of JSON; they are read, decrypted and parsed with every page and every renewal
SMALL = 2_048  # characters; as long as any URL of a picture, and no reason to leave a claim out
IDENTITY = ('iss', 'sub')  # which tell people apart
USEFUL = frozenset({'aud', 'azp', 'sid', 'nonce', 'auth_time', 'acr', 'exp', 'iat', 'name', 'email', 'picture'})


def kept_claims(claims: Claims, userinfo: Claims | None = None) -> Claims:
    """The claims of an ID token, and of userinfo beside them, as far as there is room for them.

    What does not fit is left out, and the log says so: the largest of userinfo's first, then the largest of the ID
    token's. Those that are needed for something, and are small, go last; `iss` and `sub` never do.
    """
    kept = {**(userinfo or {}), **claims}
    sizes = {name: len(json.dumps({name: value})) for name, value in kept.items()}
    spare = sum(sizes.values()) - MAX_CLAIMS

    def rank(name: str) -> tuple[bool, bool, int]:
        return name in USEFUL and sizes[name] <= SMALL, name in claims, -sizes[name]

    left_out = []
    for name in sorted(sizes.keys() - set(IDENTITY), key=rank):
        if spare <= 0:
            break
        spare -= sizes[name]
        left_out.append(name[:100])
        del kept[name]
    if left_out:
        log.warning(
            'the claims of a person are larger than %d characters; left out: %s', MAX_CLAIMS, ', '.join(left_out[:20])
        )
    return kept
