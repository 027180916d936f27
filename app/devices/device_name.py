"""What a device is called: what its browser says of itself, as a person would say it.

Two small tables, and no library: the ones that are kept up bring thousands of patterns, and versions and models that
nobody needs here. A browser that is in no table goes by the system that it runs on.
"""

from __future__ import annotations

APP_WINDOW = 'App window'
LONGEST = 1000  # characters of a User-Agent that are looked at

# What stands in the header (RFC 9110 §10.1.5), the most telling first: most browsers name others too.
BROWSERS = (
    ('QtWebEngine/', APP_WINDOW),  # the native window, on Linux
    ('Edg/', 'Edge'),
    ('EdgA/', 'Edge'),
    ('EdgiOS/', 'Edge'),
    ('OPR/', 'Opera'),
    ('OPT/', 'Opera'),
    ('SamsungBrowser/', 'Samsung Internet'),
    ('Vivaldi/', 'Vivaldi'),
    ('YaBrowser/', 'Yandex Browser'),
    ('DuckDuckGo/', 'DuckDuckGo'),
    ('Ddg/', 'DuckDuckGo'),
    ('FxiOS/', 'Firefox'),
    ('Firefox/', 'Firefox'),
    ('CriOS/', 'Chrome'),
    ('Chrome/', 'Chrome'),
    ('Epiphany/', 'GNOME Web'),
    ('Safari/', 'Safari'),
)
SYSTEMS = (
    ('iPhone', 'iPhone'),
    ('iPad', 'iPad'),  # which says that it is a Mac, unless told otherwise
    ('Android', 'Android'),
    ('Windows', 'Windows'),
    ('CrOS', 'ChromeOS'),
    ('Macintosh', 'macOS'),
    ('Linux', 'Linux'),
)


def device_name(user_agent: str) -> str:
    """As `Firefox on Android`; only one of the two if the other is unknown, and '' if both are."""
    said = user_agent[:LONGEST]
    browser, system = _first(BROWSERS, said), _first(SYSTEMS, said)
    return f'{browser} on {system}' if browser and system else browser or system


def _first(names: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in names if mark in said), '')
