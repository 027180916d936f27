"""What an app keeps for each person, as `app.storage.user` does for each browser.

It stands in NiceGUI's `app.storage.general`, whose file everybody's things share: it is for what is small, is written
as a whole with each change, and is no place for secrets, since it is not encrypted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from nicegui import app

from ..clock import Clock
from ..sessions.session import ABANDONED_AFTER, Session, owner_of

log = logging.getLogger(__name__)

KEY = 'stay_signed_in'  # in `app.storage.general`; nothing else there is touched
DAY = 86_400.0  # seconds; how exactly it is known when a person was last here
LARGE = 65_536  # characters of JSON; once a day the log says who has more


class PersonStorage:
    """A dictionary for each person: the same in all their browsers, and nobody else's, whoever uses the browser next.

    What nobody has looked at for 400 days goes.
    """

    def __init__(self, clock: Clock, general: Callable[[], dict[str, Any]] = lambda: app.storage.general) -> None:
        self._clock = clock
        self._general = general
        self._swept_at = 0.0

    def of(self, session: Session) -> dict[str, Any]:
        """The things of the person with this session; a change in it, however deep, is kept, and can be bound to.

        Keys are text; values are what JSON has, and what NiceGUI's storage makes of it.
        """
        people, owner, now = self._people(), session.owner, self._clock.now()
        if not 0 <= now - self._swept_at < DAY:
            self._sweep(people, now)
        if not _is_record(people.get(owner)):
            people[owner] = {'seen_at': now, 'kept': {}}
        record = people[owner]
        if not 0 <= now - record['seen_at'] < DAY:
            record['seen_at'] = now
            _look_at(owner, record['kept'])
        kept: dict[str, Any] = record['kept']
        return kept

    def forget(self, issuer: str, subject: str) -> None:
        """Forget the things of a person; nothing if there are none."""
        self._people().pop(owner_of(issuer, subject), None)

    def _people(self) -> dict[str, Any]:
        general = self._general()
        if not isinstance(general.get(KEY), dict):
            general[KEY] = {}
        people: dict[str, Any] = general[KEY]
        return people

    def _sweep(self, people: dict[str, Any], now: float) -> None:
        self._swept_at = now
        for owner, record in tuple(people.items()):
            if not _is_record(record) or now - record['seen_at'] > ABANDONED_AFTER:
                del people[owner]


def _is_record(record: object) -> bool:
    """Whether it is as we write it."""
    if not isinstance(record, dict):
        return False
    return isinstance(record.get('kept'), dict) and isinstance(record.get('seen_at'), (int, float))


def _look_at(owner: str, kept: dict[str, Any]) -> None:
    if len(json.dumps(kept, default=str)) > LARGE:
        log.warning('what is kept for the person %s is larger than %d characters', owner, LARGE)
