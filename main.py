"""Starts the app: settings, parts, server."""

import logging
import sys
from contextlib import suppress

import nicegui
from nicegui import ui

from app.errors import SettingsError
from app.settings import load
from app.wiring import server_options, wire
from pages import root_page


def main() -> None:
    settings = load()
    services = wire(nicegui.app, settings)
    ui.run(
        root_page(services),
        title='Stay Signed In',
        dark=None,
        language='en-US',
        show_welcome_message=False,
        **server_options(settings),
    )


if __name__ in {'__main__', '__mp_main__'}:
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
    logging.getLogger('httpx').setLevel(logging.WARNING)
    try:
        with suppress(KeyboardInterrupt):
            main()
    except SettingsError as error:
        sys.exit(str(error))
