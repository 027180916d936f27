"""Sessions in one SQLite file: encrypted, readable by its owner only, safe against `kill -9`.

It is our own, since no session library keeps a revision beside each session, claims a sign-in once over all processes,
and changes a session, its browser and the sign-ins in progress in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from ..errors import AnotherBrowser, SessionEnded, SubjectMismatch
from ..oidc.quirks import Quirks
from .browser_record import BrowserRecord
from .browser_rows import BrowserRows, first_value
from .database import Database
from .pending_authorization import PendingAuthorization
from .records import Records
from .session import ABANDONED_AFTER, Ending, Session, reference
from .store import FinishedSignIn

MOST_AUTHORIZATIONS = 20  # in progress in one browser; the oldest are forgotten
VISITOR_KEPT_FOR = 30 * 86_400.0  # seconds; nothing that is known of a visitor matters for longer

FORGET_OLDEST = """
DELETE FROM authorizations WHERE browser = ? AND key NOT IN (
    SELECT key FROM authorizations WHERE browser = ? ORDER BY expires_at DESC LIMIT ?
)
"""
AWAITED = """
SELECT key, encrypted FROM authorizations WHERE browser = ? AND expires_at > ? AND NOT claimed
ORDER BY expires_at DESC, rowid DESC
"""
FORGET_ABANDONED_BROWSERS = """
DELETE FROM browsers WHERE seen_at < ? AND (session IS NULL OR session NOT IN (SELECT key FROM sessions))
"""
INSERT_SESSION = (
    'INSERT INTO sessions (key, revision, renewed_at, active_at, encrypted, owner) VALUES (?, ?, ?, ?, ?, ?)'
)
REPLACE_SESSION = (
    'UPDATE sessions SET revision = ?, renewed_at = ?, encrypted = ?, owner = ? WHERE key = ? AND revision = ?'
)
MARK_SESSION = 'UPDATE sessions SET revision = ?, encrypted = ?, owner = ? WHERE key = ?'
BY_OWNER = 'SELECT key, encrypted FROM sessions WHERE owner = ? ORDER BY renewed_at DESC, rowid DESC'
NOBODYS = ''  # of what is not to be found by its owner: it has ended, or cannot be read
INSERT_AUTHORIZATION = 'INSERT INTO authorizations (key, browser, expires_at, encrypted) VALUES (?, ?, ?, ?)'
KEEP_PROVIDER = 'INSERT OR REPLACE INTO providers (key, encrypted) VALUES (?, ?)'


class SqliteSessionStore:
    """A `SessionStore` in a file. Ids are kept as their SHA-256, everything else encrypted.

    `secret_key` gives the key that they are encrypted with, once the store is opened; it may have to read a file.
    """

    def __init__(self, path: Path, secret_key: Callable[[], str]) -> None:
        self._secret_key = secret_key
        self._database = Database(path)

    async def open(self) -> None:
        self._records = Records(self._secret_key())
        self._browsers = BrowserRows(self._records)
        await self._database.open(self._fill_owners)

    async def load(self, session_id: str) -> Session | None:
        return await self._database.read(lambda db: self._session(db, session_id))

    async def by_reference(self, reference: str) -> Session | None:
        return await self._database.read(lambda db: self._by_key(db, reference))

    async def replace(self, old: Session, new: Session) -> bool:
        if old.ended is not None:
            return False
        renewed_at, encrypted = new.tokens.issued_at, self._records.encrypt(new)
        row = (new.revision, renewed_at, encrypted, self._owner(new), old.reference, old.revision)
        return await self._database.write(lambda db: db.execute(REPLACE_SESSION, row).rowcount == 1)

    async def end(
        self, session_id: str, ending: Ending, *, browser: str | None = None, heir: str | None = None
    ) -> Session | None:
        def mark(db: Connection) -> Session | None:
            session = self._session(db, session_id)
            if session is None:
                return None
            if session.ended is None or (ending.code == SessionEnded.code and not session.ended.stays):
                self._mark(db, session, ending)
            elif ending.code != SessionEnded.code:
                return None
            if ending.code == SessionEnded.code:
                _forget_authorizations(db, session.browser, *([browser] if browser else []))
            if heir:
                record = self._browsers.get(db, browser) if browser else None
                self._browsers.bequeath(db, record, heir, session_id, ending.at)
            return session if session.ended is None else None

        return await self._database.write(mark)

    async def sessions_of(self, issuer: str, subject: str) -> list[Session]:
        return await self._database.read(lambda db: self._sessions_of(db, issuer, subject))

    async def end_all(self, issuer: str, subject: str, ending: Ending, *, but: str | None = None) -> list[Session]:
        def mark(db: Connection) -> list[Session]:
            sessions = [session for session in self._sessions_of(db, issuer, subject) if session.id != but]
            for session in sessions:
                self._mark(db, session, ending)
            return sessions

        return await self._database.write(mark)

    async def touch(self, session_id: str, now: float) -> None:
        statement = 'UPDATE sessions SET active_at = max(active_at, ?) WHERE key = ?'
        await self._database.write(lambda db: db.execute(statement, (now, reference(session_id))))

    async def active_at(self, session_id: str) -> float | None:
        statement = 'SELECT active_at FROM sessions WHERE key = ?'
        found = await self._database.read(lambda db: first_value(db, statement, reference(session_id)))
        return None if found is None else float(found)

    async def browser(self, browser: str) -> BrowserRecord | None:
        return await self._database.read(lambda db: self._browsers.get(db, browser))

    async def adopt(self, record: BrowserRecord, session: Session | None, now: float) -> None:
        def adopt(db: Connection) -> None:
            if self._browsers.get(db, record.id) is not None:
                return
            self._browsers.keep(db, record, now)
            if session is not None:
                self._insert(db, session)
            elif record.session_id and (present := self._session(db, record.session_id)):
                row = (self._records.encrypt(replace(present, browser=record.id)), present.reference)
                db.execute('UPDATE sessions SET encrypted = ? WHERE key = ?', row)

        await self._database.write(adopt)

    async def change_browser(
        self, browser: str, change: Callable[[BrowserRecord], BrowserRecord], now: float
    ) -> BrowserRecord:
        def keep(db: Connection) -> BrowserRecord:
            changed = change(self._browsers.get(db, browser) or BrowserRecord(browser))
            self._browsers.keep(db, changed, now)
            return changed

        return await self._database.write(keep)

    async def succeed(self, browser: str, heir: str, now: float) -> bool:
        return await self._database.write(lambda db: self._browsers.succeed(db, browser, heir, now))

    async def begin_authorization(self, authorization: PendingAuthorization) -> None:
        now = authorization.begun_at
        key, browser = reference(authorization.request.state), reference(authorization.browser)
        row = (key, browser, authorization.expires_at, self._records.encrypt(authorization))

        def insert(db: Connection) -> None:
            record = self._browsers.get(db, authorization.browser) or BrowserRecord(authorization.browser)
            if authorization.kind == 'silent':
                if not record.is_visitor:
                    raise SessionEnded('nobody is signed in without being asked where somebody has been')
                record = replace(record, looked_at=now)
            self._browsers.keep(db, replace(record, return_to=authorization.return_to), now)
            db.execute('DELETE FROM authorizations WHERE expires_at <= ?', (now,))
            db.execute('DELETE FROM browsers WHERE session IS NULL AND seen_at < ?', (now - VISITOR_KEPT_FOR,))
            db.execute(FORGET_OLDEST, (browser, browser, MOST_AUTHORIZATIONS))
            db.execute(INSERT_AUTHORIZATION, row)

        await self._database.write(insert)

    async def claim_authorization(self, state: str, browser: str, now: float) -> PendingAuthorization | None:
        def claim(db: Connection) -> PendingAuthorization | None:
            statement = 'SELECT encrypted FROM authorizations WHERE key = ? AND expires_at > ? AND NOT claimed'
            key = reference(state)
            authorization = self._records.authorization(key, first_value(db, statement, key, now))
            if authorization is None:
                return None
            if not self._browsers.leads_to(db, browser, authorization.browser):
                raise AnotherBrowser(kind=authorization.kind, return_to=authorization.return_to)
            db.execute('UPDATE authorizations SET claimed = 1 WHERE key = ?', (key,))
            return authorization

        return await self._database.write(claim)

    async def awaited_sign_in(self, browser: str, now: float) -> PendingAuthorization | None:
        def look(db: Connection) -> PendingAuthorization | None:
            rows = db.execute(AWAITED, (reference(browser), now)).fetchall()
            begun = (self._records.authorization(key, encrypted) for key, encrypted in rows)
            return next((found for found in begun if found and found.kind in {'interactive', 'popup'}), None)

        return await self._database.read(look)

    async def finish_authorization(
        self, authorization: PendingAuthorization, session: Session, browser: str
    ) -> FinishedSignIn | None:
        def finish(db: Connection) -> FinishedSignIn | None:
            key = reference(authorization.request.state)
            statement = 'DELETE FROM authorizations WHERE key = ? AND claimed RETURNING encrypted'
            begun = self._records.authorization(key, first_value(db, statement, key))
            if begun is None:
                return None
            owner = self._browsers.get(db, begun.browser) or BrowserRecord(begun.browser)
            present = self._session(db, owner.session_id) if owner.session_id else None
            is_same = present is not None and present.is_same_person(session)
            if begun.browser != browser or (begun.kind == 'silent' and owner.session_id is not None):
                # Another sign-in was finished meanwhile, which is the one that the browser knows of.
                return FinishedSignIn(present) if present and is_same and present.ended is None else None
            is_alive = present is not None and present.ended is None
            if present is not None and is_alive:
                self._leave(db, present, session)
            self._insert(db, session)
            now = session.signed_in_at
            back = begun.return_to  # an answer that comes twice leads where the first one did
            heir = BrowserRecord(session.browser, session_id=session.id, window_key=owner.window_key, return_to=back)
            self._browsers.hand_on(db, BrowserRecord(browser, successor=heir.id, return_to=back), heir, now)
            db.execute('DELETE FROM sessions WHERE renewed_at < ?', (now - ABANDONED_AFTER,))
            db.execute(FORGET_ABANDONED_BROWSERS, (now - ABANDONED_AFTER,))
            by_another = owner.session_id is not None and not is_same
            return FinishedSignIn(session, owner.session_id, by_another, present if is_alive and by_another else None)

        return await self._database.write(finish)

    async def quirks(self, provider: str) -> Quirks | None:
        statement = 'SELECT encrypted FROM providers WHERE key = ?'
        found = await self._database.read(lambda db: first_value(db, statement, reference(provider)))
        return self._records.quirks(found)

    async def keep_quirks(self, provider: str, quirks: Quirks) -> None:
        row = (reference(provider), self._records.encrypt(quirks))
        await self._database.write(lambda db: db.execute(KEEP_PROVIDER, row))

    async def close(self) -> None:
        await self._database.close()

    def _session(self, db: Connection, session_id: str) -> Session | None:
        return self._by_key(db, reference(session_id))

    def _by_key(self, db: Connection, key: str) -> Session | None:
        return self._records.session(key, first_value(db, 'SELECT encrypted FROM sessions WHERE key = ?', key))

    def _insert(self, db: Connection, session: Session) -> None:
        renewed_at = session.tokens.issued_at
        encrypted, owner = self._records.encrypt(session), self._owner(session)
        db.execute(INSERT_SESSION, (session.reference, session.revision, renewed_at, renewed_at, encrypted, owner))

    def _owner(self, session: Session) -> str:
        return NOBODYS if session.ended else self._records.owner(session.issuer, session.subject)

    def _sessions_of(self, db: Connection, issuer: str, subject: str) -> list[Session]:
        rows = db.execute(BY_OWNER, (self._records.owner(issuer, subject),)).fetchall()
        found = [session for key, encrypted in rows if (session := self._records.session(key, encrypted))]
        return [each for each in found if (each.issuer, each.subject) == (issuer, subject) and each.ended is None]

    def _fill_owners(self, db: Connection) -> None:
        """Of sessions that were kept before they were found by their owner; one that cannot be read is passed over."""
        for key, encrypted in db.execute('SELECT key, encrypted FROM sessions WHERE owner IS NULL').fetchall():
            session = self._records.session(key, encrypted)
            owner = self._owner(session) if session else NOBODYS
            db.execute('UPDATE sessions SET owner = ? WHERE key = ?', (owner, key))

    def _mark(self, db: Connection, session: Session, ending: Ending) -> None:
        over = session.over(ending)
        db.execute(MARK_SESSION, (over.revision, self._records.encrypt(over), self._owner(over), over.reference))

    def _leave(self, db: Connection, session: Session, new: Session) -> None:
        """End what a browser had before: its tabs go on with the new session if that is the same person's."""
        if session.is_same_person(new):
            db.execute('DELETE FROM sessions WHERE key = ?', (session.reference,))
        else:
            self._mark(db, session, Ending(SubjectMismatch.code, new.signed_in_at))


def _forget_authorizations(db: Connection, *browsers: str) -> None:
    for browser in browsers:
        db.execute('DELETE FROM authorizations WHERE browser = ?', (reference(browser),))
