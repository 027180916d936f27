"""What is right or wrong on this machine: the settings, the address, the folder with the key, the clock."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..oidc.probe import Reply
from ..secret_key import KEY_FILE
from ..settings import MIN_KEY_LENGTH, Settings
from .examination import Examination
from .finding import CannotTell, Finding, note, ok, problem, warning

NOTICEABLE = 5.0  # seconds


async def check_settings(examination: Examination) -> Finding:
    """Whether each setting makes sense, and all of them together."""
    complaints = examination.reading.complaints
    if complaints:
        return problem(
            ' '.join(f'{line}.' for line in complaints),
            'Mend it in the environment or in .env; README.md has a table of all settings.',
        )
    settings, misspelled = examination.settings, examination.reading.misspelled
    if misspelled:
        return warning(' '.join(f'{line}.' for line in misspelled), 'Correct the name, or remove it.')
    if len(each := settings.each()) > 1:
        named = ', '.join(f'{own.provider.name} ({"a demo" if own.is_demo else own.issuer})' for own in each)
        return ok(f'They make sense. The app is at {settings.base_url}, its providers are {named}.')
    if each[0].is_demo:
        return ok(f'They make sense. The app is at {settings.base_url}; the demo provider stands in (no OIDC_ISSUER).')
    return ok(f'They make sense. The app is at {settings.base_url}, its provider is {each[0].issuer}.')


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
    """Whether BASE_URL leads to the port; a public app has a proxy before it, which may listen wherever it likes."""
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


async def check_clock(examination: Examination) -> Finding:
    """Whether both clocks go alike; CLOCK_SKEW is what the app puts up with."""
    if not examination.probe.replies:
        raise CannotTell('The provider has not answered.')
    if examination.settings.is_demo:
        return ok('The demo provider goes by this machine’s clock.')
    return judge_difference(clock_difference(examination.probe.replies), examination.settings.clock_skew)


def clock_difference(replies: Iterable[Reply]) -> float | None:
    """By how many seconds the provider's clock is certainly ahead of ours (negative: behind); None if nobody says.

    It is the smallest of all replies: one that a cache kept for a while only seems to come from the past.
    """
    differences = [found for reply in replies if (found := _difference(reply)) is not None]
    return min(differences, key=abs, default=None)


def judge_difference(seconds: float | None, skew: float) -> Finding:
    """Whether tokens will be refused because they seem to be from the future, or expired."""
    if seconds is None:
        return note('The provider does not say what time it is.')
    text = (
        f'The provider’s clock is {abs(seconds):.0f} seconds {"ahead of" if seconds > 0 else "behind"} this machine’s'
    )
    advice = 'Have the clocks set by NTP (timedatectl set-ntp true); this machine’s is the likelier one to be wrong.'
    if abs(seconds) > skew:
        return problem(f'{text}, and CLOCK_SKEW allows for {skew:.0f}: ID tokens will be refused.', advice)
    if abs(seconds) >= NOTICEABLE:
        return warning(f'{text}; CLOCK_SKEW allows for {skew:.0f}.', advice)
    return ok('The provider’s clock and this machine’s agree.')


def _difference(reply: Reply) -> float | None:
    """By how many seconds the clock is certainly ahead, by one reply; None if it has no usable Date.

    The Date is cut to whole seconds, and was set at some moment between sending and receiving.
    """
    dates, ages = reply.values('date'), reply.values('age')
    try:
        age = int(ages[0]) if ages else 0
        date = parsedate_to_datetime(dates[0]).timestamp() + age if dates else None
    except (ValueError, OverflowError):
        return None
    if date is None:
        return None
    if date > reply.received_at:
        return date - reply.received_at
    return min(0.0, date + 1 - reply.sent_at)
