"""Somebody's FastAPI, with a session and a login of its own, and NiceGUI's pages below /gui.

`uvicorn fastapi_below_a_path:app`, then open http://localhost:8000/gui/. What is outside of /gui stays as it is, and
may know the person too: http://localhost:8000/api/me.
"""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from nicegui import ui
from starlette.middleware.sessions import SessionMiddleware
from stay_signed_in import Auth, EndpointUser

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key='the secret of the host')
auth = Auth()
auth.install(app)


@app.get('/login')
def login(request: Request) -> dict[str, int]:
    """The host's own; the one of the pages is /gui/login."""
    request.session['visits'] = request.session.get('visits', 0) + 1
    return {'visits': request.session['visits']}


@app.get('/api/me')
def me(user: Annotated[EndpointUser, Depends(auth.required())]) -> dict[str, str]:
    """Who is signed in, by the cookie of the pages or by an access token; others get 401."""
    return {'name': user.name}


@app.get('/api/numbers')
def numbers(user: Annotated[EndpointUser, Depends(auth.required(role='admin'))]) -> dict[str, str]:
    """For admins; others get 403."""
    return {'for': user.name}


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    ui.link('Admin', '/admin')
    auth.logout_button()


@auth.page('/admin', role='admin')
def admin() -> None:
    ui.label('The page of admins')


ui.run_with(app, mount_path='/gui')  # for app.storage.user NiceGUI takes the host's session, and no storage_secret
