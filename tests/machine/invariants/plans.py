"""What always holds of plans, their blocks, and the capacity that they take."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.machine.book import Book
from tests.machine.observation import OVER, Answer, Observation, SeenPlan

COUNTS = ("TotalInstanceCount", "AvailableInstanceCount", "InUseInstanceCount")


def a_plan_is_listed_as_it_is_described(_: Any, seen: Observation, __: Book) -> None:
    """Every member that both DescribeTrainingPlan and ListTrainingPlans tell is the same."""
    for plan in seen.plans.values():
        for member, value in plan.listed.items():
            assert plan.described[member] == value, (plan.plan, member)


def a_block_is_told_as_its_plan_tells_it(_: Any, seen: Observation, __: Book) -> None:
    """DescribeReservedCapacity and the plan agree about every block, and on the present counts."""
    for plan in seen.plans.values():
        summaries = plan.described["ReservedCapacitySummaries"]
        for summary, block in zip(summaries, plan.blocks, strict=bool(plan.blocks)):
            shared = summary.keys() & block.keys()
            assert {key: summary[key] for key in shared} == {key: block[key] for key in shared}
            assert 0 <= block["InUseInstanceCount"] <= block["TotalInstanceCount"]
        if plan.blocks:
            current = _current(plan)
            for count in COUNTS:
                assert plan.described[count] == current[count], (plan.plan, count)


def the_counts_of_a_plan_add_up(_: Any, seen: Observation, __: Book) -> None:
    """Total is what is in use, available, unhealthy and spare; nothing is available when closed."""
    for plan in seen.plans.values():
        told = plan.described
        spares = told.get("AvailableSpareInstanceCount", 0)
        others = told["InUseInstanceCount"] + told["UnhealthyInstanceCount"] + spares
        assert min(told[count] for count in COUNTS) >= 0
        if told["AvailableInstanceCount"]:
            assert told["AvailableInstanceCount"] + others == told["TotalInstanceCount"]
            assert told["Status"] not in OVER
        assert others <= told["TotalInstanceCount"]


def ultra_servers_add_up_to_their_block(_: Any, seen: Observation, __: Book) -> None:
    """The UltraServers of the present block have its counts, and are Impaired where broken."""
    for plan in seen.plans.values():
        if not plan.servers:
            continue
        per_block = plan.described["TotalUltraServerCount"]
        index = plan.blocks.index(_current(plan))
        servers = plan.servers[index * per_block : (index + 1) * per_block]
        for count in (*COUNTS, "UnhealthyInstanceCount", "AvailableSpareInstanceCount"):
            assert sum(server[count] for server in servers) == plan.described[count], count
        for server in servers:
            if server["HealthStatus"] != "Insufficient-Data":
                impaired = server["UnhealthyInstanceCount"] > 0
                assert server["HealthStatus"] == ("Impaired" if impaired else "OK")


def a_plan_is_what_its_blocks_are(_: Any, seen: Observation, __: Book) -> None:
    """A plan is Active while a block runs, Scheduled before and between, Expired after the last."""
    for plan in seen.plans.values():
        told, now = plan.described, seen.now
        blocks = told["ReservedCapacitySummaries"]
        assert told["StartTime"] == blocks[0]["StartTime"]
        assert told["EndTime"] == blocks[-1]["EndTime"]
        assert all(one["EndTime"] <= other["StartTime"] for one, other in pairwise(blocks))
        if told["Status"] in ("Pending", "Failed"):
            assert {block["Status"] for block in blocks} == {told["Status"]}
            continue
        for block in blocks:
            state = "Active" if block["StartTime"] <= now else "Scheduled"
            assert block["Status"] == ("Expired" if block["EndTime"] <= now else state)
        statuses = {block["Status"] for block in blocks}
        likely = next(each for each in ("Active", "Scheduled", "Expired") if each in statuses)
        assert told["Status"] == likely


def _current(plan: SeenPlan) -> Answer:
    """The block whose counts a plan tells: the first that is not over, else the last."""
    return next((b for b in plan.blocks if b["Status"] not in OVER), plan.blocks[-1])


# -- capacity ------------------------------------------------------------------------------------


def nothing_is_oversold(before: Observation | None, seen: Observation, book: Book) -> None:
    """At no instant of any pool more is held than is for sale, or was held already."""
    if before is None:
        return
    held, held_before = _holds(seen), _holds(before)
    for (zone, kind, target), holds in held.items():
        earlier = held_before.get((zone, kind, target), [])
        for start, _, _ in holds:
            most = max(book.for_sale(zone, kind, target, start), _held_at(earlier, start))
            assert _held_at(holds, start) <= most, (zone, kind, target, start)


def free_is_what_is_for_sale_and_not_held(_: Any, seen: Observation, book: Book) -> None:
    """`capacity.free` of each block's window is the least that plans and extensions leave in it."""
    holds = _holds(seen)
    for (zone, kind, target, start, end), free in seen.free.items():
        pool = holds.get((zone, kind, target), [])
        times = {start, *(time for hold in pool for time in hold[:2])}
        times |= {time for sale in book.sales for time in (sale.start, sale.end) if time}
        left = min(
            book.for_sale(zone, kind, target, when) - _held_at(pool, when)
            for when in times
            if start <= when < end
        )
        assert free == max(0, left), (zone, kind, target, start)


Hold = tuple[datetime, datetime, int]


def _holds(seen: Observation) -> dict[tuple[str, str, str], list[Hold]]:
    """What plans that have not failed hold of each pool, and extensions that await payment."""
    found: dict[tuple[str, str, str], list[Hold]] = {}
    for plan in seen.plans.values():
        if plan.described["Status"] == "Failed":
            continue
        for block in plan.described["ReservedCapacitySummaries"]:
            kind = block.get("UltraServerType") or block["InstanceType"]
            count = block.get("UltraServerCount") or block["TotalInstanceCount"]
            pool = found.setdefault((block["AvailabilityZone"], kind, plan.plan.target), [])
            pool.append((block["StartTime"], block["EndTime"], count))
        for extension in plan.extensions:
            if extension["PaymentStatus"] == "Pending":
                pool.append((extension["StartDate"], extension["EndDate"], count))
    return found


def _held_at(holds: list[Hold], when: datetime) -> int:
    return sum(count for start, end, count in holds if start <= when < end)


ALWAYS = (
    a_plan_is_listed_as_it_is_described,
    a_block_is_told_as_its_plan_tells_it,
    the_counts_of_a_plan_add_up,
    ultra_servers_add_up_to_their_block,
    a_plan_is_what_its_blocks_are,
    nothing_is_oversold,
    free_is_what_is_for_sale_and_not_held,
)
