"""The catalogue's figures, held against what they were taken from."""

from __future__ import annotations

import pytest
from moto.core.utils import get_service_model

from moto_trainingplans.simulation.market.catalog import Accelerators, Target, load_catalog
from moto_trainingplans.simulation.market.data_files import Certainty
from tests.support.model_history import needs

pytestmark = pytest.mark.in_process("reads the package's own data")
catalog = load_catalog()
model = get_service_model("sagemaker")

LOCAL_ZONES = {"us-east-1-dfw-2a", "us-west-2-phx-2a"}  # moto's EC2 does not have them
# Where SageMaker's price list has a type, and EC2 did not sell it.
ALSO_LISTED = {
    "ml.p5.48xlarge": "ap-southeast-4",
    "ml.p5e.48xlarge": "us-east-1 ap-southeast-4",
    "ml.p5en.48xlarge": "ap-southeast-2 ap-southeast-4 sa-east-1",
}
REGIONS = {
    "ml.p4d.24xlarge": "us-east-1 us-east-2 us-west-2",
    "ml.p4de.24xlarge": "us-east-1 us-west-2",
    "ml.p5.4xlarge": "us-east-1 us-east-2 us-west-2 ap-northeast-1 ap-south-1 ap-southeast-2 "
    "eu-west-2 sa-east-1",
    "ml.p5.48xlarge": "us-east-1 us-east-2 us-west-1 us-west-2 ap-northeast-1 ap-southeast-3 "
    "ap-south-1 ap-southeast-2 eu-west-2 eu-north-1 sa-east-1",
    "ml.p5e.48xlarge": "us-east-2 us-west-1 us-west-2 ap-southeast-3 ap-south-1 ap-northeast-1 "
    "ap-southeast-2 eu-west-2 eu-north-1 sa-east-1",
    "ml.p5en.48xlarge": "us-east-1 us-east-2 us-west-1 us-west-2 ap-southeast-3 ap-south-1 "
    "ap-northeast-2 ap-northeast-1 eu-west-2 eu-south-2 eu-north-1",
    "ml.p6-b200.48xlarge": "us-east-1 us-east-2 us-west-2 ap-south-1 ap-south-2 eu-north-1 "
    "eu-west-3",
    "ml.p6-b300.48xlarge": "us-east-1 us-west-2 ap-northeast-2 ap-south-2 ap-southeast-3",
    "ml.trn1.32xlarge": "us-east-1 us-east-2 us-west-2 ap-south-1 ap-southeast-4 ap-southeast-2 "
    "eu-north-1",
    "ml.trn2.48xlarge": "us-east-2 ap-south-2",
    "ml.u-p6e-gb200x36": "us-east-1",
    "ml.u-p6e-gb200x72": "us-east-1",
}


@pytest.mark.rule("CATALOG-01")
@needs("SearchTrainingPlanOfferings.input.InstanceType")
@needs("SearchTrainingPlanOfferings.input.TargetResources[]")
def test_the_instance_types_are_those_of_the_model():
    assert catalog.instance_types == set(model.shape_for("ReservedCapacityInstanceType").enum)
    assert {target.value for target in Target} == set(model.shape_for("SageMakerResourceName").enum)


@pytest.mark.rule("CATALOG-01")
def test_an_instance_of_each_type_has_its_accelerators():
    assert {each.instance_type: each.accelerators for each in catalog.compute_types.values()} == {
        "ml.p4d.24xlarge": Accelerators("NVIDIA A100", 8),
        "ml.p4de.24xlarge": Accelerators("NVIDIA A100", 8),
        "ml.p5.4xlarge": Accelerators("NVIDIA H100", 1),
        "ml.p5.48xlarge": Accelerators("NVIDIA H100", 8),
        "ml.p5e.48xlarge": Accelerators("NVIDIA H200", 8),
        "ml.p5en.48xlarge": Accelerators("NVIDIA H200", 8),
        "ml.p6-b200.48xlarge": Accelerators("NVIDIA B200", 8),
        "ml.p6-b300.48xlarge": Accelerators("NVIDIA B300", 8),
        "ml.p6e-gb200.36xlarge": Accelerators("NVIDIA GB200", 4),
        "ml.trn1.32xlarge": Accelerators("AWS Trainium", 16),
        "ml.trn2.48xlarge": Accelerators("AWS Trainium2", 16),
    }


@pytest.mark.rule("CATALOG-02")
def test_ultra_servers_are_18_and_9_instances_sold_in_dallas_alone():
    for name, instances in (("ml.u-p6e-gb200x72", 18), ("ml.u-p6e-gb200x36", 9)):
        server = catalog.compute_types[name]
        assert (server.instance_type, server.instances) == ("ml.p6e-gb200.36xlarge", instances)
        assert {zone for zones in server.zones.values() for zone in zones} == {"us-east-1-dfw-2a"}


@pytest.mark.rule("CATALOG-05", "CATALOG-07")
def test_each_type_is_sold_in_its_regions():
    sold = {
        name: {catalog.zones[zone].region for zones in each.zones.values() for zone in zones}
        for name, each in catalog.compute_types.items()
    }
    assert sold == {
        name: {*regions.split(), *ALSO_LISTED.get(name, "").split()}
        for name, regions in REGIONS.items()
    }


@pytest.mark.rule("CATALOG-07")
def test_every_place_says_how_sure_it_is():
    sure = {(place.compute_type, place.name): place.certainty for place in catalog.places}
    for name, regions in ALSO_LISTED.items():
        assert all(sure[name, region] is Certainty.LISTED for region in regions.split()), name
    assert sure["ml.p5e.48xlarge", "us-west-2-phx-2a"] is Certainty.OBSERVED
    assert catalog.zone("us-west-2-phx-2a").zone_id == "usw2-phx2-az1"
    assert sure["ml.p6-b200.48xlarge", "eu-west-3"] is Certainty.PLAUSIBLE  # nobody's word for it
    assert sure["ml.p5.48xlarge", "ap-southeast-3"] is Certainty.PLAUSIBLE  # EC2's alone


@pytest.mark.rule("CATALOG-05")
@needs("CreateApp.input.ResourceSpec.InstanceType")
def test_studio_apps_get_the_types_that_the_model_has_for_apps():
    types_of_apps = set(model.shape_for("AppInstanceType").enum)
    for each in catalog.compute_types.values():
        studio = {Target.STUDIO_APPS} if each.instance_type in types_of_apps else set()
        targets = {target for target, zones in each.zones.items() if zones}
        assert targets == {*Target} - {Target.STUDIO_APPS} | studio, each.name


@pytest.mark.rule("CATALOG-06")
def test_the_zones_are_those_that_ec2_describes(client):
    for region in sorted({region for regions in REGIONS.values() for region in regions.split()}):
        described = client("ec2", region).describe_availability_zones()["AvailabilityZones"]
        known = [zone for zone in catalog.zones.values() if zone.region == region]
        assert [(each["ZoneName"], each["ZoneId"]) for each in described] == [
            (zone.name, zone.zone_id) for zone in known if zone.name not in LOCAL_ZONES
        ]
