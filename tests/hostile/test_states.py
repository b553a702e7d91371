"""Saved states in which somebody who knows how has changed something."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.hostile.attacked import Attacked
from tests.support.hostile.mutations import changed
from tests.support.hostile.often import often


def load_changed(attacked: Attacked, data: st.DataObject) -> None:
    """Load the story's state with something else in it; refused, or gone on from and restored."""
    part = data.draw(st.sampled_from(sorted(attacked.state)))
    text = changed(data.draw, attacked.state[part], None, attacked.texts)
    try:
        content = {**attacked.state, part: json.loads(text)}
    except ValueError:
        assume(False)
    rest = {name: value for name, value in content.items() if name != "sha256"}
    written = json.dumps(rest, sort_keys=True).encode()
    content["sha256"] = sha256(written).hexdigest()
    answer = attacked.control("load", json.dumps({"source": content}).encode(), quietly=False)
    if answer.status == 200:
        attacked.restore()
    else:
        assert answer.status == 400, answer.told
        assert json.loads(answer.body)["message"]
        assert attacked.changed_nothing()


@pytest.mark.rule("VALIDATE-04", "TIME-06")
def test_a_state_with_anything_in_it_is_loaded_or_refused_with_nothing_changed(attacked):
    @often(30)
    @given(data=st.data())
    def load_many(data):
        with attacked.attempt():
            load_changed(attacked, data)

    load_many()
    attacked.check_unchanged()
