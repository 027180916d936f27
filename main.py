"""Starts the app: settings, parts, server. `python main.py doctor` checks its configuration instead."""

import logging
import sys
from contextlib import suppress

from app.__main__ import obey
from app.errors import SettingsError
from app.settings import load


def main() -> None:
    import nicegui  # only now, since it takes a second that the doctor need not wait for

    from app.auth import server_options, wire
    from pages import root_page

    settings = load()
    services = wire(nicegui.app, settings)
    nicegui.ui.run(
        root_page(services),
        title='Stay Signed In',
        dark=None,
        language='en-US',
        show_welcome_message=False,
        **server_options(settings),
    )


if __name__ == '__main__':  # and not in the process of the native window, which imports this file
    obey(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
    logging.getLogger('httpx').setLevel(logging.WARNING)
    try:
        with suppress(KeyboardInterrupt):
            main()
    except SettingsError as error:
        sys.exit(str(error))
