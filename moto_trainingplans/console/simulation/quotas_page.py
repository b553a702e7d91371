"""The page of quotas: those of SageMaker that apply in an account and Region."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import page
from ..calls import calls
from ..forms import asked

blueprint = Blueprint("quotas", __name__)
MOST_PAGES = 20
MOST_SHOWN = 100


@blueprint.get("/quotas")
def show_quotas() -> Response:
    """The quotas whose names contain a text; those of training plans where none is given."""
    form = asked()
    wanted = form.text("name") if "name" in form else "training plans"
    answer = calls().every(
        "ListServiceQuotas",
        {"ServiceCode": "sagemaker", "MaxResults": 100},
        "Quotas",
        service="service-quotas",
        most=MOST_PAGES,
    )
    found = [quota for quota in answer.result or () if wanted.lower() in quota["QuotaName"].lower()]
    return page.show(
        "simulation/quotas.html",
        title="Quotas",
        status=200 if answer.ok else 400,
        name=wanted,
        quotas=found[:MOST_SHOWN],
        more=len(found[MOST_SHOWN:]),
        refused=answer.refusal,
    )
