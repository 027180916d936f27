"""The real providers, as programs that a test session starts, and the clients that they know."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

Name = Literal['oidc-provider', 'django-allauth']
HERE = Path(__file__).parent
BASE_URL = 'http://localhost:8080'
SECRET = 'the-secret-of-the-clients-of-these-tests'
PERSON, PASSWORD = 'alice', 'a password of the tests'
COMMANDS: dict[Name, list[str]] = {
    'oidc-provider': ['node', str(HERE / 'providers' / 'oidc-provider.mjs')],
    'django-allauth': [sys.executable, '-m', 'tests.interop.providers.django_allauth'],
}


def client(client_id: str, paths: tuple[str, ...] = ('callback', 'silent'), **changes: object) -> dict[str, Any]:
    return {
        'client_id': client_id,
        'client_secret': SECRET,
        'redirect_uris': [f'{BASE_URL}/{path}' for path in paths],
        'post_logout_redirect_uris': [f'{BASE_URL}/'],
        'grant_types': ['authorization_code', 'refresh_token'],
        **changes,
    }


CLIENTS = [
    client('healthy'),
    client('no-callback', ('silent',)),
    client('no-silent', ('callback',)),
    client('neither', ('elsewhere',)),
    client('no-refresh', grant_types=['authorization_code']),
    client('no-logout', post_logout_redirect_uris=[f'{BASE_URL}/bye']),
]


@contextmanager
def running(name: Name) -> Iterator[dict[str, str]]:
    """The provider while it runs, in all its variants: the issuer of each, by what is wrong with it."""
    with told([*COMMANDS[name], json.dumps(CLIENTS)]) as issuers:
        yield issuers


@contextmanager
def told(command: list[str]) -> Iterator[dict[str, Any]]:
    """What a program says on its first line, as JSON, while it runs."""
    with tempfile.TemporaryFile() as complaints:  # a pipe that nobody reads would stop it once it is full
        process = subprocess.Popen(
            command, cwd=HERE.parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()  # the time limit of the tests ends what never says it
            complaints.seek(0)
            assert line, f'{command[:2]} did not start: {complaints.read().decode()}'
            yield json.loads(line)
        finally:
            process.kill()
            process.communicate()
