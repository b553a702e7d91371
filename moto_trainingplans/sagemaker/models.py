"""moto's SageMaker backend of an account and Region, with training plans in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.utils import load_pipeline_definition_from_s3

from ..aws_json.errors import WireError, answer_to
from ..host.backend import current_world, present_world
from ..simulation.account import Account
from ..simulation.clusters.registry import ClusterRegistry
from ..simulation.endpoints.capacity import EndpointCapacity
from ..simulation.endpoints.errors import EndpointConfigExists, EndpointExists, InsufficientCapacity
from ..simulation.endpoints.shares import Demand
from ..simulation.jobs.errors import TrainingJobNameTaken
from ..simulation.jobs.registry import TrainingJobRegistry
from ..simulation.kernel.errors import ServiceError, UnknownResource
from ..simulation.kernel.tags import Taggable
from ..simulation.plans.eligibility import Subnets
from ..simulation.plans.extensions import TrainingPlanExtensions
from ..simulation.plans.registry import TrainingPlanRegistry
from ..simulation.studio_apps.apps import StudioApps
from ..simulation.world import World
from .clusters.lifecycle_scripts import controller_of
from .clusters.service import ClusterService
from .endpoint_deployments import (
    CREATING,
    FAILED,
    IN_SERVICE,
    EndpointConfig,
    EndpointTags,
    as_moto_has_it,
    demands_of,
    deployed,
    set_up,
    settle,
    variants_of,
)
from .moto_jobs import check_moto_job, set_times
from .refusals import ANSWERS
from .without_plans import refuse_plans_in_steps

NOTHING: Mapping[str, Any] = {}
OWN_RESOURCE_TYPES = ("training-plan", "reserved-capacity", "cluster", "app")


def is_own_arn(arn: object) -> bool:
    """Whether an ARN names a resource of the simulation, not one of moto's."""
    if not isinstance(arn, str):
        return False
    return _resource_type(arn) in OWN_RESOURCE_TYPES or is_own_job(arn)


def is_own_job(arn: str) -> bool:
    """Whether an ARN names a job on a plan, of whatever account and Region."""
    return _resource_type(arn) == "training-job" and current_world().has_job(arn)


def _resource_type(arn: str) -> str:
    return arn.split(":", 5)[-1].partition("/")[0]


class SageMakerBackend(SageMakerModelBackend):
    """Adds to moto's backend what lives in the simulation. It has no state of its own."""

    @property
    def account(self) -> Account:
        """What this account has in this Region, in the simulation that serves the request."""
        return current_world().account(self.account_id, self.region_name, self.partition)

    @property
    def plans(self) -> TrainingPlanRegistry:
        """The training plans of this account and Region."""
        return self.account.plans

    @property
    def extensions(self) -> TrainingPlanExtensions:
        """The extensions of these plans."""
        return self.account.extensions

    @property
    def jobs(self) -> TrainingJobRegistry:
        """The jobs on plans of this account and Region."""
        return self.account.jobs

    @property
    def cluster_registry(self) -> ClusterRegistry:
        """The clusters of this account and Region."""
        return self.account.clusters

    @property
    def cluster_service(self) -> ClusterService:
        """What the operations on clusters work with."""
        return ClusterService(
            self.cluster_registry,
            self.known_subnets,
            lambda source: controller_of(self.account_id, self.partition, source),
        )

    @property
    def endpoint_capacity(self) -> EndpointCapacity:
        """What the endpoints of this account and Region hold."""
        return self.account.endpoints

    @property
    def studio_apps(self) -> StudioApps:
        """The Studio apps of this account and Region."""
        return self.account.studio_apps

    def has_in_moto(self, arn: object) -> bool:
        """Whether moto has a resource of an ARN that can be tagged."""
        try:
            return self._get_resource_from_arn(arn) is not None  # type: ignore[arg-type]
        except (AttributeError, ValueError, ServiceException):
            return False  # moto takes the ARN's form and the resource's type for granted

    def taggable(self, arn: str) -> Taggable:
        """The resource of an ARN, one of the simulation's."""
        if _resource_type(arn) == "cluster":
            return self.cluster_registry.taggable(arn)
        if _resource_type(arn) == "app":
            return self.studio_apps.taggable(arn)
        if _resource_type(arn) in ("training-plan", "reserved-capacity"):
            return self.plans.taggable(arn)
        if _resource_type(arn) == "training-job":
            return self.jobs.taggable(arn)
        raise UnknownResource(arn)

    def known_subnets(self, subnets: Iterable[str]) -> Subnets:
        """The zones of the subnets that moto's EC2 knows, and all zones that it knows."""
        from moto.ec2.models import ec2_backends

        ec2 = ec2_backends[self.account_id][self.region_name]
        wanted = set(subnets)
        return Subnets(
            {
                subnet_id: zone
                for zone, of_zone in ec2.subnets.items()
                for subnet_id in of_zone
                if subnet_id in wanted
            },
            frozenset(zone.name for zone in ec2.describe_availability_zones()),
        )

    def check_name_of_job(self, name: object) -> None:
        """Raise TrainingJobNameTaken where there is a job of a name, on a plan or not."""
        if isinstance(name, str) and (name in self.training_jobs or name in self.jobs):
            raise TrainingJobNameTaken(self.jobs.arn(name))

    def create_training_job(self, **members: Any) -> Any:  # type: ignore[override]
        """Create a job that is moto's, as far as AWS would."""
        with _refusals_as_moto_errors(), present_world() as world:
            self.check_name_of_job(members["training_job_name"])
            members["resource_config"] = check_moto_job(members, self.jobs)
            members["algorithm_specification"] = members["algorithm_specification"] or {}
            job = super().create_training_job(**members)
            set_times(job, world.now)
        return job

    def create_pipeline(self, *args: Any, **members: Any) -> Any:
        """Create a pipeline, of which no step may name a plan."""
        self._refuse_plans_in_steps("CreatePipeline", members)
        return super().create_pipeline(*args, **members)

    def update_pipeline(self, pipeline_name: str, **members: Any) -> str:
        """Change a pipeline, of which no step may name a plan."""
        self._refuse_plans_in_steps("UpdatePipeline", members)
        return super().update_pipeline(pipeline_name, **members)

    def _refuse_plans_in_steps(self, operation: str, members: Mapping[str, Any]) -> None:
        definition = members.get("pipeline_definition")
        location = members.get("pipeline_definition_s3_location")
        if location and not definition:
            definition = load_pipeline_definition_from_s3(
                location, account_id=self.account_id, partition=self.partition
            )
        try:
            refuse_plans_in_steps(operation, definition)
        except WireError as refused:
            raise Refused(refused.code, refused.message) from refused

    def create_endpoint_config(  # type: ignore[override]
        self, *, more: Mapping[str, Any] = NOTHING, **members: Any
    ) -> EndpointConfig:
        """Create a configuration, as far as the plans that it names allow it.

        `more` are members of the model that moto does not know.
        """
        name = members["endpoint_config_name"]
        with _refusals_as_moto_errors(), present_world() as world:
            config = EndpointConfig(  # type: ignore[abstract]
                self.account_id, self.region_name, **members
            )
            config.describe_too(more)
            # Inference components bring their own models. source: model
            self.validate_production_variants(
                [each for each in config.production_variants if "ModelName" in each]
            )
            demands = demands_of(variants_of(config))
            old = self.endpoint_configs.get(name)
            if old is not None and (demands or demands_of(variants_of(old))):
                raise EndpointConfigExists(config.endpoint_config_arn)
            self.endpoint_capacity.check(demands)
            config.creation_time = as_moto_has_it(world.now)
            self.endpoint_configs[name] = config
        return config

    def create_endpoint(self, **members: Any) -> Any:  # type: ignore[override]
        """Create an endpoint, which holds from now on what it wants of plans.

        Where others hold that, the endpoint is created all the same, and fails.
        """
        name = members["endpoint_name"]
        config = self.endpoint_configs.get(members["endpoint_config_name"])
        if config is None:
            return super().create_endpoint(**members)
        with _refusals_as_moto_errors(), present_world() as world:
            demands = demands_of(variants_of(config))
            if name in self.endpoints and (demands or self.endpoint_capacity.shares(name)):
                raise EndpointExists(self.endpoints[name].arn)
            self.endpoint_capacity.check(demands)
            # Instances are taken once moto has nothing against the endpoint either.
            endpoint: Any = super().create_endpoint(**members)
            self.endpoint_capacity.tagged(name, EndpointTags(endpoint))
            shadow = getattr(config, "shadow_production_variants", ())
            set_up(
                endpoint,
                config,
                [deployed(each) for each in config.production_variants],
                [deployed(each) for each in shadow],
                world.now,
            )
            endpoint.creation_time = endpoint.last_modified_time
            try:
                self.endpoint_capacity.deploy(name, demands)
            except InsufficientCapacity as insufficient:
                self.endpoint_capacity.expect_nothing(name, demands)
                self._await_capacity(endpoint, demands, insufficient, world)
        return endpoint

    def _await_capacity(
        self,
        endpoint: Any,
        demands: Sequence[Demand],
        insufficient: InsufficientCapacity,
        world: World,
    ) -> None:
        """Have an endpoint fail that others leave no instances, at once or when it has waited."""
        if not insufficient.patience:
            settle(endpoint, FAILED, str(insufficient), world.now)
            return
        settle(endpoint, CREATING, None, world.now)
        self.endpoint_capacity.wait(
            endpoint.endpoint_name,
            demands,
            insufficient.patience,
            lambda: settle(endpoint, IN_SERVICE, None, world.now),
            lambda reason: settle(endpoint, FAILED, reason, world.now),
        )

    def delete_endpoint(self, endpoint_name: str) -> None:
        """Delete an endpoint, whose instances are free at once."""
        super().delete_endpoint(endpoint_name)
        with present_world():
            self.endpoint_capacity.withdraw(endpoint_name)

    def tags_of(self, arn: str) -> Mapping[str, str]:
        """The tags of a resource of the simulation or of moto; none where there is none."""
        with suppress(ServiceError):
            return self.taggable(arn).tags
        of_moto: dict[str, Mapping[str, Any]] = {
            "endpoint": self.endpoints,
            "endpoint-config": self.endpoint_configs,
            "training-job": self.training_jobs,
        }
        resource = of_moto.get(_resource_type(arn), {}).get(arn.rpartition("/")[2])
        return {tag["Key"]: tag["Value"] for tag in getattr(resource, "tags", None) or ()}

    # The three methods through which moto's Resource Groups Tagging API sees a backend.

    def iter_tagged_resources(self) -> Iterator[Any]:
        """Every taggable resource: moto's own, then those of the simulation."""
        from moto.core.resource_tagging import TaggedResource

        yield from super().iter_tagged_resources()
        for arn, resource_type, tags in self.own_tagged_resources():
            yield TaggedResource(arn, tags, resource_type)

    def own_tagged_resources(self) -> list[tuple[str, str, dict[str, str]]]:
        """ARN, type and tags of each resource of the simulation."""
        with present_world():
            return [
                (each.arn, f"sagemaker:{_resource_type(each.arn)}", dict(each.tags))
                for each in (
                    *self.plans.taggables(),
                    *self.jobs.taggables(),
                    *self.cluster_registry.taggables(),
                    *self.studio_apps.apps(),
                )
            ]

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
        """Tag a resource: called by the tagging API, and by SageMaker for moto's own."""
        if not is_own_arn(arn):
            with _unknown_where_moto_fails(arn):
                return super().add_tags(arn, tags)
        with _refusals_as_moto_errors(), present_world():
            self.taggable(arn).add_tags({tag["Key"]: tag["Value"] for tag in tags})
        return tags

    def delete_tags(self, arn: str, tag_keys: list[str]) -> None:
        """Untag a resource: called by the tagging API, and by SageMaker for moto's own."""
        if not is_own_arn(arn):
            with _unknown_where_moto_fails(arn):
                super().delete_tags(arn, tag_keys)
            return
        with _refusals_as_moto_errors(), present_world():
            self.taggable(arn).remove_tags(tag_keys)


class Refused(ServiceException):
    """What the simulation refuses, as moto knows it: by this module's name as SageMaker's."""


@contextmanager
def _refusals_as_moto_errors() -> Iterator[None]:
    """Lets another service of moto answer what the simulation refuses."""
    try:
        yield
    except ServiceError as error:
        answer = answer_to(error, ANSWERS)
        raise Refused(answer.code, answer.message) from error


@contextmanager
def _unknown_where_moto_fails(arn: str) -> Iterator[None]:
    """Lets moto refuse an ARN, of which it takes the form and the resource for granted."""
    try:
        yield
    except (AttributeError, ValueError) as failure:
        answer = answer_to(UnknownResource(arn), ANSWERS)
        raise Refused(answer.code, answer.message) from failure
