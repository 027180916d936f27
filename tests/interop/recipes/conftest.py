"""The provider of the deployments."""

from tests.interop.test_deployments import world

__all__ = ['world']
