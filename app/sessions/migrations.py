"""The tables of the database, and the way there from each earlier version of them.

To change the tables, add a migration at the end of `MIGRATIONS`; one that was ever released stays as it is.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ..errors import SettingsError

log = logging.getLogger(__name__)

TABLES = (
    """
    CREATE TABLE sessions (
        key TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        renewed_at REAL NOT NULL,
        active_at REAL NOT NULL,
        encrypted BLOB NOT NULL
    ) STRICT
    """,
    'CREATE INDEX sessions_by_age ON sessions (renewed_at)',
    """
    CREATE TABLE authorizations (
        key TEXT PRIMARY KEY,
        browser TEXT NOT NULL,
        expires_at REAL NOT NULL,
        claimed INTEGER NOT NULL DEFAULT 0,
        encrypted BLOB NOT NULL
    ) STRICT
    """,
    'CREATE INDEX authorizations_by_browser ON authorizations (browser, expires_at)',
    'CREATE INDEX authorizations_by_age ON authorizations (expires_at)',
    """
    CREATE TABLE browsers (
        key TEXT PRIMARY KEY,
        session TEXT,
        seen_at REAL NOT NULL,
        encrypted BLOB NOT NULL
    ) STRICT
    """,
    'CREATE INDEX browsers_by_age ON browsers (seen_at)',
)


def number_the_versions(db: sqlite3.Connection) -> None:
    """From whatever a commit made before versions had numbers; sign-ins that are in progress are begun anew."""
    columns = {row[1] for row in db.execute('PRAGMA table_info(sessions)')}
    if columns:
        for index in ('sessions_by_browser', 'sessions_by_age'):
            db.execute(f'DROP INDEX IF EXISTS {index}')
        db.execute('ALTER TABLE sessions RENAME TO unnumbered')
    for statement in TABLES:
        db.execute(statement)
    if columns:
        active_at = 'active_at' if 'active_at' in columns else 'renewed_at'
        db.execute(
            f'INSERT INTO sessions SELECT key, revision, renewed_at, {active_at}, sealed FROM unnumbered'  # noqa: S608 - one of our two names
        )
        db.execute('DROP TABLE unnumbered')
    db.execute('DROP TABLE IF EXISTS sign_ins')


def remember_providers(db: sqlite3.Connection) -> None:
    """A place for what was learnt of providers."""
    db.execute('CREATE TABLE providers (key TEXT PRIMARY KEY, encrypted BLOB NOT NULL) STRICT')


def find_by_owner(db: sqlite3.Connection) -> None:
    """A place for what is the same for all sessions of a person; the store fills it, which has the key."""
    db.execute('ALTER TABLE sessions ADD COLUMN owner TEXT')
    db.execute('CREATE INDEX sessions_by_owner ON sessions (owner)')


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (number_the_versions, remember_providers, find_by_owner)
VERSION = len(MIGRATIONS)


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to the present version, in one transaction and after a backup.

    Raises `SettingsError` if a newer version of this app has made them.
    """
    if version_of(db, path) == VERSION:
        return
    db.execute('BEGIN IMMEDIATE')  # another process may be about to do it too
    try:
        version = version_of(db, path)
        if version < VERSION and db.execute('SELECT 1 FROM sqlite_master').fetchone():
            _back_up(path, path.with_name(f'{path.name}.before-v{VERSION}'))
        for migration in MIGRATIONS[version:]:
            migration(db)
        db.execute(f'PRAGMA user_version = {VERSION}')
        db.execute('COMMIT')
    except BaseException:
        db.execute('ROLLBACK')
        raise


def version_of(db: sqlite3.Connection, path: Path) -> int:
    """The version of the tables; 0 for a new file too. Raises `SettingsError` if it is newer than ours."""
    version = int(db.execute('PRAGMA user_version').fetchone()[0])
    if version > VERSION:
        raise SettingsError(
            f'DATA_DIR: {path} was made by a newer version of this app (its version is {version}, and this one knows '
            f'{VERSION}); start that one, or move the file away, and everybody signs in anew'
        )
    return version


def _back_up(path: Path, backup: Path) -> None:
    """A whole copy or none, for its owner only; made through a connection of its own, since ours is changing it."""
    draft = backup.with_name(f'{backup.name}.{os.getpid()}')
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
        draft.replace(backup)
    finally:
        draft.unlink(missing_ok=True)
    log.warning('%s is of an earlier version; a copy of it is %s', path, backup)
