"""moto's SageMaker Runtime backend of an account and Region: what it answers stays moto's."""

from __future__ import annotations

from collections.abc import Sequence

from moto.sagemaker.models import sagemaker_backends
from moto.sagemakerruntime.models import SageMakerRuntimeBackend as MotoSageMakerRuntimeBackend

from ..host.backend import present_world
from ..host.journal import repeated_request, under_way
from ..sagemaker.endpoint_deployments import CREATING, FAILED
from ..sagemaker.models import SageMakerBackend


class SageMakerRuntimeBackend(MotoSageMakerRuntimeBackend):
    """Adds to moto's backend what lives in the simulation. It has no state of its own."""

    def invoke_endpoint_async(self, endpoint_name: str, input_location: str) -> tuple[str, str]:
        """Where an answer, or why there is none, is written to in moto's S3.

        Of an invocation that is done again it may be there still: S3 is nothing of a simulation's.
        """
        from moto.s3.exceptions import S3ClientError  # slow to import, and moto needs it here

        request, entry = under_way.get(), repeated_request()
        try:
            output, failure = super().invoke_endpoint_async(endpoint_name, input_location)
        except S3ClientError:
            if entry is None or entry.effects.found is None:
                raise
            output, _, failure = entry.effects.found.partition(" ")
            self.async_results[endpoint_name][input_location] = output, failure
        if request is not None:
            request.found = f"{output} {failure}"
        return output, failure

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
