"""The URLs that moto sends to this backend: those of moto's own Service Quotas."""

from moto.servicequotas.urls import url_bases

from .responses import ServiceQuotasResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": ServiceQuotasResponse.dispatch}
