"""What the doctor says of real providers: nothing wrong where nothing is, and else what it is."""

from __future__ import annotations

import pytest

from app.doctor.finding import Finding
from tests.interop.conftest import Examine
from tests.interop.faults import FAULTS, OFFLINE, Fault

WRONG = {'problem', 'warning'}


def wrong(found: dict[str, Finding]) -> dict[str, str]:
    """What is said to be wrong, by the check's name."""
    return {name: finding.what for name, finding in found.items() if finding.outcome in WRONG}


@pytest.mark.parametrize(
    'settings',
    [{}, OFFLINE, {'RENEWAL': 'refresh_token', **OFFLINE}, {'RENEWAL': 'iframe'}],
    ids=['as it is', 'offline access', 'refresh token only', 'frame only'],
)
async def test_a_healthy_provider_is_found_well(examined: Examine, settings: dict[str, str]) -> None:
    found = await examined(**settings)
    assert not wrong(found)
    for name in ('discovery', 'keys', 'client', 'callback', 'silent', 'request', 'pkce', 'end_session', 'framing'):
        assert (found[name].outcome, found[name].certainty) == ('ok', 'seen'), name


@pytest.mark.parametrize('fault', FAULTS, ids=[fault.name for fault in FAULTS])
async def test_what_is_wrong_is_named_and_nothing_else_is(examined: Examine, fault: Fault) -> None:
    found = await examined(fault.variant, fault.client, **fault.settings)
    assert wrong(found).keys() == {fault.check}
    assert found[fault.check].outcome == fault.outcome
    assert fault.says in found[fault.check].what
    assert found[fault.check].advice


async def test_metadata_that_say_less_than_the_provider_does_are_no_fault_of_it(examined: Examine) -> None:
    for settings in (OFFLINE, {'RENEWAL': 'refresh_token', **OFFLINE}):
        found = await examined('metadata-left-out', **settings)
        assert not wrong(found)
        assert found['refresh_token'].outcome in {'ok', 'note'}
        assert found['pkce'].certainty == 'likely'


async def test_a_sign_in_page_that_may_not_be_framed_is_no_problem_on_a_guess(examined: Examine) -> None:
    """Nobody is signed in when the doctor asks; who is signed in never meets that page."""
    found = await examined('sign-in-page')
    assert not wrong(found)
    assert (found['framing'].outcome, found['framing'].certainty) == ('note', 'not tried')
    assert 'X-Frame-Options: DENY' in found['framing'].what


@pytest.mark.parametrize('variant', ['healthy', 'sign-in-page'])
async def test_pkce_is_not_said_to_be_accepted_where_no_request_was(examined: Examine, variant: str) -> None:
    found = await examined(variant, 'unknown')
    assert (found['pkce'].outcome, found['pkce'].certainty) == ('note', 'not tried')


async def test_neither_address_registered_blames_neither_secret_nor_client(examined: Examine) -> None:
    assert wrong(await examined(client='neither')).keys() == {'callback', 'silent'}


async def test_an_error_page_with_status_200_is_not_said_to_be_what_is_framed(examined: Examine) -> None:
    found = await examined(client='no-silent')
    assert found['framing'].outcome == 'skipped'
