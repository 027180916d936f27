"""What is kept of what a provider says of a person.

The claims of the ID token and those of userinfo are kept apart. Where both have one, the ID token's counts: it is
signed. Each renewal brings both anew, so that what is in neither any more is gone:

a renewal brings               | the ID token's claims                         | those of userinfo
-------------------------------+-----------------------------------------------+------------------------------------
an ID token, by the frame      | the new ones, and `auth_time` and `acr` where | as below
                               | it has none (`OF_THE_PERSON_THERE`)           |
an ID token, by a refresh      | the new ones, and what it doesn't repeat of   | as below
                               | the sign-in (`OF_THE_SIGN_IN`)                |
none (RFC 6749 §5.1)           | stay                                          | as below
userinfo, asked a moment later |                                               | the new ones
userinfo that can't be had     |                                               | stay, and the log says so

Userinfo is asked behind a renewal if it had a claim that the ID token doesn't have, or could not be had so far.

What the app's own `on_login` hooks have added is kept apart from both. It counts before them, since only it is the
app's own word, and stays as it is until the session ends.
"""

from __future__ import annotations

import json
import logging

from ..oidc.id_token import Claims

log = logging.getLogger(__name__)

MAX_APP_CLAIMS = 16_384  # characters of JSON that the app itself may add; more is refused, never left out
MAX_CLAIMS = 65_536  # characters of JSON; they are read, decrypted and parsed with every page and every renewal
SMALL = 2_048  # characters; as long as any URL of a picture, and no reason to leave a claim out
IDENTITY = ('iss', 'sub')  # which tell people apart
USEFUL = frozenset({'aud', 'azp', 'sid', 'nonce', 'auth_time', 'acr', 'exp', 'iat', 'name', 'email', 'picture'})
OF_THE_SIGN_IN = frozenset({'sid', 'auth_time', 'acr', 'amr', 'login_hint'})  # a refresh has no other (Core §12.2)
# Providers say these only where they were asked for (OpenID Connect Core §2, §3.1.2.1), which a silent request
# does not: that the person has shown who they are, and how, stays true.
OF_THE_PERSON_THERE = frozenset({'auth_time', 'acr'})


def merged_claims(claims: Claims, userinfo: Claims | None, app_claims: Claims) -> Claims:
    """What the app has added, then the claims of an ID token, and of userinfo what neither has."""
    return {**(userinfo or {}), **claims, **app_claims}


def size_of(claims: Claims) -> int:
    """How much room they take: characters of JSON."""
    return sum(len(json.dumps({name: value})) for name, value in claims.items())


def kept_claims(
    claims: Claims, userinfo: Claims | None = None, app_claims: Claims | None = None
) -> tuple[Claims, Claims | None]:
    """The claims of an ID token, and those of userinfo, as far as there is room for them beside the app's; each apart.

    What does not fit is left out, and the log says so: the largest of userinfo's first, then the largest of the ID
    token's. Those that are needed for something, and are small, go last; the ID token's `iss` and `sub` never do.
    `userinfo` is None if it could not be had, and stays so.
    """
    sources = {'userinfo': dict(userinfo or {}), 'ID token': dict(claims)}
    sizes = {
        (source, name): len(json.dumps({name: value})) for source in sources for name, value in sources[source].items()
    }
    spare = sum(sizes.values()) + size_of(app_claims or {}) - MAX_CLAIMS

    def rank(key: tuple[str, str]) -> tuple[bool, bool, int]:
        source, name = key
        is_needed = source == 'ID token' or name not in claims
        return is_needed and name in USEFUL and sizes[key] <= SMALL, source == 'ID token', -sizes[key]

    left_out = []
    for key in sorted(sizes.keys() - {('ID token', name) for name in IDENTITY}, key=rank):
        if spare <= 0:
            break
        spare -= sizes[key]
        left_out.append(key[1][:100])
        del sources[key[0]][key[1]]
    if left_out:
        log.warning(
            'the claims of a person are larger than %d characters; left out: %s', MAX_CLAIMS, ', '.join(left_out[:20])
        )
    return sources['ID token'], None if userinfo is None else sources['userinfo']
