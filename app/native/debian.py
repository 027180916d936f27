"""Debian's packages, where they are missing and may be installed.

`python -m app.native.debian` installs the libraries that the window's engine, Qt, takes from the system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library

QT_LIBRARIES = {  # by the name that the linker knows them by
    'EGL': 'libegl1',
    'GL': 'libgl1',
    'X11-xcb': 'libx11-xcb1',
    'Xcomposite': 'libxcomposite1',
    'Xdamage': 'libxdamage1',
    'Xrandr': 'libxrandr2',
    'Xtst': 'libxtst6',
    'asound': 'alsa-utils',  # brings it under whatever name this release has for it
    'dbus-1': 'libdbus-1-3',
    'fontconfig': 'libfontconfig1',
    'gbm': 'libgbm1',
    'nss3': 'libnss3',
    'xcb-cursor': 'libxcb-cursor0',
    'xcb-dri3': 'libxcb-dri3-0',
    'xcb-icccm': 'libxcb-icccm4',
    'xcb-image': 'libxcb-image0',
    'xcb-keysyms': 'libxcb-keysyms1',
    'xcb-randr': 'libxcb-randr0',
    'xcb-render-util': 'libxcb-render-util0',
    'xcb-shape': 'libxcb-shape0',
    'xcb-sync': 'libxcb-sync1',
    'xcb-xkb': 'libxcb-xkb1',
    'xkbcommon-x11': 'libxkbcommon-x11-0',
    'xkbfile': 'libxkbfile1',
}


def missing_libraries() -> list[str]:
    """The packages whose library this machine does not have; none where there is no Debian."""
    if shutil.which('apt-get') is None:
        return []
    return [package for library, package in QT_LIBRARIES.items() if find_library(library) is None]


def install(packages: Sequence[str]) -> None:
    """Install them, as root or with a sudo that asks for nothing; does nothing elsewhere, or if there are none.

    Whether it worked is for the caller to see; what apt-get complains about goes to the standard error.
    """
    apt_get, is_root = shutil.which('apt-get'), os.geteuid() == 0
    if not packages or apt_get is None or not (is_root or shutil.which('sudo')):
        return
    print(f'Installing {", ".join(packages)} (the first time only) ...', flush=True)  # noqa: T201 - for a person
    command = [*([] if is_root else ['sudo', '--non-interactive']), 'env', 'DEBIAN_FRONTEND=noninteractive', apt_get]
    for arguments in (['update'], ['install', '--yes', '--no-install-recommends', *packages]):
        told = [*command, '--quiet=2', *arguments]
        result = subprocess.run(told, capture_output=True, text=True, check=False)  # noqa: S603 - words of our own only
        if result.returncode != 0:
            complaint = result.stderr.strip().splitlines()[-1:] or ['apt-get failed']
            print(*complaint, file=sys.stderr)  # noqa: T201 - for a person


if __name__ == '__main__':
    install(missing_libraries())
    if still_missing := missing_libraries():
        sys.exit(f'The window needs libraries of the system: apt-get install {" ".join(still_missing)}')
