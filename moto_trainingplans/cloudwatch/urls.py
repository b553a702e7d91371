"""moto's URLs for CloudWatch: what is different is in the backend."""

from moto.cloudwatch.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
