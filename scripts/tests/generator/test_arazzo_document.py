"""The Arazzo document of another API, and what it cannot be made from."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.generator.arazzo_document import RETRY_AFTER, RETRY_LIMIT, build_arazzo_document
from scripts.generator.generation_error import GenerationError
from scripts.tests.generator.small_descriptions import body, describe, operation


def photo_api() -> dict[str, Any]:
    """An API that develops a film and prints a photo of it; its answers have no envelope."""
    example = {"film": {"value": {"brand": "x", "speed": 100}}}
    order: dict[str, Any] = operation("orderFilm", summary="Order a film", requestBody=body({}))
    order["requestBody"]["content"]["application/json"]["examples"] = example
    order["responses"]["200"]["links"] = {
        "look": {"operationId": "getFilm", "parameters": {"film": "$response.body#/id"}}
    }
    film = {"name": "film", "in": "query", "schema": {"type": "string"}}
    look: dict[str, Any] = operation("getFilm", summary="Get a film", parameters=[film])
    look["x-sdk"] = {"poll": {"status": "state", "done": ["ready", "old"], "failed": ["lost"]}}
    look["responses"]["200"]["links"] = {
        "print": {"operationId": "printPhoto", "requestBody": {"photo": "$response.body#/photos/0", "size": 9}}
    }
    photo: dict[str, Any] = operation("printPhoto", summary="Print a photo", security=[{"key": []}])
    needs = {"request": {"speed": {"value": 400}}}
    photo["x-sdk"] = {"workflow": {"submit": "orderFilm", "wait": "getFilm", "requires": needs}}
    takes = {"prints": ["{$response.body#/print}"], "of": "$request.body#/photo"}
    links = {"frame": {"operationId": "framePhoto", "requestBody": takes}}
    photo["responses"] = {"500": {"description": "No."}, "201": {"description": "Made.", "links": links}}
    frame = operation("framePhoto", summary="Frame a photo")
    paths = {"/films": {"post": order, "get": look}, "/prints": {"post": photo}, "/frames": {"post": frame}}
    found = describe(paths)
    found["components"]["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    return found


def test_arazzo_document_follows_links() -> None:
    document = build_arazzo_document(photo_api())
    assert document is not None
    assert document["arazzo"] == "1.0.1"
    assert document["info"] == {"title": "Small: workflows", "version": "1.2.3"}
    (workflow,) = document["workflows"]
    assert workflow["workflowId"] == "printPhoto-frame"
    assert workflow["inputs"]["required"] == ["key"]
    assert workflow["parameters"] == [{"name": "X-Key", "in": "header", "value": "{$inputs.key}"}]
    order, look, photo, frame = workflow["steps"]
    assert [step["operationId"] for step in workflow["steps"]] == ["orderFilm", "getFilm", "printPhoto", "framePhoto"]
    assert order["requestBody"]["payload"] == {"brand": "x", "speed": 400}
    assert look["parameters"] == [{"name": "film", "in": "query", "value": "$steps.orderFilm.outputs.film"}]
    assert photo["requestBody"]["payload"] == {"photo": "$steps.orderFilm-wait.outputs.photo", "size": 9}
    assert photo["successCriteria"] == [{"condition": "$statusCode == 201"}]
    assert frame["requestBody"]["payload"] == {
        "prints": ["$steps.printPhoto.outputs.prints"],
        "of": "$steps.orderFilm-wait.outputs.photo",
    }
    assert workflow["outputs"]["printPhoto.prints"] == "$steps.printPhoto.outputs.prints"


def test_wait_is_a_retry_on_the_status() -> None:
    document = build_arazzo_document(photo_api())
    assert document is not None
    wait = document["workflows"][0]["steps"][1]
    answered = {"condition": "$statusCode == 200"}
    done = "$response.body#/state == 'ready' || $response.body#/state == 'old'"
    assert wait["successCriteria"] == [answered, {"condition": done}]
    assert wait["onFailure"] == [
        {"name": "failed", "type": "end", "criteria": [answered, {"condition": "$response.body#/state == 'lost'"}]},
        {
            "name": "wait",
            "type": "retry",
            "retryAfter": RETRY_AFTER,
            "retryLimit": RETRY_LIMIT,
            "criteria": [answered],
        },
    ]


def test_workflow_without_further_link_ends_with_its_operation() -> None:
    description = photo_api()
    del description["paths"]["/prints"]["post"]["responses"]["201"]["links"]
    document = build_arazzo_document(description)
    assert document is not None
    steps = [step["stepId"] for step in document["workflows"][0]["steps"]]
    assert steps == ["orderFilm", "orderFilm-wait", "printPhoto"]


def test_description_without_workflow_has_no_arazzo_document() -> None:
    assert build_arazzo_document(describe({"/films": {"get": operation("getFilm")}})) is None


def test_link_to_unknown_parameter_is_refused() -> None:
    description = photo_api()
    description["paths"]["/films"]["post"]["responses"]["200"]["links"]["look"]["parameters"] = {"flim": "x"}
    with pytest.raises(GenerationError, match="the link look of orderFilm: getFilm has no parameter flim"):
        build_arazzo_document(description)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("post", "responses", "200", "links"), "no link leads from orderFilm to an operation with x-sdk.poll"),
        (("get", "responses", "200", "links"), "no link leads from getFilm to printPhoto"),
        (("post", "requestBody", "content", "application/json", "examples"), "orderFilm needs an example"),
    ],
)
def test_workflow_without_its_parts_is_refused(path: tuple[str, ...], reason: str) -> None:
    description = photo_api()
    node = description["paths"]["/films"]
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    with pytest.raises(GenerationError, match=f"POST /prints: x-sdk.workflow: {reason}"):
        build_arazzo_document(description)
