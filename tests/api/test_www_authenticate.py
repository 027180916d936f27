"""Why an API refused a call, as it says in `WWW-Authenticate`."""

from __future__ import annotations

import pytest

from app.api.www_authenticate import Challenge, bearer_challenge


@pytest.mark.parametrize(
    ('header', 'challenge'),
    [
        ('', Challenge()),
        ('Basic realm="a"', Challenge()),
        ('Bearer', Challenge()),
        ('Bearer realm="a"', Challenge()),
        ('Bearer error="e", error_description="it is, bad", scope="a b"', Challenge('e', 'it is, bad', ('a', 'b'))),
        ('bearer ERROR=e,scope=a', Challenge('e', '', ('a',))),
        ('Bearer error = "e" , scope = "a"', Challenge('e', '', ('a',))),
        ('Bearer error="a \\"quoted\\" e"', Challenge('a "quoted" e')),
        ('Bearer\terror\t=\t"e"', Challenge('e')),
        ('Negotiate abc==, Bearer, error="e"', Challenge('e')),
        ('Bearer error="never closed', Challenge('never closed')),
        ('Bearer error="e", error="other"', Challenge('e')),
        ('Basic realm="a", Bearer error="e"', Challenge('e')),
        ('Bearer error="e", Basic scope="a"', Challenge('e')),
        ('DPoP error="other", Bearer error="e"', Challenge('e')),
        ('Bearer ===,,,"', Challenge()),
        ('Bearer ' + '"' * 100_000, Challenge()),
        ('Bearer ' + ', a' * 100_000, Challenge()),
    ],
)
def test_a_challenge_is_read_as_far_as_it_makes_sense(header: str, challenge: Challenge) -> None:
    assert bearer_challenge(header) == challenge
