"""The URLs that moto sends to this backend: those of moto's own tagging API."""

from moto.resourcegroupstaggingapi.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
