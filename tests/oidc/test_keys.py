"""The key set, and its rotation (conformance modules `discovery-jwks-uri-keys`, `signing-key-rotation`)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from app.errors import InvalidIdToken, ProviderFailed, ProviderUnreachable
from app.oidc.id_token import verify_signature
from app.oidc.keys import MAX_KEYS, REFETCH_INTERVAL, KeySet
from tests.clock import FakeClock, settle
from tests.oidc.documents import id_token_claims, metadata
from tests.oidc.signer import Signer, signer, tampered

OLD, NEW, NEWEST = signer(kid='old'), signer(kid='new'), signer('ES256', kid='newest')


class Published:
    """What the provider shows at its `jwks_uri`; while `open` is not set, it does not answer."""

    def __init__(self, *signers: Signer) -> None:
        self.document: Any = None
        self.fetches = 0
        self.open = asyncio.Event()
        self.open.set()
        self.rotate(*signers)

    def rotate(self, *signers: Signer) -> None:
        self.document = {'keys': [one.jwk() for one in signers]}

    async def fetch(self) -> Any:
        self.fetches += 1
        await self.open.wait()
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


async def verify(keys: KeySet, by: Signer = OLD) -> str:
    id_token = by.sign(id_token_claims())
    return str((await keys.verify(partial(verify_signature, metadata(), id_token)))['sub'])


async def test_the_keys_are_fetched_once_at_first_need(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    assert published.fetches == 0
    for _ in range(3):
        assert await verify(keys) == 'alice'
        await clock.advance(3600)
    assert published.fetches == 1


async def test_a_key_that_was_rotated_right_after_the_first_fetch_is_found(clock: FakeClock) -> None:
    """[signing-key-rotation-just-before-signing]"""
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    published.rotate(NEW, OLD)
    assert await verify(keys, NEW) == 'alice'
    assert await verify(keys, OLD) == 'alice'
    assert published.fetches == 2


async def test_a_key_that_is_no_longer_shown_is_no_longer_believed(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    published.rotate(NEW)
    await verify(keys, NEW)
    with pytest.raises(InvalidIdToken):
        await verify(keys, OLD)


async def test_a_new_key_with_the_old_name_is_found(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    namesake = signer(kid='old', owner='the provider, later')
    published.rotate(namesake)
    assert await verify(keys, namesake) == 'alice'


async def test_an_unknown_key_fetches_again_at_most_once_a_minute(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    for _ in range(5):
        with pytest.raises(InvalidIdToken):
            await verify(keys, NEW)
    assert published.fetches == 2
    await clock.advance(REFETCH_INTERVAL - 1)
    with pytest.raises(InvalidIdToken):
        await verify(keys, NEW)
    assert published.fetches == 2
    published.rotate(NEW)
    await clock.advance(1)
    assert await verify(keys, NEW) == 'alice'
    assert published.fetches == 3


async def test_forged_signatures_do_not_make_us_flood_the_provider(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    for _ in range(60):
        with pytest.raises(InvalidIdToken):
            await keys.verify(partial(verify_signature, metadata(), tampered(OLD.sign(id_token_claims()))))
        await clock.advance(2)
    assert published.fetches <= 4


async def test_concurrent_verifications_fetch_once(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    published.open.clear()
    first = asyncio.gather(*(verify(keys) for _ in range(10)))
    await settle()
    published.open.set()
    assert await first == ['alice'] * 10
    assert published.fetches == 1


async def test_concurrent_verifications_after_a_rotation_fetch_once(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    published.rotate(NEW, NEWEST)
    published.open.clear()
    both = asyncio.gather(*(verify(keys, by) for by in (NEW, NEWEST) * 5))
    await settle()
    published.open.set()
    assert await both == ['alice'] * 10
    assert published.fetches == 2


async def test_a_clock_that_was_set_back_does_not_keep_the_keys_from_being_fetched(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    with pytest.raises(InvalidIdToken):
        await verify(keys, NEW)
    clock.set(clock.now() - 86_400)
    published.rotate(NEW)
    await clock.advance(REFETCH_INTERVAL)
    assert await verify(keys, NEW) == 'alice'


async def test_a_failed_fetch_is_tried_again_at_the_next_need(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    good, published.document = published.document, ProviderUnreachable('down')
    with pytest.raises(ProviderUnreachable):
        await verify(keys)
    published.document = good
    assert await verify(keys) == 'alice'


async def test_a_failed_fetch_after_a_rotation_keeps_the_old_keys(clock: FakeClock) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    await verify(keys)
    published.document = ProviderUnreachable('down')
    with pytest.raises(ProviderUnreachable):
        await verify(keys, NEW)
    assert await verify(keys) == 'alice'
    published.rotate(NEW)
    assert await verify(keys, NEW) == 'alice'


@pytest.mark.parametrize(
    'document', [{}, {'keys': None}, {'keys': {}}, {'keys': 'x'}, {'keys': []}, {'error': 'server_error'}]
)
async def test_what_is_no_key_set_is_the_providers_failure_and_no_end_of_a_session(
    clock: FakeClock, document: Any
) -> None:
    published = Published(OLD)
    keys = KeySet(published.fetch, clock)
    published.document = document
    with pytest.raises(ProviderFailed, match='no keys'):
        await verify(keys)
    published.rotate(OLD)
    assert await verify(keys) == 'alice'


async def test_members_of_the_set_that_are_no_keys_are_passed_over(clock: FakeClock) -> None:
    published = Published(OLD)
    published.document['keys'] = [None, 42, 'key', [], {}, *published.document['keys']]
    assert await verify(KeySet(published.fetch, clock)) == 'alice'


async def test_a_set_of_too_many_keys_is_the_providers_failure(clock: FakeClock) -> None:
    published = Published(OLD)
    published.document['keys'] *= MAX_KEYS
    assert await verify(KeySet(published.fetch, clock)) == 'alice'
    published.document['keys'].append(OLD.jwk())
    with pytest.raises(ProviderFailed, match=f'{MAX_KEYS + 1} keys'):
        await verify(KeySet(published.fetch, clock))
