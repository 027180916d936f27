"""The rows of the browsers: what is known of each, and which id has followed which."""

from __future__ import annotations

from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from .browser_record import BrowserRecord
from .records import Records
from .session import reference

MOST_SUCCESSORS = 20  # ids that a browser can have had since a request of it was sent
KEEP_BROWSER = 'INSERT OR REPLACE INTO browsers (key, session, seen_at, encrypted) VALUES (?, ?, ?, ?)'


class BrowserRows:
    """Reads and writes them as part of whatever transaction is under way in `db`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def get(self, db: Connection, browser: str) -> BrowserRecord | None:
        """What is known of the browser with this id; None if nothing is."""
        key = reference(browser)
        return self._records.browser(key, first_value(db, 'SELECT encrypted FROM browsers WHERE key = ?', key))

    def keep(self, db: Connection, record: BrowserRecord, now: float) -> None:
        """Write it down, in the place of what was known before."""
        session = reference(record.session_id) if record.session_id else None
        db.execute(KEEP_BROWSER, (reference(record.id), session, now, self._records.encrypt(record)))

    def leads_to(self, db: Connection, browser: str, owner: str) -> bool:
        """Whether `owner` is this browser's id, or became it since."""
        present: str | None = browser
        for _ in range(MOST_SUCCESSORS):
            if present is None or present == owner:
                break
            record = self.get(db, present)
            present = record.successor if record else None
        return present == owner

    def succeed(self, db: Connection, browser: str, heir: str, now: float) -> bool:
        """As `SessionStore.succeed` has it."""
        record = self.get(db, browser)
        if record is None or record.successor is not None:
            return False
        self.bequeath(db, record, heir, record.session_id, now)
        return True

    def bequeath(
        self, db: Connection, record: BrowserRecord | None, heir: str, session_id: str | None, now: float
    ) -> None:
        """Let the heir of this id have the session, or its mark; nothing if another id is its heir already."""
        present = BrowserRecord(heir, session_id=session_id, window_key=record.window_key if record else None)
        if record is None:
            self.keep(db, present, now)
        elif record.successor is None:
            self.hand_on(db, replace(record, window_key=None, successor=heir), present, now)

    def hand_on(self, db: Connection, old: BrowserRecord, heir: BrowserRecord, now: float) -> None:
        """Keep both records, and let the heir finish the sign-ins that the old id began.

        Those that the old id begins from now on are its own: whoever knew it before must not sign the heir in.
        """
        self.keep(db, old, now)
        self.keep(db, heir, now)
        statement = 'SELECT key, encrypted FROM authorizations WHERE browser = ?'
        for key, encrypted in db.execute(statement, (reference(old.id),)).fetchall():
            begun = self._records.authorization(key, encrypted)
            if begun is not None:
                row = (reference(heir.id), self._records.encrypt(replace(begun, browser=heir.id)), key)
                db.execute('UPDATE authorizations SET browser = ?, encrypted = ? WHERE key = ?', row)


def first_value(db: Connection, statement: str, *values: Any) -> Any:
    """The first value of the first row; None if there is no row."""
    row = db.execute(statement, values).fetchone()
    return None if row is None else row[0]
