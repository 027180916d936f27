"""What `make native` does about Debian's packages, on machines whose programs are scripts of the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Machine:
    """A machine that has the programs of this folder, and a virtual environment where nothing is missing."""

    programs: Path
    environment: Path

    def has(self, program: str, script: str) -> None:
        path = self.programs / program
        path.write_text(f'#!/bin/sh\n{script}\n')
        path.chmod(0o755)

    def make_native(self) -> subprocess.CompletedProcess[str]:
        command = ['make', '--no-print-directory', 'native', f'VENV={self.environment}']
        environment = {**os.environ, 'PATH': str(self.programs)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def installed(self) -> list[str]:
        """What apt-get was told, a line each."""
        log = self.programs / 'log'
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian machine that is used by root and lacks a package."""
    machine = Machine(tmp_path / 'bin', tmp_path / 'venv')
    for folder in (machine.programs, machine.environment):
        folder.mkdir()
    for done in ('run', 'native'):
        (machine.environment / done).touch()
    for program in ('make', 'sh', 'env', 'echo'):
        (machine.programs / program).symlink_to(str(shutil.which(program)))
    machine.has('id', 'echo 0')
    machine.has('dpkg', 'exit 1')
    machine.has('apt-get', f'echo "$DEBIAN_FRONTEND $@" >> {machine.programs}/log')
    return machine


def test_packages_that_are_missing_are_installed(machine: Machine) -> None:
    assert machine.make_native().returncode == 0
    update, install = machine.installed()
    assert update == 'noninteractive -qq update'
    assert install.startswith('noninteractive -qq install --yes --no-install-recommends libegl1 ')


def test_where_none_is_missing_nothing_is_installed(machine: Machine) -> None:
    machine.has('dpkg', 'exit 0')
    said = machine.make_native()
    assert (said.returncode, said.stderr, machine.installed()) == (0, '', [])


def test_a_machine_without_apt_is_left_alone(machine: Machine) -> None:
    (machine.programs / 'apt-get').unlink()
    said = machine.make_native()
    assert (said.returncode, said.stderr) == (0, '')


def test_who_is_not_root_installs_by_a_sudo_that_asks_for_nothing(machine: Machine) -> None:
    machine.has('id', 'echo 1000')
    machine.has('sudo', 'test "$1" = -n && shift && exec "$@"')
    assert machine.make_native().returncode == 0
    assert len(machine.installed()) == 2


@pytest.mark.parametrize('program', ['sudo', 'apt-get'])
def test_what_cannot_be_installed_is_told_with_the_command_for_it(machine: Machine, program: str) -> None:
    machine.has('id', 'echo 1000')
    machine.has('sudo', 'shift && exec "$@"')
    machine.has(program, 'exit 1')
    said = machine.make_native()
    assert said.returncode != 0
    assert 'Needed, and not installed: apt-get install libegl1 ' in said.stderr
