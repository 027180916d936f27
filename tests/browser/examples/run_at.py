"""Does what `python FILE` does, but `ui.run` listens at the PORT of this machine that the test has chosen."""

import runpy
import sys
from functools import partial
from pathlib import Path

from nicegui import ui

if __name__ == '__main__':
    file, port = sys.argv[1:]
    ui.run = partial(ui.run, host='127.0.0.1', port=int(port), show=False, reload=False)
    sys.path[0] = str(Path(file).parent)
    sys.argv = [file]
    runpy.run_path(file, run_name='__main__')
