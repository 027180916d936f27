"""Claims that hooks of the app have added, in the session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.sessions.claims import MAX_CLAIMS, size_of
from app.sessions.session import Ending, Session
from tests.clock import START
from tests.hooks.conftest import Hooking
from tests.sessions.test_session import grant


async def test_claims_of_the_apps_own_count_before_all_others_and_last_as_long_as_the_session(
    auth: Hooking, session: Session
) -> None:
    auth.on_login(lambda person: {'roles': ['admin'], 'name': 'Ally', 'email': 'a@example.org'})
    after = await auth.calls.login(session)
    told: dict[str, Any] = {'name': 'Alice', 'email': 'alice@op', 'roles': ['viewer']}
    renewed = after.renewed(grant(number=1, **told), 'refresh_token').informed({'sub': 'alice', **told})
    for each in (after, renewed):
        assert {name: each.claims[name] for name in told} == {
            'roles': ['admin'],
            'name': 'Ally',
            'email': 'a@example.org',
        }
    over = renewed.over(Ending('session_ended', START))
    assert over.claims == over.app_claims == {}


async def test_there_is_room_for_them_whatever_the_provider_says(auth: Hooking, session: Session) -> None:
    auth.on_login(lambda person: {'roles': 'x' * 10_000})
    large: dict[str, Any] = {'groups': 'x' * (MAX_CLAIMS - 1_000)}
    after = await auth.calls.login(replace(session, id_claims={**session.id_claims, **large}))
    renewed = after.renewed(grant(number=1, **large), 'iframe')
    informed = after.informed({'sub': 'alice', **large})
    for each in (after, renewed, informed):
        assert each.claims['roles'] == 'x' * 10_000
        assert 'groups' not in each.claims
        assert size_of(each.claims) <= MAX_CLAIMS


async def test_the_provider_is_not_told_what_the_app_has_added(auth: Hooking, session: Session) -> None:
    auth.on_login(lambda person: {'login_hint': 'a secret of the app'})
    assert (await auth.calls.login(session)).logout_hint == 'alice'
