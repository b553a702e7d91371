"""A HyperPod cluster whose workers live on a training plan, or on demand while there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct


class ResearchCluster(cdk.Stack):
    """A network, a role, and a cluster of workers and a login node.

    The plan's ARN is a parameter, since plans follow each other faster than releases of this app:
    `cdk deploy --parameters Plan=arn:...` changes it, and an empty one is none. A plan has its
    instances in one zone for each block, so there is a subnet in each zone that one may be in.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zones: Sequence[str],
        instance_type: str,
        instance_count: int,
        **settings: Any,
    ) -> None:
        super().__init__(scope, id, **settings)
        plan = cdk.CfnParameter(self, "Plan", default="", description="ARN of a training plan")
        count = cdk.CfnParameter(self, "Workers", type="Number", default=instance_count)
        has_plan = cdk.CfnCondition(
            self,
            "HasPlan",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(plan.value_as_string, "")),
        )
        vpc = ec2.Vpc(
            self,
            "Network",
            availability_zones=list(zones),
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="workers", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20
                )
            ],
        )
        group = ec2.SecurityGroup(self, "Between", vpc=vpc, allow_all_outbound=True)
        group.add_ingress_rule(group, ec2.Port.all_traffic(), "workers talk to each other")
        scripts = s3.Bucket(self, "Scripts", encryption=s3.BucketEncryption.S3_MANAGED)
        role = iam.Role(self, "Node", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        scripts.grant_read(role)
        on_node = sagemaker.CfnCluster.ClusterLifeCycleConfigProperty(
            on_create="on_create.sh", source_s3_uri=f"s3://{scripts.bucket_name}/lifecycle"
        )
        cluster = sagemaker.CfnCluster(
            self,
            "Cluster",
            node_recovery="Automatic",
            vpc_config=sagemaker.CfnCluster.VpcConfigProperty(
                subnets=[each.subnet_id for each in vpc.isolated_subnets],
                security_group_ids=[group.security_group_id],
            ),
            instance_groups=[
                sagemaker.CfnCluster.ClusterInstanceGroupProperty(
                    instance_group_name="workers",
                    instance_type=instance_type,
                    instance_count=count.value_as_number,
                    execution_role=role.role_arn,
                    life_cycle_config=on_node,
                    training_plan_arn=cdk.Fn.condition_if(
                        has_plan.logical_id, plan.value_as_string, cdk.Aws.NO_VALUE
                    ).to_string(),
                ),
                sagemaker.CfnCluster.ClusterInstanceGroupProperty(
                    instance_group_name="login",
                    instance_type="ml.m5.large",
                    instance_count=1,
                    execution_role=role.role_arn,
                    life_cycle_config=on_node,
                ),
            ],
        )
        cdk.Tags.of(self).add("team", "research")
        cdk.CfnOutput(self, "ClusterArn", value=cluster.attr_cluster_arn)
