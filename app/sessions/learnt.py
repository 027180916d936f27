"""What was learnt of a provider, kept over restarts."""

from __future__ import annotations

import logging

from ..errors import StoreFailed
from ..oidc.provider_client import ProviderClient
from ..oidc.quirks import Quirks
from .store import SessionStore

log = logging.getLogger(__name__)


async def learn(provider: ProviderClient, store: SessionStore, quirks: Quirks) -> None:
    """Ask the provider like this from now on, here and after a restart."""
    if quirks == provider.quirks:
        return
    provider.learn(quirks)
    log.info('learnt of %s: %s', provider.issuer, quirks)
    try:
        await store.keep_quirks(provider.key, quirks)
    except StoreFailed:  # then it is learnt once more
        log.exception('what was learnt of a provider could not be written down')


async def recall(provider: ProviderClient, store: SessionStore) -> None:
    """Ask the provider as was learnt before the app was started."""
    try:
        quirks = await store.quirks(provider.key)
    except StoreFailed:  # then it is learnt once more
        log.exception('what was learnt of a provider could not be read')
        return
    if quirks is not None:
        provider.learn(quirks.after_restart())
