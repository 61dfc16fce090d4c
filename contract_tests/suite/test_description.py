"""Is the description sound? Lint rules, examples, and the documented request and response value for value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cometapi_suno_mock import Contract, OperationContract

from contract_tests.suite.support.schema_walk import same_json
from contract_tests.suite.support.undescribed_members import find_undescribed
from contract_tests.verifier.exchange.example_calls import example_calls, header_examples, query_examples
from scripts import description_file
from scripts.lint import lint

Checked = Callable[[int], None]

CREATE_PERSONA = ("POST", "/suno/persona/create")

# What the page "Create New Persona" shows; the values of its response tell names and JSON types only.
DOCUMENTED_REQUEST = {
    "root_clip_id": "2dd391cd-996b-4843-9738-1aed26f170e4",
    "name": "Persona Title",
    "description": "Persona Description",
    "clips": ["2dd391cd-996b-4843-9738-1aed26f170e4"],
    "is_public": True,
}
DOCUMENTED_CLIP: dict[str, Any] = {
    "id": "string",
    "entity_type": "string",
    "video_url": "string",
    "audio_url": "string",
    "image_url": "string",
    "image_large_url": "string",
    "major_model_version": "string",
    "model_name": "string",
    "metadata": {
        "tags": "string",
        "prompt": "string",
        "type": "string",
        "duration": 0,
        "refund_credits": True,
        "stream": True,
        "can_remix": True,
        "is_remix": True,
        "priority": 0,
    },
    "is_liked": True,
    "user_id": "string",
    "display_name": "string",
    "handle": "string",
    "is_handle_updated": True,
    "avatar_image_url": "string",
    "is_trashed": True,
    "flag_count": 0,
    "display_tags": "string",
    "created_at": "string",
    "status": "string",
    "title": "string",
    "play_count": 0,
    "upvote_count": 0,
    "is_public": True,
    "allow_comments": True,
}
DOCUMENTED_RESPONSE = {
    "id": "6a40ce76-2fbe-4272-8ccb-568ed0be7eda",
    "name": "string",
    "description": "string",
    "image_s3_id": "string",
    "root_clip_id": "string",
    "clip": DOCUMENTED_CLIP,
    "user_display_name": "string",
    "user_handle": "string",
    "user_image_url": "string",
    "persona_clips": [{"clip": DOCUMENTED_CLIP, "id": 0}],
    "is_suno_persona": True,
    "is_trashed": True,
    "is_owned": True,
    "is_public": True,
    "is_public_approved": True,
    "is_loved": True,
    "upvote_count": 0,
    "clip_count": 0,
}


@pytest.fixture
def create_persona(contract: Contract) -> OperationContract:
    """The operation of the documented page."""
    matched = contract.match(*CREATE_PERSONA)
    assert matched is not None
    return matched[0]


def test_description_passes_lint() -> None:
    findings = lint(description_file.load())
    if findings:  # without the line of this test: the one of the description counts
        pytest.fail("\n".join(map(str, findings)), pytrace=False)


def test_bundle_inlines_examples(description: Mapping[str, Any]) -> None:
    """Order included: readers of the bundle show things in the order of the description."""
    assert json.dumps(description_file.load().bundled()) == json.dumps(description), (
        "`make generate` brings it up to date"
    )


def test_request_examples_are_valid(
    operation: str, description: Mapping[str, Any], contract: Contract, checked: Checked
) -> None:
    """Each operation has at least one example, and it fits its schema and the path parameters."""
    described = contract.operations[operation]
    calls = list(example_calls(described))
    for name, path, body in calls:
        found = described.check_request(
            path_params=path,
            query=query_examples(described),
            headers={name.lower(): text for name, text in header_examples(described).items()},
            content_type=None if body is None else "application/json",
            body=b"" if body is None else json.dumps(body).encode(),
        )
        assert not found, f"{name}: {'; '.join(map(str, found))}"
    assert calls
    checked(len(calls))


def test_response_examples_are_valid(operation: str, contract: Contract, checked: Checked) -> None:
    """Each status has at least one example per media type, and each fits its schema."""
    described = contract.operations[operation]
    judged = 0
    for status, answer in described.answers.items():
        assert answer.content, f"{status} describes no body"
        for media, content in answer.content.items():
            assert content.examples, f"{status} {media}: no example"
            for name, value in content.examples.items():
                body = json.dumps(value).encode() if content.carries_json else value.encode()
                found = described.check_response(status=status, content_type=media, body=body)
                assert not found, f"{status} {name}: {'; '.join(map(str, found))}"
                judged += 1
    checked(judged)


def test_documented_request_is_an_example(create_persona: OperationContract) -> None:
    assert create_persona.body is not None
    example = create_persona.body.content["application/json"].examples["documented"]
    assert same_json(example, DOCUMENTED_REQUEST)


def test_documented_response_is_an_example(create_persona: OperationContract) -> None:
    example = create_persona.answers[200].content["application/json"].examples["documented"]
    assert same_json(example, DOCUMENTED_RESPONSE)


def test_example_fields_are_described(operation: str, contract: Contract, checked: Checked) -> None:
    """Objects are open, so a schema without a documented field would still accept the example."""
    described = contract.operations[operation]
    contents = [content for answer in described.answers.values() for content in answer.content.values()]
    contents += [] if described.body is None else described.body.content.values()
    judged = [(content.schema, value) for content in contents for value in content.examples.values()]
    for schema, value in judged:
        assert schema is not None
        assert not find_undescribed(schema, value)
    checked(len(judged))


def test_operation_has_billing_effect_and_name(operation: str, contract: Contract) -> None:
    """These values decide whether a call may be repeated, and its name in the client."""
    described = contract.operations[operation]
    assert described.billing in ("paid", "free", "unknown")
    assert described.effect in ("creates", "reads")
    resource, _, method = described.sdk.partition(".")
    assert resource.isidentifier()
    assert method.isidentifier()
