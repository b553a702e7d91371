"""The version of this package, from its one place: the metadata that is installed with it."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("moto-trainingplans")
