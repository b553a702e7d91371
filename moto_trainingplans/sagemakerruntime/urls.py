"""The URLs that moto sends to this backend: those of moto's own SageMaker Runtime and more."""

from moto.sagemakerruntime.urls import url_bases

from .responses import SageMakerRuntimeResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {
    "{0}/endpoints/(?P<name>[^/]+)/async-invocations$": SageMakerRuntimeResponse.dispatch,
    "{0}/endpoints/(?P<name>[^/]+)/invocations$": SageMakerRuntimeResponse.dispatch,
    # moto does not answer it, but must not let it through to AWS either.
    "{0}/endpoints/(?P<name>[^/]+)/invocations-response-stream$": SageMakerRuntimeResponse.dispatch,
}
