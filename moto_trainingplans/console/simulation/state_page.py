"""The page of the simulation as a whole: loading, saving, and beginning anew."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from ...control.addresses import PREFIX
from ...control.scenarios.files import read_text
from ...simulation.kernel.errors import TrainingPlansError
from .. import page
from ..calls import Answer, calls
from ..fields import Fields
from ..forms import posted

blueprint = Blueprint("state", __name__)
TYPED = "what was typed"  # what an error calls a scenario that has no name


@blueprint.get("/state")
def show_state() -> Response:
    """What can be done to the simulation as a whole."""
    return _show()


@blueprint.post("/state/load")
def load() -> Response:
    """Load a scenario, or a saved state, as the text of its file."""
    fields = Fields(posted())
    text, name = fields.text("source") or "", fields.text("name")
    try:
        content = read_text(text, name or TYPED)
    except TrainingPlansError as mistake:
        return _show(text=text, name=name, mistake=str(mistake))
    named = {} if name is None else {"name": name}
    answer = calls().control("load", {"source": content, **named})
    if not answer.ok:
        return _show(text=text, name=name, answer=answer)
    return _show(done="It is loaded.")


@blueprint.post("/state/save")
def save() -> Response:
    """Save the state to the server's own file."""
    posted()
    answer = calls().control("save", {})
    if not answer.ok:
        return _show(answer=answer)
    return _show(done=f"The state is saved to {answer.result['file']}.")


@blueprint.post("/state/reset")
def reset() -> Response:
    """Begin anew."""
    if not Fields(posted()).flag("confirmed"):
        return _show(unconfirmed=True)
    answer = calls().control("reset", {})
    if not answer.ok:
        return _show(answer=answer)
    return _show(done="The simulation begins anew: nothing is bought, ordered or set.")


def _show(
    *,
    done: str | None = None,
    answer: Answer | None = None,
    text: str = "",
    name: str | None = None,
    mistake: str | None = None,
    unconfirmed: bool = False,
) -> Response:
    refused = None if answer is None else answer.refusal
    return page.show(
        "simulation/state.html",
        title="Scenario and state",
        status=200 if refused is None and mistake is None and not unconfirmed else 400,
        address=url_for("state.show_state"),
        done=done,
        state_address=f"{PREFIX}state",
        refused=refused,
        text=text,
        name=name,
        mistake=mistake,
        unconfirmed=unconfirmed,
    )
