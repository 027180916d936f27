"""The host's modules, which have to be run anew in each test, as its main file is."""

from __future__ import annotations

import sys
from collections.abc import Collection
from types import ModuleType


def forget_modules(auths: Collection[object]) -> None:
    """Let modules that have one of these be imported anew, and those that have one of these modules; ours stay.

    NiceGUI does so only with modules that have a page in them: an `Auth` in one of its own would stay that of the test
    before, which is in no app any more.
    """
    forgotten = [*auths]
    modules = _others()
    while found := {name: module for name, module in modules.items() if _has_one_of(module, forgotten)}:
        forgotten = list(found.values())
        for name in found:
            del modules[name]
            sys.modules.pop(name, None)


def _others() -> dict[str, ModuleType]:
    own = __name__.split('.')[0]
    return {
        name: module
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and name.split('.')[0] not in {own, '__main__'}
    }


def _has_one_of(module: ModuleType, values: Collection[object]) -> bool:
    return any(item is value for item in list(vars(module).values()) for value in values)
