"""What `python main.py` is told on the command line, and, in somebody else's app, `python -m stay_signed_in`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial

DOCTOR = 'check the configuration, and say what is wrong and where to mend it'


def obey(arguments: Sequence[str]) -> None:
    """For `main.py`: returns if the app is to start; else does what is asked and ends the process with its exit status.

    `--native` sets NATIVE for the settings, which are loaded after this.
    """
    usage = 'main.py [-h] [--native] [doctor [--json]]'
    parser, _ = _parser('main.py', usage)
    parser.add_argument('--native', action='store_true', help='show the app in a window of its own')
    told = parser.parse_args(arguments)
    if told.native:
        os.environ['NATIVE'] = '1'
    if told.command == 'doctor':
        from .doctor import command  # only now, since the app starts sooner without it

        sys.exit(command.doctor(as_json=told.json))


def obey_host(arguments: Sequence[str]) -> None:
    """For the package in somebody else's app: ends the process. The settings are a guest's."""
    program = f'python -m {__package__}'
    parser, doctor = _parser(program, f'{program} [-h] doctor [--json] [--env-file FILE]')
    doctor.add_argument(
        '--env-file', metavar='FILE', help='the settings may stand there, as Auth(env_file=FILE) has it'
    )
    told = parser.parse_args(arguments)
    if told.command is None:
        sys.exit(f'Nothing was asked for. {program} doctor checks the configuration.')
    from .doctor import command
    from .doctor.reading import Reading

    sys.exit(command.doctor(as_json=told.json, read=partial(Reading.of_host, told.env_file)))


def _parser(program: str, usage: str) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """What both understand, and the part of it that is the doctor's."""
    parser = argparse.ArgumentParser(program, usage, description='Sign-in that stays signed in.')
    doctor = parser.add_subparsers(dest='command', metavar='doctor').add_parser('doctor', help=DOCTOR)
    doctor.add_argument('--json', action='store_true', help='one JSON document, for scripts')
    return parser, doctor


if __name__ == '__main__':
    obey_host(sys.argv[1:])
