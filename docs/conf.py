"""How the site is made: MyST's Markdown, furo's theme, and the API reference from the docstrings."""

from __future__ import annotations

import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent


def import_as(name: str, folder: Path) -> None:
    """Import the package in this folder by the name that other apps know it by, whatever is installed."""
    spec = spec_from_file_location(name, folder / '__init__.py', submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f'{folder} is no package')
    sys.modules[name] = module = module_from_spec(spec)
    spec.loader.exec_module(module)


import_as('stay_signed_in', ROOT / 'app')

project = 'Stay Signed In'
release = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))['project']['version']
extensions = ['myst_parser', 'sphinx.ext.autodoc']
exclude_patterns = ['build']
myst_enable_extensions = ['attrs_inline', 'colon_fence']
myst_heading_anchors = 3
suppress_warnings = ['myst.header']  # what is included from the README begins below its own heading

default_role = 'literal'  # docstrings have `names` in single quotes
autodoc_member_order = 'bysource'
autodoc_typehints_format = 'short'
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90

html_theme = 'furo'
pygments_dark_style = 'github-dark'
html_title = project
html_copy_source = False
html_show_copyright = html_show_sphinx = False
html_static_path = ['_static']
html_css_files = ['tables.css']


def keep_tree(*event: Any) -> None:
    """The docstring of a module is shown as it stands: that of the errors is a tree."""
    _app, what, _name, _object, _options, lines = event
    if what == 'module':
        lines[:] = ['.. code-block:: text', '', *(f'   {line}' for line in lines)]


def setup(app: Sphinx) -> None:
    app.connect('autodoc-process-docstring', keep_tree)
