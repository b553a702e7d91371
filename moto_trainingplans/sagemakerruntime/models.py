"""moto's SageMaker Runtime backend of an account and Region: what it answers stays moto's."""

from __future__ import annotations

from collections.abc import Sequence

from moto.sagemaker.models import sagemaker_backends
from moto.sagemakerruntime.models import SageMakerRuntimeBackend as MotoSageMakerRuntimeBackend

from ..host.backend import present_world
from ..sagemaker.endpoint_deployments import CREATING, FAILED
from ..sagemaker.models import SageMakerBackend


class SageMakerRuntimeBackend(MotoSageMakerRuntimeBackend):
    """Adds to moto's backend what lives in the simulation. It has no state of its own."""

    def remembered(self) -> tuple[int, ...]:
        """How many answers have been given, and how many wait to be."""
        return (
            sum(map(len, self.results.values())),
            sum(map(len, self.async_results.values())),
            len(self.results_queue),
            len(self.async_results_queue),
        )

    def was_never_in_service(self, endpoint_name: str) -> bool:
        """Whether an endpoint has failed, or is being created still."""
        endpoint = self._sagemaker.endpoints.get(endpoint_name)
        return endpoint is not None and endpoint.endpoint_status in (FAILED, CREATING)

    @property
    def _sagemaker(self) -> SageMakerBackend:
        sagemaker = sagemaker_backends[self.account_id][self.region_name]
        assert isinstance(sagemaker, SageMakerBackend)
        return sagemaker

    def why_not_answering(self, endpoint_name: str, target_variant: str | None) -> str | None:
        """Why an endpoint, or one variant of it, cannot answer; None if it can.

        moto answers for endpoints that there are not, too.
        """
        sagemaker = self._sagemaker
        endpoint = sagemaker.endpoints.get(endpoint_name)
        if endpoint is None:
            return None
        every: Sequence[str] = [each["VariantName"] for each in endpoint.production_variants]
        with present_world():
            return sagemaker.endpoint_capacity.failure(
                endpoint_name, [target_variant] if target_variant else every
            )
