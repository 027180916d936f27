"""What can be checked without asking anybody: the settings, the key and the folder."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from ..secret_key import KEY_FILE
from ..settings import MIN_KEY_LENGTH, Settings
from .examination import Examination
from .finding import Finding, ok, problem, warning


async def check_settings(examination: Examination) -> Finding:
    """Whether each setting makes sense, and all of them together."""
    complaints = examination.reading.complaints
    if complaints:
        return problem(
            ' '.join(f'{line}.' for line in complaints),
            'Mend it in the environment or in .env; README.md has a table of all settings.',
        )
    settings = examination.settings
    if settings.is_demo:
        return ok(f'They make sense. The app is at {settings.base_url}; the demo provider stands in (no OIDC_ISSUER).')
    return ok(f'They make sense. The app is at {settings.base_url}, its provider is {settings.issuer}.')


async def check_port(examination: Examination) -> Finding:
    """Whether browsers on this machine find the app where BASE_URL sends them."""
    examination.need('base_url', 'port')
    return judge_port(examination.settings)


async def check_data_dir(examination: Examination) -> Finding:
    """Whether the sessions can be kept, and what they are encrypted with."""
    examination.need('data_dir')
    key_is_known = 'secret_key' not in examination.reading.broken
    return await asyncio.to_thread(judge_data_dir, examination.settings, key_is_known=key_is_known)


def judge_port(settings: Settings) -> Finding:
    """An https app has a proxy before it, which may listen wherever it likes."""
    base, port = urlsplit(settings.base_url), settings.listen_port()
    if not settings.is_loopback:
        return ok(f'The app is to listen at {settings.host}:{port}, behind the proxy that is at {settings.base_url}.')
    if base.scheme == 'http' and (base.port or 80) != port:
        return warning(
            f'The app is to listen at port {port}, but BASE_URL sends browsers to {settings.base_url}.',
            'Leave PORT or BASE_URL out, unless something passes requests on from one port to the other.',
        )
    return ok(f'The app is to listen at {settings.host}:{port}, where BASE_URL leads.')


def judge_data_dir(settings: Settings, *, key_is_known: bool = True) -> Finding:
    """Whether a file can be made in DATA_DIR, or DATA_DIR itself can be; nothing of it stays."""
    folder = settings.data_dir.absolute()
    advice = 'Set DATA_DIR to a folder that the app may write to.'
    try:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        with tempfile.TemporaryFile(dir=existing):
            pass
        return _judge_key(settings, folder / KEY_FILE) if key_is_known else ok(f'{folder} can be written to.')
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else 'not a text'
        return problem(f'DATA_DIR cannot be used: {reason or error} ({folder}).', advice)


def _judge_key(settings: Settings, path: Path) -> Finding:
    if settings.secret_key:
        return ok(f'{path.parent} can be written to; SECRET_KEY is set.')
    if not path.exists():
        return ok(f'{path.parent} can be written to; the key is made there at the first start (no SECRET_KEY).')
    if len(path.read_text().strip()) < MIN_KEY_LENGTH:
        return problem(
            f'SECRET_KEY is not set, and the generated one in {path} is damaged.',
            'Remove the file, and everybody signs in anew.',
        )
    if os.name == 'posix' and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return warning(f'Others on this machine can read the key in {path}.', f'chmod 600 {path}')
    return ok(f'{path.parent} can be written to; the generated key is in it (no SECRET_KEY).')
