"""A client secret that is kept elsewhere, in a secret manager, and asked for whenever it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import isawaitable, iscoroutinefunction

from ...errors import ClientSecretUnavailable

DEADLINE = 10.0  # seconds until it counts as failed


@dataclass(frozen=True, slots=True)
class SecretSource:
    """A function that gives the secret of the moment, plain or asynchronous; a plain one runs in a thread of its own.

    It is asked anew for each request, so that a secret that is replaced there is used at once; one that takes long had
    better remember it for a while.
    """

    ask: Callable[[], str | Awaitable[str]] = field(repr=False)

    async def secret(self) -> str:
        """The secret. Raises `ClientSecretUnavailable` if it fails, takes too long, or gives no text.

        Nothing is said of the failure but its type: whose words it has may quote the secret.
        """
        try:
            async with asyncio.timeout(DEADLINE):
                found = await self._asked()
        except TimeoutError:
            raise ClientSecretUnavailable(f'the client secret was not there in {DEADLINE:g} s') from None
        except Exception as error:  # whatever a stranger's function raises
            raise ClientSecretUnavailable(f'what gives the client secret raised {type(error).__name__}') from None
        if not isinstance(found, str) or not found:
            raise ClientSecretUnavailable(f'what gives the client secret gave {_kind(found)}')
        return found

    async def _asked(self) -> object:
        is_asynchronous = iscoroutinefunction(self.ask) or iscoroutinefunction(type(self.ask).__call__)
        found = self.ask() if is_asynchronous else await asyncio.to_thread(self.ask)
        return await found if isawaitable(found) else found


def _kind(found: object) -> str:
    return 'an empty text' if found == '' else f'a value of type {type(found).__name__}'
