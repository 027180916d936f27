"""An app with a guarded page, and its tests beside it: `python main.py` starts it, `pytest` tests it.

For the tests: `pip install pytest pytest-asyncio`.
"""

from nicegui import ui
from stay_signed_in import Auth

auth = Auth()


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    with ui.column() as controls:
        ui.label('Controls for admins')
    auth.on_change(lambda: controls.set_visibility(auth.user is not None and auth.user.has(role='admin')))
    auth.logout_button()


@auth.page('/admin', role='admin')
def admin() -> None:
    ui.label('The page of admins')


ui.run()
