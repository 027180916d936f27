"""Jobs that call an API in a person's name for as long as it takes: `python background_job.py`, then open
http://localhost:8080.

A button starts one, and so does an endpoint, `POST /api/reports`. A job goes on when the tabs are closed, and the page
says what became of it. `offline_access` asks for a refresh token, which renews without a tab; where the provider gives
none, the job waits for an open page. A logout ends it, and so does a limit of the session.
"""

import asyncio
import os
from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends
from nicegui import app, background_tasks, ui
from stay_signed_in import Auth, AuthError, EndpointUser, User
from stay_signed_in.errors import BrowserNeeded, TransientError

API_URL = os.environ.get('API_URL', 'http://localhost:8080/demo/api')
CALLS = int(os.environ.get('CALLS', '60'))  # one a second

auth = Auth(oidc_scope='openid profile email offline_access read:messages')


@dataclass
class Report:
    """What a job makes, and how far it is."""

    calls: int = 0
    state: str = 'Working'


reports: dict[tuple[str, str], list[Report]] = defaultdict(list)  # by issuer and subject; an app of yours keeps them


def start(user: User | EndpointUser) -> Report:
    """Begin a job in this person's name; it needs no page, and no request."""
    report = Report()
    background_tasks.create(make(report, user.client(API_URL)), name='report')
    reports[user.issuer, user.sub].append(report)
    return report


async def make(report: Report, api: httpx.AsyncClient) -> None:
    """The job. Each call has a token that is good, or says why there is none."""
    async with api:
        try:
            while report.calls < CALLS:
                await call(report, api)
                await asyncio.sleep(1)
        except AuthError as error:  # nobody is signed in any more, or a person has to go on
            report.state = f'Stopped. {error.title}. {error.advice}'
        except httpx.HTTPStatusError as error:
            report.state = f'Stopped. The API says {error.response.status_code}.'
        else:
            report.state = 'Done'


async def call(report: Report, api: httpx.AsyncClient) -> None:
    """One call; what may be over soon is not the end."""
    try:
        response = await api.get('/private')
        if failure := response.extensions.get('token_failure'):  # the API refuses the token, and there is no other
            raise failure
        response.raise_for_status()
    except BrowserNeeded:
        report.state = 'Waiting for you: it goes on when a page of this app is open'
    except (TransientError, httpx.TransportError):
        report.state = 'Waiting: it is tried again'
    else:
        report.calls += 1
        report.state = 'Working'


@auth.page('/')
def home() -> None:
    mine = reports[auth.user.issuer, auth.user.sub]

    @ui.refreshable  # of this page alone
    def listed() -> None:
        for number, report in enumerate(mine, start=1):
            ui.label(f'Report {number}: {report.calls} calls. {report.state}')

    ui.label(f'Hello {auth.user.name}')
    ui.button('Start a report', on_click=lambda: start(auth.user))
    listed()
    ui.timer(1, listed.refresh)
    auth.logout_button()


@app.post('/api/reports', status_code=202)
async def begin(user: Annotated[EndpointUser, Depends(auth.required())]) -> Report:
    """Start one. Who has sent an access token gets 403: it is not passed on, and there is nothing to renew it with."""
    return start(user)


@app.get('/api/reports')
async def all_of_mine(user: Annotated[EndpointUser, Depends(auth.required())]) -> list[Report]:
    """How far they are."""
    return reports[user.issuer, user.sub]


ui.run()
