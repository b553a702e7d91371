"""Finds the training plan that fits a need, over Regions, instance types and weeks, and buys it.

A search answers for one Region, one instance type and one window with at most three offerings.
This asks for all of them at once, ranks what comes back by price, and buys the first that is
still to be had. A plan cannot be cancelled, so a name is a purchase order: what was bought under
it before is found and returned instead of bought again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# How far apart the starts are that are searched for: a later one is only offered if asked for.
STEP = timedelta(days=7)
# Searches are few and slow; a throttled one is repeated.
RETRIES = Config(retries={"mode": "standard", "max_attempts": 5})
# What keeps one Region or type from answering, and says nothing about the others: the type is
# not sold there, the account may reserve fewer, or may not use the Region.
ANSWERS_NO = {"ValidationException", "ResourceLimitExceeded", "AccessDeniedException"}
# What keeps one offering from being bought, while another one may be.
GONE = {"ResourceNotFound", "ResourceLimitExceeded"}


@dataclass(frozen=True)
class Fleet:
    """So many instances of a type."""

    instance_type: str
    count: int


@dataclass(frozen=True)
class Need:
    """What is wanted: any one of the fleets, for whole days, within a window and a budget."""

    fleets: tuple[Fleet, ...]
    regions: tuple[str, ...]
    days: int
    earliest: datetime
    latest: datetime
    budget: Decimal
    target: str = "training-job"

    def windows(self) -> Iterator[tuple[datetime, datetime]]:
        """Windows to search in, each beginning a step later than the one before."""
        start = self.earliest
        while start == self.earliest or start + timedelta(days=self.days) <= self.latest:
            yield start, self.latest
            start += STEP


@dataclass(frozen=True)
class Offer:
    """An offering, and where it was found. `blocks` are zones with their starts and ends."""

    region: str
    fleet: Fleet
    offering_id: str
    fee: Decimal
    blocks: tuple[tuple[str, datetime, datetime], ...]

    @property
    def start(self) -> datetime:
        """When its first block begins."""
        return self.blocks[0][1]

    @property
    def end(self) -> datetime:
        """When its last block ends."""
        return self.blocks[-1][2]

    def __str__(self) -> str:
        zones = ", ".join(zone for zone, _, _ in self.blocks)
        return (
            f"{self.fee:>12,} USD  {self.start:%d %b %H:%M} to {self.end:%d %b %H:%M}  "
            f"{self.fleet.count} x {self.fleet.instance_type} in {zones}"
        )


@dataclass(frozen=True)
class Refusal:
    """Where no search was possible, and why: a quota to raise, or a type that is not sold."""

    region: str
    fleet: Fleet
    reason: str


@dataclass(frozen=True)
class Findings:
    """Offers within the budget and those above it, the best first; and what was refused."""

    affordable: tuple[Offer, ...]
    too_expensive: tuple[Offer, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Plan:
    """A plan that was bought."""

    arn: str
    name: str
    region: str
    status: str
    fee: Decimal


class NothingToBuyError(Exception):
    """No offer within the budget could be had."""


class PurchaseFailedError(Exception):
    """AWS took the order, and it failed: the payment or the capacity did not come."""


Clients = Mapping[str, Any]


def clients(regions: Sequence[str], session: boto3.Session | None = None) -> Clients:
    """A SageMaker client for each Region. Clients may be shared by threads, sessions not."""
    made = session or boto3.Session()
    return {
        region: made.client("sagemaker", region_name=region, config=RETRIES) for region in regions
    }


def find(need: Need, sagemaker: Clients) -> Findings:
    """Search everywhere at once.

    Raises ClientError for what is wrong everywhere, such as credentials that have expired.
    """
    asked = [(region, fleet) for region in need.regions for fleet in need.fleets]
    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = threads.map(lambda each: _search(need, sagemaker[each[0]], *each), asked)
        found = [each for answer in answers for each in answer]
    # Windows overlap, so the same offering may have been found more than once.
    offers = {each.offering_id: each for each in found if isinstance(each, Offer)}
    ranked = sorted(offers.values(), key=lambda each: (each.fee, each.end, each.start))
    return Findings(
        tuple(each for each in ranked if each.fee <= need.budget),
        tuple(each for each in ranked if each.fee > need.budget),
        tuple(each for each in found if isinstance(each, Refusal)),
    )


def _search(need: Need, client: Any, region: str, fleet: Fleet) -> list[Offer | Refusal]:
    found: list[Offer | Refusal] = []
    for start, end in need.windows():
        try:
            answer = client.search_training_plan_offerings(
                InstanceType=fleet.instance_type,
                InstanceCount=fleet.count,
                DurationHours=need.days * 24,
                StartTimeAfter=start,
                EndTimeBefore=end,
                TargetResources=[need.target],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in ANSWERS_NO:
                raise
            return [Refusal(region, fleet, error.response["Error"]["Message"])]
        found += (_offer(region, fleet, each) for each in answer["TrainingPlanOfferings"])
    return found


def _offer(region: str, fleet: Fleet, offering: Mapping[str, Any]) -> Offer:
    blocks = offering["ReservedCapacityOfferings"]
    return Offer(
        region,
        fleet,
        offering["TrainingPlanOfferingId"],
        Decimal(offering["UpfrontFee"]),
        tuple((each["AvailabilityZone"], each["StartTime"], each["EndTime"]) for each in blocks),
    )


def bought_before(name: str, sagemaker: Clients, attempts: int = 3) -> Plan | None:
    """The plan that an earlier run has bought under this name, in whichever Region."""
    names = _names(name, attempts)
    for region, client in sagemaker.items():
        for page in client.get_paginator("list_training_plans").paginate():
            for summary in page["TrainingPlanSummaries"]:
                if summary["TrainingPlanName"] in names and summary["Status"] != "Failed":
                    return _plan(region, summary)
    return None


def buy(
    name: str,
    offers: Sequence[Offer],
    sagemaker: Clients,
    *,
    attempts: int = 3,
    patience: timedelta = timedelta(hours=6),
) -> Plan:
    """Buy the first of these offers that is still to be had, unless the name was used before.

    An order that fails costs nothing but its name, so the next is `<name>-2`. Raises
    NothingToBuyError if no order could be placed, PurchaseFailedError if all that were have failed,
    TimeoutError for a payment that takes longer than `patience`: then look before you buy.
    """
    if earlier := bought_before(name, sagemaker, attempts):
        return earlier
    names = iter(_names(name, attempts))
    failures: list[str] = []
    order = next(names)
    for offer in offers:
        client = sagemaker[offer.region]
        try:
            client.create_training_plan(
                TrainingPlanName=order,
                TrainingPlanOfferingId=offer.offering_id,
                Tags=[{"Key": "purchase-order", "Value": name}],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            continue
        plan = _settled(client, order, patience)
        if plan["Status"] != "Failed":
            return _plan(offer.region, plan)
        failures.append(f"{order}: {plan.get('StatusMessage', 'no reason given')}")
        following = next(names, None)
        if following is None:
            break
        order = following
    if failures:
        raise PurchaseFailedError("; ".join(failures))
    raise NothingToBuyError(f"none of {len(offers)} offers could be bought")


def _names(name: str, attempts: int) -> list[str]:
    return [name, *(f"{name}-{number}" for number in range(2, attempts + 1))]


def _settled(client: Any, name: str, patience: timedelta) -> dict[str, Any]:
    """The plan once its payment has come or failed."""
    waited, pause = timedelta(0), timedelta(seconds=30)
    while True:
        plan: dict[str, Any] = client.describe_training_plan(TrainingPlanName=name)
        if plan["Status"] != "Pending":
            return plan
        if waited >= patience:
            raise TimeoutError(f"{name} is still Pending after {waited}: it may yet be charged")
        time.sleep(pause.total_seconds())
        waited += pause


def _plan(region: str, described: Mapping[str, Any]) -> Plan:
    return Plan(
        described["TrainingPlanArn"],
        described["TrainingPlanName"],
        region,
        described["Status"],
        Decimal(described["UpfrontFee"]),
    )


def _fleet(text: str) -> Fleet:
    instance_type, _, count = text.partition("=")
    return Fleet(instance_type, int(count or 1))


def _utc(text: str) -> datetime:
    time_of = datetime.fromisoformat(text)
    return time_of if time_of.tzinfo else time_of.replace(tzinfo=timezone.utc)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """The command: lists what there is, and buys only if it is given a name to buy under."""
    parser = argparse.ArgumentParser(prog="capacity-finder", description=main.__doc__)
    parser.add_argument(
        "--fleet",
        type=_fleet,
        action="append",
        required=True,
        metavar="TYPE=COUNT",
        help="a fleet that would do, such as ml.p5.48xlarge=8; may be repeated",
    )
    parser.add_argument("--region", action="append", required=True, help="may be repeated")
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--earliest", type=_utc, required=True, help="ISO 8601, UTC by default")
    parser.add_argument("--latest", type=_utc, required=True, help="when all must be over")
    parser.add_argument("--budget", type=Decimal, required=True, help="USD")
    parser.add_argument("--target", default="training-job")
    parser.add_argument("--buy", metavar="NAME", help="buy the best, under this name")
    asked = parser.parse_args(arguments)
    need = Need(
        tuple(asked.fleet),
        tuple(asked.region),
        asked.days,
        asked.earliest,
        asked.latest,
        asked.budget,
        asked.target,
    )
    sagemaker = clients(need.regions)
    findings = find(need, sagemaker)
    for offer in findings.affordable:
        say(str(offer))
    for offer in findings.too_expensive:
        say(f"{offer}  (above the budget)")
    for refusal in findings.refusals:
        say(f"{refusal.region}, {refusal.fleet.instance_type}: {refusal.reason}")
    if not asked.buy:
        return 0 if findings.affordable else 1
    try:
        plan = buy(asked.buy, findings.affordable, sagemaker)
    except (NothingToBuyError, PurchaseFailedError, TimeoutError) as error:
        say(f"not bought: {error}")
        return 1
    say(f"{plan.name} is {plan.status}: {plan.arn}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
