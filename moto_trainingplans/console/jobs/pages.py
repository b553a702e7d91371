"""The pages of training jobs: the list, a new one, and one with what can be done to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from ...simulation.market.catalog import Target
from .. import page
from ..calls import Answer, calls
from ..fields import Fields
from ..fitting_plans import fitting, instance_types, usable_plans
from ..forms import asked, posted
from . import forms

blueprint = Blueprint("jobs", __name__)
TARGET = Target.TRAINING_JOB
MOST_TRANSITIONS = 100  # that a page shows
ENDED = ("Completed", "Failed", "Stopped")


@blueprint.get("/jobs")
def list_jobs() -> Response:
    """The training jobs, as the query narrows them down."""
    return _list()


def _list(done: str | None = None, address: str | None = None) -> Response:
    fields = Fields(asked())
    answer = calls().aws("Search", forms.listing(fields))
    found = answer.result or {}
    return page.show(
        "jobs/list.html",
        title="Training jobs",
        status=200 if answer.ok else 400,
        address=address,
        jobs=[each["TrainingJob"] for each in found.get("Results", ())],
        hits=found.get("TotalHits", {}).get("Value"),
        next_token=found.get("NextToken"),
        token=fields.text("token"),
        query=asked().only(("name", "status", "plan")),
        statuses=forms.STATUSES,
        refused=answer.refusal,
        done=done,
    )


@blueprint.get("/jobs/new")
def new_job() -> Response:
    """The form for a training job; the query may say what it begins with."""
    return _form({**forms.FIRST, **asked().only(("plan", "instance_type", "instance_count"))})


@blueprint.post("/jobs/new")
def create_job() -> Response:
    """Create a training job."""
    form = posted()
    fields = Fields(form)
    request = forms.creation(fields)
    if fields.mistakes:
        return _form(form.typed, mistakes=fields.mistakes)
    answer = calls().aws("CreateTrainingJob", request)
    if not answer.ok:
        return _form(form.typed, refused=answer)
    name = request["TrainingJobName"]
    return _job(name, f"Training job {name} is created.", url_for("jobs.show_job", name=name))


def _form(
    values: dict[str, str],
    mistakes: dict[str, str] | None = None,
    refused: Answer | None = None,
) -> Response:
    return page.show(
        "jobs/new.html",
        title="Create training job",
        status=200 if mistakes is None and refused is None else 400,
        values=values,
        mistakes=mistakes or {},
        refused=None if refused is None else refused.refusal,
        types=instance_types(TARGET),
        input_modes=forms.INPUT_MODES,
        **_capacity(values.get("instance_type") or None, values.get("plan", "")),
    )


@blueprint.get("/jobs/capacity")
def show_capacity() -> Response:
    """The part of the form that offers plans, for an instance type."""
    form = asked()
    return page.show_part(
        "jobs/capacity.html",
        **_capacity(form.text("instance_type") or None, form.text("plan")),
    )


def _capacity(instance_type: str | None, chosen: str) -> dict[str, Any]:
    """The plans that fit, whether there are others or some are unknown, and which is chosen."""
    usable, unknown = usable_plans(calls(), TARGET)
    plans = fitting(usable, TARGET, instance_type)
    arns = {plan["TrainingPlanArn"] for plan in plans}
    return {
        "plans": plans,
        "others": len(usable) - len(plans),
        "chosen": chosen if chosen in arns else "",
        "instance_type": instance_type,
        "unknown": unknown,
    }


@blueprint.get("/jobs/<name>")
def show_job(name: str) -> Response:
    """One training job."""
    return _job(name)


def _job(
    name: str,
    done: str | None = None,
    address: str | None = None,
    refused: Answer | None = None,
    mistakes: dict[str, str] | None = None,
) -> Response:
    answer = calls().aws("DescribeTrainingJob", {"TrainingJobName": name})
    if not answer.ok:
        return page.show_absent(f"Training job {name}", answer)
    job = answer.result
    arn = plan_of(job)
    plan = None if arn is None else calls().aws("DescribeTrainingPlan", {"TrainingPlanName": arn})
    return page.show(
        "jobs/job.html",
        title=f"Training job {name}",
        status=200 if refused is None and not mistakes else 400,
        address=address,
        job=job,
        plan_arn=arn,
        plan=plan.result if plan is not None else None,
        has_ended=job["TrainingJobStatus"] in ENDED,
        timeline=None if arn is None else _timeline(job["TrainingJobArn"]),
        most_transitions=MOST_TRANSITIONS,
        environment=_environment(job),
        done=done,
        refused=None if refused is None else refused.refusal,
        mistakes=mistakes or {},
    )


def plan_of(job: dict[str, Any]) -> str | None:
    """The ARN of the plan that a described job runs on, or waits for; None where it has none."""
    resources = job.get("ResourceConfig", {})
    arn: str | None = resources.get("TrainingPlanArn")
    if arn is not None:
        return arn
    chosen = resources.get("SelectedInstanceType")
    for preference in resources.get("InstancePreferences", ()):
        if chosen in (None, preference.get("InstanceType")):
            return next(iter(preference.get("TrainingPlanArns", ())), None)
    return None


def _timeline(arn: str) -> dict[str, Any] | None:
    """What happened to a job over time; None where nothing is known of it."""
    known: dict[str, Any] | None = calls().control("timeline", {"resource": arn}).result
    return known


def _environment(job: dict[str, Any]) -> dict[str, str] | None:
    """What the containers of a job on a plan see, while there are any."""
    if job["SecondaryStatus"] != "Training" or plan_of(job) is None:
        return None
    answer = calls().control("jobs/environment", {"job_name": job["TrainingJobArn"]})
    seen: dict[str, str] | None = answer.result
    return seen


@blueprint.post("/jobs/<name>/stop")
def stop_job(name: str) -> Response:
    """Stop a training job."""
    posted()
    answer = calls().aws("StopTrainingJob", {"TrainingJobName": name})
    return _done(name, answer, f"Training job {name} was told to stop.")


@blueprint.post("/jobs/<name>/keep-alive")
def keep_alive(name: str) -> Response:
    """Change how long the instances of a job are kept warm."""
    fields = Fields(posted())
    request = forms.keep_alive_update(name, fields)
    if fields.mistakes:
        return _job(name, address=_address(name), mistakes=fields.mistakes)
    answer = calls().aws("UpdateTrainingJob", request)
    return _done(name, answer, f"The warm pool of {name} is changed.")


@blueprint.post("/jobs/<name>/delete")
def delete_job(name: str) -> Response:
    """Delete a training job that has ended."""
    posted()
    answer = calls().aws("DeleteTrainingJob", {"TrainingJobName": name})
    if answer.ok:
        return _list(f"Training job {name} is deleted.", url_for("jobs.list_jobs"))
    return _done(name, answer, "")


def _done(name: str, answer: Answer, what: str) -> Response:
    if answer.ok:
        return _job(name, what, _address(name))
    return _job(name, None, _address(name), answer)


def _address(name: str) -> str:
    return url_for("jobs.show_job", name=name)
