"""The hooks of an app, as it has given them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, isclass, isgeneratorfunction, signature
from typing import Any, TypeVar

from .person import Person

Added = Mapping[str, Any] | None  # more claims
LoginHook = Callable[[Person], Added] | Callable[[Person], Awaitable[Added]]
RenewalHook = Callable[[Person], object]
LogoutHook = Callable[[Person, str], object]
Login = TypeVar('Login', bound=LoginHook)
Renewal = TypeVar('Renewal', bound=RenewalHook)
Logout = TypeVar('Logout', bound=LogoutHook)


@dataclass(frozen=True, slots=True)
class Hooks:
    """Those of each kind, in the order in which they are called; more of them may come at any time."""

    login: list[LoginHook] = field(default_factory=list)
    renewal: list[RenewalHook] = field(default_factory=list)
    logout: list[LogoutHook] = field(default_factory=list)


class Hooked:
    """The decorators of an app's hooks, which give back the function that they are put before.

    There may be several of a kind: they are called one after the other, in the order in which they stand. Each may be
    plain or `async`; a plain one runs in a thread, so that it holds up nobody else. Each may take HOOK_TIMEOUT
    (seconds). In a hook there is no page, and `auth.user` is None: the person is what it gets. Raises `TypeError` for
    what is no function, or does not take what it gets.
    """

    def __init__(self) -> None:
        self._hooks = Hooks()

    def on_login(self, hook: Login) -> Login:
        """A function that is called at every sign-in, before the session exists, with the `Person`.

        It may raise `Denied('why')`, which the person is shown, and may return more claims of them, as JSON has them.
        These count before those of the provider, so also for the roles, and stay for the whole session. If it fails or
        takes too long, nobody is signed in. What the browser had before stays, if nobody is.
        """
        self._hooks.login.append(_checked('on_login', hook, 'the person'))
        return hook

    def on_renewal(self, hook: Renewal) -> Renewal:
        """A function that is called behind each renewal with the `Person`, in the process that has done it."""
        self._hooks.renewal.append(_checked('on_renewal', hook, 'the person'))
        return hook

    def on_logout(self, hook: Logout) -> Logout:
        """A function that is called behind the end of a session, once, with the `Person` and the reason.

        That is the code of the error that says why: `session_ended` for a logout, and so on.
        """
        self._hooks.logout.append(_checked('on_logout', hook, 'the person', 'the reason'))
        return hook


def _checked(name: str, hook: Any, *arguments: str) -> Any:
    if not callable(hook) or isclass(hook) or isgeneratorfunction(hook) or isasyncgenfunction(hook):
        raise TypeError(f'@auth.{name} takes a function, plain or async, and not {hook!r}')
    try:
        takes = signature(hook)
    except ValueError:  # one that is not written in Python may not say
        return hook
    try:
        takes.bind(*arguments)
    except TypeError as error:
        raise TypeError(f'what @auth.{name} decorates gets {" and ".join(arguments)}: {error}') from None
    return hook
