// The buyer against a server: what is sold out, declined, slow, or ends too soon.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { SageMaker } from "@aws-sdk/client-sagemaker";

import { affordable, buyOnce, NothingToBuy, planNamed, PurchaseFailed, runJob } from "./buyer.mjs";
import { startServer } from "./server.mjs";

const HOUR = 3600;
const WANTED = {
  InstanceType: "ml.p4d.24xlarge",
  InstanceCount: 4,
  DurationHours: 24,
  TargetResources: ["training-job"],
};
const JOB = {
  TrainingJobName: "training",
  AlgorithmSpecification: { TrainingImage: "registry/train:1", TrainingInputMode: "File" },
  RoleArn: "arn:aws:iam::123456789012:role/training",
  OutputDataConfig: { S3OutputPath: "s3://models/output" },
  ResourceConfig: { InstanceCount: 4 },
  StoppingCondition: { MaxRuntimeInSeconds: 48 * HOUR },
};

let server;
let sagemaker;

before(async () => {
  server = await startServer("2025-01-21T19:08:27Z");
  sagemaker = new SageMaker({
    region: "us-west-2",
    endpoint: server.url,
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });
});
beforeEach(() => server.control("reset"));
after(() => server.stop());

test("the cheapest that fits is bought, and once", async () => {
  const [cheapest] = await affordable(sagemaker, WANTED, 2000);
  const plan = await buyOnce(sagemaker, "january", WANTED, 2000);
  assert.deepEqual([plan.Status, plan.UpfrontFee], ["Scheduled", cheapest.UpfrontFee]);
  const again = await buyOnce(sagemaker, "january", WANTED, 2000);
  assert.equal(again.TrainingPlanArn, plan.TrainingPlanArn);
  const { TrainingPlanSummaries: plans } = await sagemaker.listTrainingPlans({});
  assert.equal(plans.length, 1);
});

test("nothing is bought above the budget, nor when all is sold", async () => {
  await assert.rejects(buyOnce(sagemaker, "january", WANTED, 100), NothingToBuy);
  await server.control("capacity/clear");
  await assert.rejects(buyOnce(sagemaker, "january", WANTED, 2000), NothingToBuy);
  assert.equal(await planNamed(sagemaker, "january"), undefined);
});

test("the last four instances go to one of two buyers", async () => {
  await server.control("capacity/clear");
  await server.control("capacity/set", {
    zone: "us-west-2a",
    instance_type: WANTED.InstanceType,
    count: 4,
    start: "2025-01-22T11:30Z",
    end: "2025-01-23T11:30Z",
  });
  const buyers = ["ours", "theirs"].map((name) => buyOnce(sagemaker, name, WANTED, 2000));
  const ended = await Promise.allSettled(buyers);
  assert.deepEqual(ended.map((each) => each.status).sort(), ["fulfilled", "rejected"]);
});

test("a declined payment is told in its own words", async () => {
  await server.control("payments/fail_next", { message: "The card was declined." });
  await assert.rejects(buyOnce(sagemaker, "january", WANTED, 2000), (error) => {
    assert.ok(error instanceof PurchaseFailed);
    assert.equal(error.message, "The card was declined.");
    return true;
  });
  assert.equal(await planNamed(sagemaker, "january"), undefined);
});

test("a payment that comes too late for the start fails the plan", async () => {
  await server.control("payments/delay", { delta: HOUR });
  const buying = buyOnce(sagemaker, "january", WANTED, 2000, { pause: 10 });
  await server.control("clock/speed", { n: HOUR });
  await assert.rejects(buying, PurchaseFailed);
});

test("a slow payment is waited for", async () => {
  await server.control("payments/delay", { delta: HOUR / 6 });
  const buying = buyOnce(sagemaker, "january", WANTED, 2000, { pause: 10 });
  await server.control("clock/speed", { n: HOUR });
  assert.equal((await buying).Status, "Scheduled");
});

test("a job waits for the plan, loses an instance, and completes", async () => {
  const plan = await buyOnce(sagemaker, "january", WANTED, 2000);
  await server.control("jobs/run_for", { duration: 2 * HOUR });
  const running = runJob(
    sagemaker,
    plan,
    { ...JOB, ResourceConfig: { InstanceCount: 2 } },
    { minDelay: 1 },
  );
  while ((await sagemaker.listTrainingJobs({})).TrainingJobSummaries.length === 0);
  await server.control("clock/move_to", { when: plan.StartTime.toISOString() });
  await server.control("faults/fail_instances", { resource: plan.TrainingPlanArn });
  await server.control("clock/tick", { delta: 5 * HOUR });
  const job = await running;
  assert.equal(job.TrainingJobStatus, "Completed");
  const story = job.SecondaryStatusTransitions.map((each) => each.Status);
  assert.ok(story.includes("Restarting"), story.join());
});

test("a job that its plan is too short for is stopped with it", async () => {
  const plan = await buyOnce(sagemaker, "january", WANTED, 2000);
  await server.control("jobs/run_for", { duration: 47 * HOUR });
  const running = runJob(sagemaker, plan, JOB, { minDelay: 1 });
  while ((await sagemaker.listTrainingJobs({})).TrainingJobSummaries.length === 0);
  await server.control("clock/move_to", { when: plan.EndTime.toISOString() });
  assert.equal((await running).TrainingJobStatus, "Stopped");
});
