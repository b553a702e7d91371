// A HyperPod cluster as a CDK app: a group on a training plan, if there is one, a Spot group, tags.
const cdk = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const iam = require("aws-cdk-lib/aws-iam");
const sagemaker = require("aws-cdk-lib/aws-sagemaker");

const app = new cdk.App();
const stack = new cdk.Stack(app, "Training");

const plan = new cdk.CfnParameter(stack, "Plan", { type: "String", default: "" });
const hasPlan = new cdk.CfnCondition(stack, "HasPlan", {
  expression: cdk.Fn.conditionNot(cdk.Fn.conditionEquals(plan.valueAsString, "")),
});
const vpc = new ec2.CfnVPC(stack, "Vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = new ec2.CfnSubnet(stack, "Subnet", {
  vpcId: vpc.ref,
  cidrBlock: "10.0.0.0/24",
  availabilityZone: "us-west-2a",
});
const role = new iam.Role(stack, "Role", {
  assumedBy: new iam.ServicePrincipal("sagemaker.amazonaws.com"),
});

const group = (instanceGroupName, instanceType, instanceCount, more) => ({
  instanceGroupName,
  instanceType,
  instanceCount,
  executionRole: role.roleArn,
  ...more,
});
const cluster = new sagemaker.CfnCluster(stack, "Cluster", {
  nodeProvisioningMode: "Continuous",
  vpcConfig: { subnets: [subnet.ref], securityGroupIds: [vpc.attrDefaultSecurityGroup] },
  instanceGroups: [
    group("reserved", "ml.p4d.24xlarge", 2, {
      trainingPlanArn: cdk.Fn.conditionIf(
        hasPlan.logicalId,
        plan.valueAsString,
        cdk.Aws.NO_VALUE,
      ).toString(),
    }),
    group("spot", "ml.g5.xlarge", 1, { capacityRequirements: { spot: {} } }),
  ],
});
cdk.Tags.of(app).add("team", "training");

new cdk.CfnOutput(stack, "Arn", { value: cluster.attrClusterArn });
new cdk.CfnOutput(stack, "Status", { value: cluster.attrClusterStatus });
app.synth();
