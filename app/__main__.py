"""What `python main.py`, or `python -m app`, is told on the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence


def obey(arguments: Sequence[str]) -> None:
    """Returns if the app is to start; else does what is asked and ends the process with its exit status.

    `--native` sets NATIVE for the settings, which are loaded after this.
    """
    usage = 'main.py [-h] [--native] [doctor [--json]]'
    parser = argparse.ArgumentParser('main.py', usage, description='Sign-in that stays signed in.')
    parser.add_argument('--native', action='store_true', help='show the app in a window of its own')
    commands = parser.add_subparsers(dest='command', metavar='doctor')
    doctor = commands.add_parser('doctor', help='check the configuration, and say what is wrong and where to mend it')
    doctor.add_argument('--json', action='store_true', help='one JSON document, for scripts')
    told = parser.parse_args(arguments)
    if told.native:
        os.environ['NATIVE'] = '1'
    if told.command == 'doctor':
        from .doctor import command  # only now, since the app starts sooner without it

        sys.exit(command.doctor(as_json=told.json))


if __name__ == '__main__':
    obey(sys.argv[1:])
    sys.exit(f'Nothing was asked for. python -m {__package__} doctor checks the configuration.')
