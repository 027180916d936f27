"""The timeline: the session's tokens as bars, what happened to them, and how long each renewal took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from nicegui import ui

from app import HistoryEntry, IssuedToken
from pages.live import of_user, show_live
from pages.section import section
from pages.session.log import EVENTS, reasons

SHOWN = 8  # tokens
UNKNOWN_LIFETIME = 60.0  # seconds that a token without a known end is drawn for
MARKS: dict[str, tuple[tuple[str, ...], str, str]] = {  # legend, kinds, symbol, color
    'renewed': (('renewed', 'renewed-elsewhere'), 'circle', 'var(--q-positive)'),
    'not renewed, to be tried again': (('failed',), 'triangle', 'var(--q-warning)'),
    'only you can say how to go on': (('refused', 'gave-up'), 'diamond', 'var(--q-negative)'),
}
DRAW_TOKEN = """(params, api) => {
    const lane = api.value(0), height = api.size([0, 1])[1] * 0.55;
    const [start, end, expiry] = [1, 2, 3].map((i) => api.coord([api.value(i), lane]));
    const bar = (x, width, opacity) => ({
        type: 'rect', shape: { x, y: start[1] - height / 2, width: Math.max(width, 1), height, r: 3 },
        style: { fill: 'var(--accent)', opacity },
    });
    return { type: 'group', children: [bar(start[0], end[0] - start[0], 1), bar(end[0], expiry[0] - end[0], 0.3)] };
}"""
# Not ECharts' own bars, which widen the axis of time by half of one.
DRAW_DURATION = """(params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]), bottom = api.coord([api.value(0), 0])[1];
    const shape = { x: x - 4, y, width: 8, height: Math.max(bottom - y, 1), r: 2 };
    return { type: 'rect', shape, style: { fill: 'var(--q-positive)' } };
}"""
TOOLTIP = 'params => params.data.tip'


@dataclass(frozen=True, slots=True)
class Bar:
    """One access token: used from `start` to `end`, good until `expiry`; all in seconds since the epoch."""

    name: str
    start: float
    end: float
    expiry: float


def bars(entries: Sequence[HistoryEntry]) -> list[Bar]:
    """The latest tokens, oldest first; each is in use until the next one, until it expires, or the session ends."""
    tokens, ended = _latest(entries), {entry.token: entry.at for entry in entries if entry.kind == 'ended'}
    found = []
    for token, following in zip_longest(tokens, tokens[1:]):
        expiry = token.expires_at or token.issued_at + UNKNOWN_LIFETIME
        end = min(expiry, following.issued_at if following else expiry, ended.get(token, expiry))
        found.append(Bar(f'#{token.number}', token.issued_at, end, expiry))
    return found


def _latest(entries: Sequence[HistoryEntry]) -> list[IssuedToken]:
    """The tokens that are shown, oldest first: each has the height of its place in this list."""
    return list(dict.fromkeys(entry.token for entry in entries))[-SHOWN:]


def timeline() -> None:
    """Draw the chart; for those who cannot see it the log below has the same in words."""
    lead = 'One bar for each access token: full while it was in use, pale from when the next one took its place.'
    with section('Timeline', lead):
        chart = ui.echart({}, renderer='svg').classes('timeline')
        chart.props('role=img aria-label="A timeline of the access tokens. The list below says the same in words."')

    def show(entries: tuple[HistoryEntry, ...]) -> None:
        chart.options.clear()
        chart.options.update(options(entries))
        chart.update()

    show_live(of_user(lambda user: user.history), show)


def options(entries: Sequence[HistoryEntry]) -> dict[str, Any]:
    """What ECharts draws: two charts over one stretch of time."""
    shown, lanes = bars(entries), {token: lane for lane, token in enumerate(_latest(entries))}
    entries = [entry for entry in entries if entry.token in lanes]
    start = min(bar.start for bar in shown)
    end = max(*(bar.expiry for bar in shown), *(entry.at for entry in entries))
    quiet, line = {'color': 'var(--quiet)'}, {'lineStyle': {'color': 'var(--line)'}}
    time = {'type': 'time', 'min': _ms(start), 'max': _ms(end), 'axisLine': line, 'splitNumber': 4}
    return {
        'animation': False,
        'textStyle': {'fontFamily': 'system-ui, sans-serif'},
        'grid': [
            {'left': 56, 'right': 20, 'top': 8, 'height': 24 * SHOWN},
            {'left': 56, 'right': 20, 'top': 24 * SHOWN + 64, 'height': 48},
        ],
        'xAxis': [
            {**time, 'gridIndex': 0, 'axisLabel': {**quiet, 'hideOverlap': True}},
            {**time, 'gridIndex': 1, 'axisLabel': {'show': False}, 'axisTick': {'show': False}},
        ],
        'yAxis': [
            {
                'type': 'category',
                'data': [bar.name for bar in shown],
                'inverse': True,
                'axisLabel': quiet,
                'axisLine': {'show': False},
                'axisTick': {'show': False},
            },
            {
                'type': 'value',
                'gridIndex': 1,
                'name': 'renewal took (ms)',
                'nameTextStyle': {**quiet, 'align': 'left'},
                'nameGap': 10,
                'axisLabel': quiet,
                'splitNumber': 1,
                'splitLine': line,
            },
        ],
        'tooltip': {'renderMode': 'richText', 'confine': True, ':formatter': TOOLTIP},
        'legend': {'bottom': 0, 'textStyle': quiet, 'data': list(MARKS), 'selectedMode': False},
        'series': [
            {
                'type': 'custom',
                ':renderItem': DRAW_TOKEN,
                'encode': {'x': [1, 2, 3], 'y': 0},
                'data': [_token(lane, bar) for lane, bar in enumerate(shown)],
            },
            *(_marks(name, *mark, entries, lanes) for name, mark in MARKS.items()),
            _durations(entries),
        ],
    }


def _token(lane: int, bar: Bar) -> dict[str, Any]:
    tip = f'Access token {bar.name}: in use for {bar.end - bar.start:.0f} of its {bar.expiry - bar.start:.0f} seconds'
    return {'value': [lane, *map(_ms, (bar.start, bar.end, bar.expiry))], 'tip': tip}


def _marks(
    name: str,
    kinds: Iterable[str],
    symbol: str,
    color: str,
    entries: Iterable[HistoryEntry],
    lanes: Mapping[IssuedToken, int],
) -> dict[str, Any]:
    data = [
        {'value': [_ms(entry.at), lanes[entry.token]], 'tip': '\n'.join([EVENTS[entry.kind][2], *reasons(entry)])}
        for entry in entries
        if entry.kind in kinds
    ]
    style = {'color': color, 'opacity': 1, 'borderColor': 'var(--surface)', 'borderWidth': 1.5}
    return {'type': 'scatter', 'name': name, 'symbol': symbol, 'symbolSize': 14, 'itemStyle': style, 'data': data}


def _durations(entries: Iterable[HistoryEntry]) -> dict[str, Any]:
    data = [
        {'value': [_ms(entry.at), round(entry.took * 1000)], 'tip': reasons(entry)[0]}
        for entry in entries
        if entry.kind == 'renewed' and entry.took is not None
    ]
    return {'type': 'custom', ':renderItem': DRAW_DURATION, 'xAxisIndex': 1, 'yAxisIndex': 1, 'data': data}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
