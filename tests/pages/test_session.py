"""What the session page draws and tells, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from app.errors import InteractionRequired, SilentTimeout
from app.renewal.history import LENGTH, HistoryEntry, IssuedToken, Kind
from app.sessions.session import Session
from pages.session.access_token import what_is_known
from pages.session.expiry_gauge import duration
from pages.session.id_token import LONGEST, MEANINGS, explained
from pages.session.log import EVENTS, reasons
from pages.session.timeline import SHOWN, UNKNOWN_LIFETIME, Bar, bars, options
from tests.clock import START
from tests.sessions.test_session import grant

SESSION = Session.begin(grant(expires_in=120), {}, 'browser')


def entry(at: float, kind: Kind, session: Session = SESSION, **more: Any) -> HistoryEntry:
    return HistoryEntry(at, kind, IssuedToken.of(session), **more)


def renewals(count: int) -> list[HistoryEntry]:
    """A sign-in, and a renewal every 90 seconds that took a tenth of one."""
    moments = [(number, START + 90 * number + 0.1) for number in range(1, count + 1)]
    return [entry(START, 'signed-in'), *(entry(at, 'renewed', renewed(number), took=0.1) for number, at in moments)]


def renewed(number: int) -> Session:
    """The session after so many of these renewals."""
    session = SESSION
    for count in range(1, number + 1):
        session = session.renewed(grant(number=count, expires_in=120, requested_at=START + 90 * count), 'iframe')
    return session


def series(entries: list[HistoryEntry], name: str) -> list[dict[str, Any]]:
    (found,) = [series for series in options(entries)['series'] if series.get('name') == name]
    return list(found['data'])


def test_a_token_is_in_use_until_the_next_one_is_issued() -> None:
    assert bars(renewals(1)) == [
        Bar('#0', START, START + 90, START + 120),
        Bar('#1', START + 90, START + 210, START + 210),
    ]


def test_the_last_token_is_in_use_until_the_session_ends() -> None:
    entries = [*renewals(0), entry(START + 30, 'ended', SESSION)]
    assert bars(entries) == [Bar('#0', START, START + 30, START + 120)]


def test_a_token_that_expired_before_the_next_was_not_in_use_for_longer() -> None:
    late = SESSION.renewed(grant(number=1, requested_at=START + 500), 'iframe')
    assert bars([*renewals(0), entry(START + 500, 'renewed', late)])[0] == Bar('#0', START, START + 120, START + 120)


def test_a_token_without_an_end_is_drawn_for_a_while() -> None:
    endless = Session.begin(grant(expires_in=None), {}, 'browser')
    assert bars([entry(START, 'signed-in', endless)])[0].expiry == START + UNKNOWN_LIFETIME


def test_who_signed_in_again_has_a_bar_of_their_own_and_the_old_one_stays_ended() -> None:
    again = Session.begin(grant(number=9, expires_in=120, requested_at=START + 300), {}, 'browser')
    entries = [*renewals(1), entry(START + 200, 'ended', renewed(1)), entry(START + 300, 'signed-in', again)]
    entries.append(entry(START + 310, 'failed', again, error=SilentTimeout()))
    assert [(bar.name, bar.end - START) for bar in bars(entries)] == [('#0', 90), ('#1', 200), ('#0', 420)]
    assert [mark['value'][1] for mark in series(entries, 'not renewed, to be tried again')] == [2]


def test_what_happens_after_expiry_is_drawn_too() -> None:
    late = [*renewals(0), entry(START + 900, 'gave-up', error=SilentTimeout())]
    assert [mark['value'][0] for mark in series(late, 'only you can say how to go on')] == [(START + 900) * 1000]
    assert options(late)['xAxis'][0]['max'] == (START + 900) * 1000


def test_a_token_is_drawn_even_if_its_beginning_is_forgotten() -> None:
    failures = [entry(START + 100 + number, 'failed', error=SilentTimeout()) for number in range(LENGTH)]
    assert [bar.name for bar in bars(failures)] == ['#0']
    assert len(series(failures, 'not renewed, to be tried again')) == LENGTH


def test_the_latest_tokens_are_shown() -> None:
    assert [bar.name for bar in bars(renewals(20))] == [f'#{number}' for number in range(21 - SHOWN, 21)]


def test_every_renewal_and_every_failure_is_a_mark_with_its_reason() -> None:
    failed = entry(START + 95, 'failed', SESSION, took=10, error=SilentTimeout(), next_attempt=START + 97)
    refused = entry(START + 99, 'refused', SESSION, error=InteractionRequired())
    entries = [*renewals(0), failed, refused]
    assert [mark['value'] for mark in series(entries, 'not renewed, to be tried again')] == [[(START + 95) * 1000, 0]]
    assert (
        'The silent renewal got no answer (frame_silent).'
        in series(entries, 'not renewed, to be tried again')[0]['tip']
    )
    assert 'Please log in again' in series(entries, 'only you can say how to go on')[0]['tip']
    assert [mark['value'][1] for mark in series(renewals(2), 'renewed')] == [1, 2]


def test_how_long_each_renewal_took_is_drawn() -> None:
    durations = options(renewals(2))['series'][-1]['data']
    assert [bar['value'] for bar in durations] == [[(START + 90.1) * 1000, 100], [(START + 180.1) * 1000, 100]]


def test_what_has_scrolled_off_the_timeline_is_not_drawn() -> None:
    old = entry(START + 5, 'failed', SESSION, error=SilentTimeout())
    assert series([*renewals(20), old], 'not renewed, to be tried again') == []
    assert len(options(renewals(20))['series'][-1]['data']) == SHOWN


def test_the_drawing_goes_to_the_browser_and_holds_no_token() -> None:
    drawn = json.dumps(options(renewals(3)))
    assert 'the-access-token' not in drawn
    assert 'the-id-token' not in drawn


@pytest.mark.parametrize('kind', get_args(Kind))
def test_everything_that_happens_has_words(kind: Kind) -> None:
    happened = entry(START, kind, took=1.5, error=SilentTimeout() if kind == 'failed' else None)
    assert EVENTS[kind][2]
    assert all(reason.endswith('.') for reason in reasons(happened))


@pytest.mark.parametrize(
    ('way', 'text'),
    [('iframe', 'In a hidden frame, in 100 ms.'), ('refresh_token', 'With the refresh token, in 100 ms.')],
)
def test_a_renewal_says_which_way_it_went_and_how_long_it_took(way: Any, text: str) -> None:
    assert reasons(entry(START, 'renewed', SESSION.renewed(grant(), way), took=0.1)) == [text]


@pytest.mark.parametrize(('seconds', 'text'), [(0.0382, '38 ms'), (0.9994, '999 ms'), (1, '1.0 s'), (12.34, '12.3 s')])
def test_a_duration_reads_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_every_claim_is_explained_the_protocols_own_first() -> None:
    facts = explained({'zebra': {'a': [1]}, 'sub': 'alice', 'iss': 'https://op', 'exp': START})
    assert [(fact.name, fact.value, fact.is_moment) for fact in facts] == [
        ('iss', 'https://op', False),
        ('sub', 'alice', False),
        ('exp', START, True),
        ('zebra', '{"a": [1]}', False),
    ]
    assert facts[0].meaning == MEANINGS['iss']
    assert 'own' in facts[3].meaning


@pytest.mark.parametrize('moment', [True, -1, 1e300, float('nan'), '2026', None, [1]])
def test_a_moment_that_is_none_is_shown_as_it_is(moment: object) -> None:
    (fact,) = explained({'exp': moment})
    assert fact.is_moment is False


def test_a_long_claim_is_cut() -> None:
    (fact,) = explained({'picture': 'x' * 10_000})
    assert len(str(fact.value)) == LONGEST + 1


def test_the_access_token_is_described_and_not_shown() -> None:
    described = {fact.name: fact.value for fact in what_is_known(SESSION)}
    assert described == {
        'kind': 'opaque',
        'scope': 'email openid',
        'lifetime': '120 seconds',
        'issued': START,
        'refresh token': 'yes',
    }
    nothing = replace(SESSION.tokens, scope='', refresh_token=None, expires_at=None)
    described = {fact.name: fact.value for fact in what_is_known(replace(SESSION, tokens=nothing))}
    assert (described['scope'], described['refresh token']) == ('none', 'no')
    assert described['lifetime'] == 'not told by the provider'
