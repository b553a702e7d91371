"""The URLs that moto sends to this backend: those of moto's own SageMaker."""

from moto.sagemaker.urls import url_bases

from .responses import SageMakerResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": SageMakerResponse.dispatch}
