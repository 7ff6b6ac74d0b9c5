"""The rules that come with the product: those of the guide, ready to be published."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from liji.reactions import services
from liji.reactions.models import Rule


def documents() -> list[Mapping[str, Any]]:
    """The documents of the pack, by their codes."""
    yaml = YAML(typ="safe")
    found = [entry for entry in files("liji.reactions").joinpath("pack").iterdir() if entry.name.endswith(".yaml")]
    return sorted((yaml.load(entry.read_text("utf-8")) for entry in found), key=lambda one: one["rule"])


def publish_pack() -> int:
    """Publishes the rules of the pack that this installation does not have yet; returns how many.

    One whose room is missing stays out.
    """
    there = set(Rule.objects.values_list("code", flat=True))
    made = 0
    for document in documents():
        if document["rule"] not in there and not services.problems(document):
            services.publish(services.save(document, by=None), by=None)
            made += 1
    return made
