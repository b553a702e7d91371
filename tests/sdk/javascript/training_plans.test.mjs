// Training plans through the AWS SDK for JavaScript: a workflow, paginators, errors by class.
// ENDPOINT is a server whose clock stands still at the developer guide's sample time.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { beforeEach, test } from "node:test";

const { ENDPOINT, PACKAGES } = process.env;
const require = createRequire(`${PACKAGES}/`);
const sdk = require("@aws-sdk/client-sagemaker");
const runtimeSdk = require("@aws-sdk/client-sagemaker-runtime");
const quotasSdk = require("@aws-sdk/client-service-quotas");

const settings = {
  region: "us-west-2",
  endpoint: ENDPOINT,
  credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
};
const sagemaker = new sdk.SageMaker(settings);
const START = new Date("2025-01-22T11:30:00Z");
const DAY = 24 * 60 * 60;

async function control(call, members = {}) {
  const answer = await fetch(`${ENDPOINT}/moto-api/training-plans/${call}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(members),
  });
  const result = await answer.json();
  assert.equal(answer.status, 200, result?.message);
  return result;
}

async function buy(name, asked = {}) {
  const { TrainingPlanOfferings: offerings } = await sagemaker.searchTrainingPlanOfferings({
    InstanceType: "ml.p4d.24xlarge",
    DurationHours: 24,
    TargetResources: ["training-job"],
    ...asked,
  });
  const { TrainingPlanArn: arn } = await sagemaker.createTrainingPlan({
    TrainingPlanName: name,
    TrainingPlanOfferingId: offerings.at(-1).TrainingPlanOfferingId,
  });
  return arn;
}

function job(name, plan) {
  return {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage: "image", TrainingInputMode: "File" },
    RoleArn: "arn:aws:iam::123456789012:role/training",
    OutputDataConfig: { S3OutputPath: "s3://bucket/output" },
    ResourceConfig: {
      InstanceType: "ml.p4d.24xlarge",
      InstanceCount: 1,
      VolumeSizeInGB: 30,
      TrainingPlanArn: plan,
    },
    StoppingCondition: { MaxRuntimeInSeconds: DAY },
  };
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it was not refused");
}

beforeEach(() => control("reset"));

test("the guide's search has dates, durations and a fee", async () => {
  const { TrainingPlanOfferings: offerings } = await sagemaker.searchTrainingPlanOfferings({
    InstanceType: "ml.p4d.24xlarge",
    DurationHours: 15,
    StartTimeAfter: new Date(1737484800 * 1000),
    EndTimeBefore: new Date(1737657600 * 1000),
  });
  assert.deepEqual(
    offerings.map((each) => [each.DurationHours, each.DurationMinutes, each.UpfrontFee]),
    [
      [15, 51, "208.30"],
      [39, 51, "533.98"],
      [24, 0, "318.89"],
    ],
  );
  const [block] = offerings[2].ReservedCapacityOfferings;
  assert.deepEqual(block.StartTime, START);
  assert.equal(block.InstanceCount, 1);
});

test("a plan is bought, runs a job and expires as the clock goes on", async () => {
  const arn = await buy("plan");
  let plan = await sagemaker.describeTrainingPlan({ TrainingPlanName: "plan" });
  assert.equal(plan.TrainingPlanArn, arn);
  assert.equal(plan.Status, "Scheduled");
  assert.deepEqual(plan.StartTime, START);
  await control("jobs/run_for", { duration: 7200 });
  await sagemaker.createTrainingJob(job("job", arn));
  const waiting = await sagemaker.describeTrainingJob({ TrainingJobName: "job" });
  assert.equal(waiting.SecondaryStatus, "Pending");
  await control("clock/move_to", { when: START.toISOString() });
  plan = await sagemaker.describeTrainingPlan({ TrainingPlanName: "plan" });
  assert.deepEqual([plan.Status, plan.InUseInstanceCount], ["Active", 1]);
  await control("clock/tick", { delta: 7200 });
  const waited = await sdk.waitUntilTrainingJobCompletedOrStopped(
    { client: sagemaker, maxWaitTime: 300, minDelay: 1 },
    { TrainingJobName: "job" },
  );
  assert.equal(waited.state, "SUCCESS");
  assert.equal(waited.reason.TrainingJobStatus, "Completed");
  await control("clock/tick", { delta: DAY });
  plan = await sagemaker.describeTrainingPlan({ TrainingPlanName: "plan" });
  assert.deepEqual([plan.Status, plan.AvailableInstanceCount], ["Expired", 0]);
});

test("an extension is searched for, bought and told in the history", async () => {
  const arn = await buy("plan");
  const { TrainingPlanExtensionOfferings: offerings } = await sagemaker.searchTrainingPlanOfferings(
    { TrainingPlanArn: arn, DurationHours: 24 },
  );
  await sagemaker.extendTrainingPlan({
    TrainingPlanExtensionOfferingId: offerings[0].TrainingPlanExtensionOfferingId,
  });
  const pages = sdk.paginateDescribeTrainingPlanExtensionHistory(
    { client: sagemaker },
    { TrainingPlanArn: arn },
  );
  for await (const { TrainingPlanExtensions: extensions } of pages) {
    assert.deepEqual(
      extensions.map((each) => [each.Status, each.PaymentStatus, each.UpfrontFee]),
      [["Scheduled", "Completed", "325.68"]],
    );
  }
});

test("the paginator finds each plan once, in its order", async () => {
  const names = ["a", "b", "c", "d", "e"];
  for (const name of names) {
    await buy(name);
  }
  const pages = sdk.paginateListTrainingPlans(
    { client: sagemaker, pageSize: 2 },
    { SortBy: "TrainingPlanName", SortOrder: "Descending" },
  );
  const found = [];
  for await (const page of pages) {
    found.push(page.TrainingPlanSummaries.map((each) => each.TrainingPlanName));
  }
  assert.deepEqual(found, [["e", "d"], ["c", "b"], ["a"]]);
});

test("what is refused is told by the model's classes", async () => {
  const { ResourceInUse, ResourceLimitExceeded, ResourceNotFound } = sdk;
  const unknown = await refusal(sagemaker.describeTrainingPlan({ TrainingPlanName: "plan" }));
  assert.ok(unknown instanceof ResourceNotFound);
  assert.equal(unknown.Message ?? unknown.message, "Training plan plan was not found.");
  await buy("plan");
  assert.ok((await refusal(buy("plan"))) instanceof ResourceInUse);
  await control("quotas/set", {
    name: "training-plan-total_count",
    value: 1,
    region: "us-west-2",
  });
  assert.ok((await refusal(buy("other"))) instanceof ResourceLimitExceeded);
  // The model has no class for it.
  const invalid = await refusal(buy("other", { InstanceCount: 3 }));
  assert.equal(invalid.name, "ValidationException");
  assert.equal(invalid.message, "Invalid instance count 3 for instance type ml.p4d.24xlarge");
  assert.equal(invalid.$metadata.httpStatusCode, 400);
  assert.equal(invalid.$metadata.attempts, 1);
});

test("a throttled call is tried again, one that nobody has is not", async () => {
  await control("faults/throttle", { operation: "ListTrainingPlans", times: 1 });
  const listed = await sagemaker.listTrainingPlans({});
  assert.equal(listed.$metadata.attempts, 2);
  const nobodys = await refusal(
    sagemaker.stopOptimizationJob({ OptimizationJobName: "job" }),
  );
  assert.equal(nobodys.name, "UnknownOperationException");
  assert.equal(nobodys.$metadata.attempts, 1);
  const runtime = new runtimeSdk.SageMakerRuntime(settings);
  const streamed = await refusal(
    runtime.invokeEndpointWithResponseStream({ EndpointName: "one", Body: "question" }),
  );
  assert.equal(streamed.name, "UnknownOperationException");
  assert.equal(streamed.$metadata.attempts, 1);
});

test("an endpoint whose plan has expired fails with the model's error", async () => {
  const plan = await buy("plan", { TargetResources: ["endpoint"] });
  await control("clock/move_to", { when: START.toISOString() });
  await sagemaker.createModel({ ModelName: "model", PrimaryContainer: { Image: "image" } });
  const reservation = {
    CapacityReservationPreference: "capacity-reservations-only",
    MlReservationArn: plan,
  };
  await sagemaker.createEndpointConfig({
    EndpointConfigName: "config",
    ProductionVariants: [
      {
        VariantName: "main",
        ModelName: "model",
        InstanceType: "ml.p4d.24xlarge",
        InitialInstanceCount: 1,
        CapacityReservationConfig: reservation,
      },
    ],
  });
  await sagemaker.createEndpoint({ EndpointName: "one", EndpointConfigName: "config" });
  const runtime = new runtimeSdk.SageMakerRuntime(settings);
  const answer = await runtime.invokeEndpoint({ EndpointName: "one", Body: "question" });
  assert.equal(answer.$metadata.httpStatusCode, 200);
  await control("clock/tick", { delta: DAY });
  const failed = await refusal(runtime.invokeEndpoint({ EndpointName: "one", Body: "question" }));
  assert.ok(failed instanceof runtimeSdk.ModelError);
  assert.match(failed.message ?? failed.Message, /capacity reservation has expired/);
  await sagemaker.deleteEndpoint({ EndpointName: "one" });
  await sagemaker.deleteEndpointConfig({ EndpointConfigName: "config" });
  await sagemaker.deleteModel({ ModelName: "model" });
});

test("quotas are found by a paginator and raised", async () => {
  const quotas = new quotasSdk.ServiceQuotas(settings);
  const services = await quotas.listServices({});
  assert.ok(services.Services.some((each) => each.ServiceCode === "sagemaker"));
  const pages = quotasSdk.paginateListServiceQuotas(
    { client: quotas, pageSize: 100 },
    { ServiceCode: "sagemaker" },
  );
  const names = new Map();
  for await (const page of pages) {
    for (const each of page.Quotas) {
      names.set(each.QuotaName, each);
    }
  }
  const plans = names.get("Number of training plans per Region");
  assert.equal(plans.Value, 25);
  const { RequestedQuota: request } = await quotas.requestServiceQuotaIncrease({
    ServiceCode: "sagemaker",
    QuotaCode: plans.QuotaCode,
    DesiredValue: 30,
  });
  assert.equal(request.Status, "APPROVED");
  const code = { ServiceCode: "sagemaker", QuotaCode: "L-00000000" };
  const unknown = await refusal(quotas.getServiceQuota(code));
  assert.ok(unknown instanceof quotasSdk.NoSuchResourceException);
});
