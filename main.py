"""Starts the app: settings, sign-in, pages, server. `python main.py doctor` checks its configuration instead."""

import logging
import sys
from contextlib import suppress

from app.__main__ import obey
from app.errors import SettingsError


def main() -> None:
    import nicegui  # only now, since it takes a second that the doctor need not wait for

    from pages import add_pages, shell
    from pages.auth import auth

    auth.install(nicegui.app)
    add_pages()
    nicegui.ui.run(
        shell,  # where there is no page, too
        title='Stay Signed In',
        dark=None,
        language='en-US',
        show_welcome_message=False,
        **auth.server_options(),
    )


if __name__ == '__main__':  # and not in the process of the native window, which imports this file
    obey(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
    logging.getLogger('httpx').setLevel(logging.WARNING)
    try:
        with suppress(KeyboardInterrupt):  # Ctrl+C ends the app, and is no error
            main()
    except SettingsError as error:
        sys.exit(str(error))
