"""What a refused request is answered: the AWS code and text of every mistake."""

from __future__ import annotations

from . import apps, clusters, endpoints, jobs, plans
from .codes import Answers

ANSWERS: Answers = {
    **plans.ANSWERS,
    **jobs.ANSWERS,
    **clusters.ANSWERS,
    **endpoints.ANSWERS,
    **apps.ANSWERS,
}
