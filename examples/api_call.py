"""A page that calls an API in the name of whoever looks at it: `python api_call.py`, then open http://localhost:8080.

The access token stays on the server. It is renewed before a call where it has to be, and once more where the API
refuses it. Here the API is the demo's, which stands in this app; `API_URL` names another one.
"""

import os

import httpx
from nicegui import ui
from stay_signed_in import Auth, AuthError

API_URL = os.environ.get('API_URL', 'http://localhost:8080/demo/api')

auth = Auth()


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    ui.button('What does the API say?', on_click=ask)
    auth.logout_button()


async def ask() -> None:
    try:
        async with auth.client(API_URL) as api:
            response = await api.get('/private')
            response.raise_for_status()
    except (AuthError, httpx.HTTPError) as error:
        ui.notify(f'It says nothing: {error}', type='warning')
    else:
        ui.notify(f'It knows {response.json()["you"]["name"]}')


ui.run()
