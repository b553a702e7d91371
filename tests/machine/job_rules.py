"""What those who train do: jobs that run, wait, stop, fail, keep their instances warm."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.machine.book import TYPE, Named
from tests.machine.observation import is_over
from tests.machine.plan_rules import COUNTS, HOUR, NUMBERS
from tests.machine.story import Story, only_when, step
from tests.support.jobs import CHECKPOINTS
from tests.support.steps import a_job


class JobRules(Story):
    """Rules of jobs."""

    def train(
        self,
        number: int,
        count: int,
        hours: int,
        keep_alive: int = 0,
        checkpoints: bool = False,
        max_runtime: int = 28 * 24,
        max_pending: int | None = None,
    ) -> None:
        plans = self.book.plans_for("training-job")
        if not plans:
            return
        plan, name = self.one_of(plans, number), self.new_name("job")
        self.control("jobs/run_for", duration=hours * HOUR, job_name=name)
        stopping = {"MaxRuntimeInSeconds": max_runtime * HOUR}
        if max_pending is not None:
            stopping["MaxPendingTimeInSeconds"] = max_pending * HOUR
        members = a_job(
            name,
            plan.arn,
            count,
            resources={"KeepAlivePeriodInSeconds": keep_alive * 60},
            StoppingCondition=stopping,
            **(CHECKPOINTS if checkpoints else {}),
        )
        arn = self.aws(plan.place, "create_training_job", **members).get("TrainingJobArn")
        if arn is not None:
            self.book.jobs.append(Named(plan.place, name, arn, plan.arn))

    @step(
        number=NUMBERS,
        count=st.sampled_from([1, 1, 2, 4]),
        hours=st.sampled_from([0, 1, 2, 12, 30]),
        keep_alive=st.sampled_from([0, 20, 60]),
        checkpoints=st.booleans(),
        max_runtime=st.sampled_from([28 * 24, 28 * 24, 2]),
        max_pending=st.sampled_from([None, None, 2]),
    )
    def start_job(self, **asked: int) -> None:
        self.train(**asked)  # type: ignore[arg-type]

    @step(number=NUMBERS, count=COUNTS)
    def train_one_after_the_other(self, number: int, count: int) -> None:
        """Two jobs that are alike, of which the first keeps its instances for the second."""
        number = self.with_room(number)
        self.train(number, count, 1, keep_alive=60)
        self.move_by(70)
        self.everything_holds()
        for job in self.warm()[-1:]:
            self.keep_warm(job, 55)
        self.train(number, count, 1, keep_alive=60)

    def keep_warm(self, job: Named, minutes: int) -> None:
        config = {"KeepAlivePeriodInSeconds": minutes * 60}
        self.aws(job.place, "update_training_job", TrainingJobName=job.name, ResourceConfig=config)

    def with_room(self, number: int) -> int:
        """The number of a plan for jobs that has something available, if one has."""
        seen = self.seen.plans if self.seen is not None else {}
        for index, plan in enumerate(self.book.plans_for("training-job")):
            told = seen[plan.arn].described if plan.arn in seen else {"Status": None}
            if told["Status"] == "Active" and told["AvailableInstanceCount"]:
                return index
        return number

    def warm(self) -> list[Named]:
        """The jobs whose pools are kept."""
        seen = self.seen.jobs if self.seen is not None else {}
        return [
            job
            for job in self.book.jobs
            if seen.get(job.arn, {}).get("WarmPoolStatus", {}).get("Status") == "Available"
        ]

    def ended(self) -> list[Named]:
        """The jobs that have ended, and can be deleted."""
        seen = self.seen.jobs if self.seen is not None else {}
        return [job for job in self.book.jobs if job.arn in seen and is_over(seen[job.arn])]

    def running(self) -> list[Named]:
        """The jobs that train."""
        seen = self.seen.jobs if self.seen is not None else {}
        return [
            job
            for job in self.book.jobs
            if seen.get(job.arn, {}).get("SecondaryStatus") == "Training"
        ]

    @only_when(lambda self: self.book.jobs)
    @step(
        number=NUMBERS,
        what=("stop", "delete", "update", "fail", "environment"),
        minutes=st.sampled_from([0, 10, 60]),
    )
    def use_job(self, number: int, what: str, minutes: int) -> None:
        fit = {
            "stop": self.running,
            "update": self.warm,
            "fail": self.running,
            "environment": self.running,
            "delete": self.ended,
        }[what]
        if not fit():
            # Done at once, and kept warm; or running, where the plan has anything left.
            self.train(
                self.with_room(number), 1, 0 if what in ("update", "delete") else 2, keep_alive=60
            )
            self.everything_holds()
        job = self.one_of(fit() or self.book.jobs, number)
        if what == "update":
            self.keep_warm(job, minutes)
        elif what == "fail":
            self.control("jobs/fail", job_name=job.arn, reason="out of memory")
        elif what == "environment":
            self.control("jobs/environment", job_name=job.arn)
        else:
            self.aws(job.place, f"{what}_training_job", TrainingJobName=job.name)

    @step(
        number=NUMBERS,
        what=("training job", "training warm pool"),
        count=st.sampled_from([0, 2, 4, 10_000, 10_000]),
    )
    def limit(self, number: int, what: str, count: int) -> None:
        place = self.one_of(self.book.plans, number).place
        name = f"{TYPE} for {what} usage"
        self.control("quotas/set", name=name, value=count, region=place.region)
        for each in {plan.place for plan in self.book.plans if plan.place.region == place.region}:
            self.book.limits[each, what] = count
        # Places that are bought in later are bound by it too.
        for account in (0, 1):
            self.book.limits[type(place)(account, place.region), what] = count
