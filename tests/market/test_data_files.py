"""The data files: what is wrong with an entry is said as soon as they are read."""

from __future__ import annotations

import copy

import pytest

from moto_trainingplans.simulation.market import catalog, data_files, prices

pytestmark = pytest.mark.in_process("reads the package's own data")

PRICE = {
    "type": "ml.p5.48xlarge",
    "from": "2027-01-01",
    "regions": ["us-east-1"],
    "rate": "50.00",
    "certainty": "listed",
    "source": "price-list-2025-04-30",
}
PLACE = {
    "type": "ml.p5.48xlarge",
    "place": "eu-west-3",
    "certainty": "listed",
    "source": "price-list-2025-04-30",
}


@pytest.fixture
def added(monkeypatch):
    """Reads a data file as if it had another entry, first or last."""

    def read(module, load, file, part, entry, first=False):
        data = copy.deepcopy(data_files.read_data(file))
        data[part].insert(0 if first else len(data[part]), entry)
        monkeypatch.setattr(
            module, "read_data", lambda name: data if name == file else data_files.read_data(name)
        )
        return load.__wrapped__()

    return read


@pytest.mark.rule("CATALOG-03")
def test_an_entry_that_is_added_holds_from_its_day_on(added):
    listed = added(prices, prices.load_prices, "prices.json", "rates", PRICE)
    (newest,) = (price for price in listed.prices if price.start.year == 2027)
    assert (newest.rate, newest.regions) == (50, {"us-east-1"})
    assert listed.prices[-1].start <= newest.start


@pytest.mark.rule("CATALOG-03")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "ml.p9.48xlarge"}, "type is not known: 'ml.p9.48xlarge'"),
        ({"regions": ["us-east-9"]}, "regions must be a list of what is known, each once"),
        ({"regions": ["us-east-1", "us-east-1"]}, "regions must be a list of what is known"),
        ({"regions": []}, "regions must be a list of what is known"),
        ({"regions": ["*", "us-east-1"]}, "[*] stands for every Region"),
        ({"rate": 50}, "rate must be a text"),
        ({"rate": "0"}, "rate must be a decimal such as '13.57'"),
        ({"rate": "fifty"}, "rate must be a decimal such as '13.57'"),
        ({"from": "soon"}, "from must be a day or a time in UTC"),
        ({"certainty": "sure"}, "certainty is not known: 'sure'"),
        ({"source": "a friend"}, "source is not known: 'a friend'"),
        ({"price": "50.00"}, "price is no member of such an entry"),
        ({"from": "2025-04-30"}, "us-east-1 has another price from then on"),
    ],
)
def test_a_price_with_a_mistake_is_shown_with_what_was_expected(added, change, said):
    entry = {**PRICE, **change}
    with pytest.raises(ValueError, match=said) as refused:
        added(prices, prices.load_prices, "prices.json", "rates", entry)
    assert str(refused.value).startswith('prices.json: {"type": ')


@pytest.mark.rule("CATALOG-03")
def test_the_first_price_of_a_type_is_for_every_region(added):
    entry = {**PRICE, "from": "2020-01-01"}
    with pytest.raises(ValueError, match=r"ml\.p5\.48xlarge has no first price for every Region"):
        added(prices, prices.load_prices, "prices.json", "rates", entry)


@pytest.mark.rule("CATALOG-07")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"place": "us-east-9"}, "place is not known: 'us-east-9'"),
        ({"place": "us-east-1"}, "this type has this place already"),
        ({"targets": ["studio-apps", "robots"]}, "targets must be a list of what is known"),
        ({"certainty": None}, "certainty must be a text"),
    ],
)
def test_a_place_with_a_mistake_is_shown_with_what_was_expected(added, change, said):
    with pytest.raises(ValueError, match=said):
        added(catalog, catalog.load_catalog, "places.json", "places", {**PLACE, **change})
