"""moto's URLs for CloudFormation: what is different is in the backend."""

from moto.cloudformation.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
