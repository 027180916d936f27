"""The wheel in a virtual environment, beside the browser."""

from tests.package.conftest import installed, shared, wheel

__all__ = ['installed', 'shared', 'wheel']
