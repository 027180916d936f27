"""Users in a database of the app's own: `python users_in_sqlite.py`, then open http://localhost:8080.

Whoever signs in is written into `users.db`, or found there; the table says who is blocked, and which role they have.
Alice has the role `owner`, since she came first. Try it: block Bob, sign in as Bob.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from nicegui import ui
from stay_signed_in import Auth, Denied, Person

DATABASE = os.environ.get('USERS_DB', 'users.db')
TABLE = """
CREATE TABLE IF NOT EXISTS users (
    issuer TEXT NOT NULL,
    sub TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0,
    last_seen TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (issuer, sub)
)
"""
KEEP = """
INSERT INTO users (issuer, sub, name, role)
VALUES (:issuer, :sub, :name, iif(EXISTS (SELECT 1 FROM users), 'guest', 'owner'))
ON CONFLICT (issuer, sub) DO UPDATE SET name = excluded.name
RETURNING role, blocked
"""
SEEN = 'UPDATE users SET last_seen = datetime() || ? WHERE issuer = ? AND sub = ?'

auth = Auth(roles='role')


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    """A connection for one transaction, in whichever thread asks."""
    with closing(sqlite3.connect(DATABASE)) as db, db:
        db.execute(TABLE)
        yield db


@auth.on_login
def keep(person: Person) -> dict[str, str]:
    """Called before anybody is signed in, in a thread: what it returns are claims, of which `role` is the role."""
    with database() as db:
        who = {'issuer': person.issuer, 'sub': person.sub, 'name': person.name}
        ((role, blocked),) = db.execute(KEEP, who).fetchall()
    if blocked:
        raise Denied('Your account is blocked. Ask the owner of this app.')
    return {'role': role}


@auth.on_logout
def note(person: Person, reason: str) -> None:
    """Called behind the end of a session, whatever ended it."""
    with database() as db:
        db.execute(SEEN, (f' ({reason})', person.issuer, person.sub))


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    ui.label(f'Your role: {", ".join(auth.user.roles)}')
    auth.logout_button()
    users()


def users() -> None:
    with database() as db:
        rows = db.execute('SELECT issuer, sub, name, role, blocked, last_seen FROM users ORDER BY rowid').fetchall()
    for issuer, sub, name, role, blocked, last_seen in rows:
        with ui.row().classes('items-center'):
            ui.label(f'{name}, {role}{", blocked" if blocked else ""}, {last_seen or "never logged out"}')
            if auth.user.has(role='owner') and role != 'owner':
                word = 'Unblock' if blocked else 'Block'
                ui.button(f'{word} {name}', on_click=lambda user=(issuer, sub), to=not blocked: block(*user, to=to))


@auth.require(role='owner')
async def block(issuer: str, sub: str, *, to: bool) -> None:
    """Whoever is blocked is signed out at once, everywhere, and cannot come back."""
    with database() as db:
        db.execute('UPDATE users SET blocked = ? WHERE issuer = ? AND sub = ?', (to, issuer, sub))
    if to:
        await auth.sign_out(issuer, sub)
    ui.navigate.reload()


ui.run()
