"""The provider of the deployments."""

from tests.interop.deployments.conftest import world

__all__ = ['world']
