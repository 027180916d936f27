"""A page that calls two APIs, each with a token of its own: `python two_apis.py`, then open http://localhost:8080.

The provider gives an access token for one API at a time. The first is the session's own; the second is asked for by the
name that the provider knows the API by (`audience`), kept beside it, and renewed by itself. Here both are the demo's.
"""

import os

import httpx
from nicegui import ui
from stay_signed_in import Auth, AuthError

API_URL = os.environ.get('API_URL', 'http://localhost:8080/demo/api')
REPORTS_URL = os.environ.get('REPORTS_URL', 'http://localhost:8080/demo/reports')
REPORTS_AUDIENCE = os.environ.get('REPORTS_AUDIENCE', REPORTS_URL)

auth = Auth()


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    ui.button('Messages and visits', on_click=ask)
    auth.logout_button()


async def ask() -> None:
    try:
        async with auth.client(API_URL) as api, auth.client(REPORTS_URL, REPORTS_AUDIENCE) as reports:
            messages = (await api.get('/private')).raise_for_status().json()['messages']
            visits = (await reports.get('/summary')).raise_for_status().json()['total']
    except (AuthError, httpx.HTTPError) as error:
        ui.notify(f'They say nothing: {error}', type='warning')
    else:
        ui.notify(f'{len(messages)} messages, {visits} visits')


ui.run()
