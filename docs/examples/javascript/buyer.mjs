// Buys the cheapest training plan that fits, and runs jobs on it.

import {
  paginateListTrainingPlans,
  ResourceLimitExceeded,
  ResourceNotFound,
  waitUntilTrainingJobCompletedOrStopped,
} from "@aws-sdk/client-sagemaker";

/** No offering within the budget could be had. */
export class NothingToBuy extends Error {
  name = "NothingToBuy";
}

/** AWS took the order, and it failed: its payment or its capacity did not come. */
export class PurchaseFailed extends Error {
  name = "PurchaseFailed";
}

/**
 * The offerings that fit a budget, the cheapest first.
 * @param {import("@aws-sdk/client-sagemaker").SageMaker} sagemaker
 * @param {import("@aws-sdk/client-sagemaker").SearchTrainingPlanOfferingsRequest} wanted
 * @param {number} budget USD
 */
export async function affordable(sagemaker, wanted, budget) {
  const { TrainingPlanOfferings: offerings } =
    await sagemaker.searchTrainingPlanOfferings(wanted);
  return offerings
    .filter((each) => Number(each.UpfrontFee) <= budget)
    .sort((one, other) => Number(one.UpfrontFee) - Number(other.UpfrontFee));
}

/** The plan of this name, unless there is none or it has failed. */
export async function planNamed(sagemaker, name) {
  for await (const page of paginateListTrainingPlans({ client: sagemaker }, {})) {
    for (const plan of page.TrainingPlanSummaries) {
      if (plan.TrainingPlanName === name && plan.Status !== "Failed") {
        return plan;
      }
    }
  }
  return undefined;
}

/**
 * Buys a plan, unless one of this name was bought before: plans cannot be cancelled.
 * Rejects with NothingToBuy or PurchaseFailed.
 */
export async function buyOnce(sagemaker, name, wanted, budget, { pause = 30_000 } = {}) {
  const earlier = await planNamed(sagemaker, name);
  if (earlier) {
    return earlier;
  }
  for (const offering of await affordable(sagemaker, wanted, budget)) {
    try {
      await sagemaker.createTrainingPlan({
        TrainingPlanName: name,
        TrainingPlanOfferingId: offering.TrainingPlanOfferingId,
      });
    } catch (error) {
      if (error instanceof ResourceNotFound || error instanceof ResourceLimitExceeded) {
        continue; // It has gone meanwhile, or is more than the account may have.
      }
      throw error;
    }
    return paid(sagemaker, name, pause);
  }
  throw new NothingToBuy(`nothing that fits ${budget} USD is to be had`);
}

async function paid(sagemaker, name, pause) {
  for (;;) {
    const plan = await sagemaker.describeTrainingPlan({ TrainingPlanName: name });
    if (plan.Status === "Failed") {
      throw new PurchaseFailed(plan.StatusMessage);
    }
    if (plan.Status !== "Pending") {
      return plan;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Runs a job on a plan to its end, and gives its description. */
export async function runJob(sagemaker, plan, job, { minDelay = 60, maxWaitTime = 86_400 } = {}) {
  const [{ InstanceType: instanceType }] = plan.ReservedCapacitySummaries;
  await sagemaker.createTrainingJob({
    ...job,
    ResourceConfig: {
      VolumeSizeInGB: 100,
      InstanceType: instanceType,
      ...job.ResourceConfig,
      TrainingPlanArn: plan.TrainingPlanArn,
    },
  });
  const { reason } = await waitUntilTrainingJobCompletedOrStopped(
    { client: sagemaker, minDelay, maxDelay: Math.max(minDelay, 120), maxWaitTime },
    { TrainingJobName: job.TrainingJobName },
  );
  return reason;
}
