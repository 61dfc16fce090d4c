"""The view of the client: every name, type and text that the templates render.

The docs site and `make diff` read it too: the names of the client are worked out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from scripts.generator.extensions import Extension, find_extension
from scripts.generator.python_types import ClassRef, PythonType, name_adopter, name_finder


@frozen
class ArgumentView:
    """An argument of a method.

    Attributes:
        name: Its Python name.
        wire: Its name in the request; "" for a whole body.
        place: Where it is sent: path, query, header or body.
        refuses_string: It is a list in a JSON body, and a string would pass for a sequence.
        fallback: The Python expression for its value when it is left out, by `x-sdk.defaults`; "" to leave it out.
    """

    name: str
    wire: str
    place: str
    type: PythonType
    required: bool
    doc: str
    refuses_string: bool = False
    fallback: str = ""

    @property
    def annotation(self) -> str:
        return self.type.annotate(sent=True) if self.required else self.type.annotate_optional(sent=True)

    @property
    def is_whole_object(self) -> bool:
        """Whether it is a whole body that must be an object."""
        return self.place == "body" and not self.wire and self.required and self.type.classes == ("dict",)

    @property
    def default(self) -> str | None:
        """Its value when it is left out; None when it is required."""
        return None if self.required else "UNSET"

    @property
    def declaration(self) -> str:
        """The argument in a signature."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")


@frozen
class RequestView:
    """The arguments of an operation, and where they are sent.

    Attributes:
        positional: Path parameters, and a body that is one argument.
        keywords: Fields of the body, query and header parameters; required ones first.
        path_parts: The path as ("text", literal) and ("argument", name) parts, so that no text becomes code.
        body: The Python expression that is sent as the body; None without one.
        body_encoder: The function that encodes it.
        body_media_type: Its media type, when it is not the encoder's usual one.
    """

    positional: list[ArgumentView]
    keywords: list[ArgumentView]
    query: list[ArgumentView]
    headers: list[ArgumentView]
    path_parts: list[tuple[str, str]]
    body: str | None = None
    body_encoder: str | None = None
    body_media_type: str | None = None

    @property
    def arguments(self) -> list[ArgumentView]:
        return [*self.positional, *self.keywords]


@frozen
class ResultView:
    """What a call returns.

    Attributes:
        reads: How the body is read: JSON, TEXT, BYTES or NOTHING.
        type: The type of the member that `x-sdk.unwrap` names, or of the body.
        bare: The type of a body without the envelope, where the description has one.
        certain: It has no envelope and has required fields, so that no error body fits it.
        needs: (name, expected type, values of success) of the other required members of the envelope.
    """

    reads: str
    type: PythonType
    bare: PythonType | None = None
    certain: bool = False
    needs: tuple[tuple[str, str, tuple[object, ...]], ...] = ()

    @property
    def null_is_empty(self) -> bool:
        """Whether it is a list that may be null, which is returned as an empty list."""
        return set(self.type.classes) == {"list", "NoneType"}

    @property
    def types(self) -> list[PythonType]:
        return [self.type, self.bare] if self.bare else [self.type]

    def annotate_type(self, *, in_class: bool = False) -> str:
        """Return the annotation of `type`."""
        returned = self.type.without_null if self.null_is_empty else self.type
        return returned.annotate(sent=False, in_class=in_class)

    def annotate(self, *, in_class: bool = False) -> str:
        """Return the annotation of what the method returns."""
        bare = f" | {self.bare.annotate(sent=False, in_class=in_class)}" if self.bare else ""
        return self.annotate_type(in_class=in_class) + bare


@frozen
class BatchView:
    """How several tasks are polled in one request, by `x-sdk.poll.batch`.

    Attributes:
        method_name: The method that takes their ids; `ids` and `group` are its arguments.
        member: The field of a task that holds its group.
        groups: The groups; the first one is tried for a task that was not seen yet.
    """

    method_name: str
    ids: str
    group: str
    member: str
    groups: list[str]


@frozen
class PollView:
    """How a task is polled, by `x-sdk.poll`: the JSON name of its id, the fields of its model, and final statuses."""

    key: str
    id: str
    status: str
    reason: str
    done: list[str]
    failed: list[str]
    batch: BatchView | None


@frozen
class WorkflowView:
    """A method that submits a request, waits, picks an item and calls the operation with it, by `x-sdk.workflow`.

    Attributes:
        result: The class of its result, with the fields `made_name`, `item_name` and `task`.
        submit: The operation that submits.
        wait: The operation that polls the task.
        member: The field of the task that holds the items.
        item: The model of an item.
        keywords: The arguments of the operation that the item does not fill.
        filled: The attribute of the item for each argument that it fills alone.
        call_arguments: The arguments of the call of the operation.
        request_values: The values that the request must have, by JSON name.
        item_values: The values that an item must have to be used, by field.
        note: What is required, which of the calls are charged, and what remains when one fails.
    """

    method_name: str
    result: str
    made_name: str
    item_name: str
    submit: OperationView
    wait: OperationView
    member: str
    item: ClassRef
    keywords: list[ArgumentView]
    filled: dict[str, str]
    call_arguments: str
    request_values: dict[str, object]
    item_values: dict[str, object]
    note: str
    doc: str

    @property
    def request_models(self) -> list[str]:
        """The models of what is submitted: those that the first overload takes, where there are overloads."""
        models = [model.name for model in self.submit.request.positional[0].type.models]
        return self.submit.overloads[0][0] if self.submit.overloads else models

    @property
    def request(self) -> str:
        """The annotation of what is submitted."""
        whole = self.submit.request.positional[0].annotation
        return " | ".join(self.request_models) if self.submit.overloads else whole

    @property
    def imports(self) -> dict[str, str]:
        return self.submit.argument_imports | self.wait.result_imports | {self.item.name: self.item.module}


@frozen
class FollowUpView:
    """A method that submits a request made of an earlier result, and waits for its items, by `x-sdk.follow_up`.

    Attributes:
        name: What users type after `client.`.
        command: The name of its command, as a Python name.
        result: The class of its result, with the fields `items_name` and `task`.
        source: The operation with the earlier result, which has a workflow.
        model: The request model that is submitted.
        origins: By the class of what is passed: the attribute that each filled argument comes from; "" for the value.
        keywords: The arguments that nothing fills.
        given: The filled arguments that a plain id leaves open.
        defaults: Python literals for arguments that may be left out.
        note: What is filled in, what is charged, and what remains when the wait fails.
    """

    name: str
    method_name: str
    command: str
    result: str
    source: OperationView
    flow: WorkflowView
    model: ClassRef
    origins: dict[str, dict[str, str]]
    keywords: list[ArgumentView]
    given: list[ArgumentView]
    defaults: dict[str, str]
    note: str
    doc: str

    @property
    def items_name(self) -> str:
        return f"{self.flow.item_name}s"

    @property
    def enums(self) -> dict[str, ClassRef]:
        """The open enum of each argument that has one: only its known values are sent."""
        return {each.name: each.type.enum for each in self.keywords if each.type.enum}

    def declare(self, argument: ArgumentView) -> str:
        """Return an argument in the signature."""
        default = self.defaults.get(argument.name)
        return f"{argument.name}: {argument.type.annotate(sent=True)} = {default}" if default else argument.declaration

    @property
    def imports(self) -> dict[str, str]:
        found = _merge_imports(each.type for each in self.keywords)
        return found | self.flow.imports | self.source.result_imports


@frozen
class OperationView:
    """A method of a resource.

    Attributes:
        id: Its operationId.
        overloads: (models of the request, annotation of the result) where results differ by `x-sdk.bare`.
        raises: (exception, reason) of the documented errors.
        credential: The client's argument with the secret that it is sent with.
        task: The kind of the task whose id it returns, by `x-sdk.task`.
        price: The most that a call costs in US dollars, by `x-billing.prices`.
        address: The fields of the result, one of which has the address of a file, by `x-sdk.address`.
        unpriced: The request models for which that price does not hold, each with the fields that distinguish it.
    """

    id: str
    resource: str
    method_name: str
    tag: str
    http_method: str
    path: str
    billing: str
    effect: str
    unwrap: str | None
    summary: str
    description: str
    billing_note: str
    request: RequestView
    result: ResultView
    overloads: list[tuple[list[str], str]]
    raises: list[tuple[str, str]]
    credential: str = "api_key"
    task: str | None = None
    price: str | None = None
    unpriced: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()
    poll: PollView | None = None
    workflow: WorkflowView | None = None
    follow_up: FollowUpView | None = None
    address: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What users type after `client.`, such as `personas.create`."""
        return f"{self.resource}.{self.method_name}"

    @property
    def method_names(self) -> list[str]:
        """Its method, and those that `x-sdk.poll`, `x-sdk.workflow` and `x-sdk.follow_up` add."""
        waiting = ["wait", "wait_all", "iter_events"] if self.poll else []
        return [self.method_name, *waiting, *(each.method_name for each in self.sequences)]

    @property
    def sequences(self) -> list[WorkflowView | FollowUpView]:
        """The methods that combine several calls, each with a class for its result."""
        return [each for each in (self.workflow, self.follow_up) if each]

    @property
    def constant(self) -> str:
        return self.method_name.upper()

    @property
    def arguments(self) -> list[ArgumentView]:
        return self.request.arguments

    @property
    def signature(self) -> str:
        """The declared arguments."""
        positional = [each.declaration for each in self.request.positional]
        keywords = [each.declaration for each in self.request.keywords]
        return ", ".join((*positional, *(["*"] if keywords else []), *keywords))

    @property
    def forwarded(self) -> str:
        """The arguments as the client's method passes them to the operation."""
        keywords = (f"{each.name}={each.name}" for each in self.request.keywords)
        return ", ".join((*(each.name for each in self.request.positional), *keywords))

    @property
    def returns(self) -> str:
        return self.result.annotate()

    @property
    def result_imports(self) -> dict[str, str]:
        return _merge_imports(self.result.types)

    @property
    def argument_imports(self) -> dict[str, str]:
        return _merge_imports(each.type for each in self.arguments)

    @property
    def doc(self) -> str:
        """The docstring by sections. Its facts come from the description."""
        arguments = [f"    {each.name}: {each.doc}" for each in self.arguments if each.doc]
        raised = [f"    {error}: {reason}" for error, reason in self.raises]
        sections = [self.summary, self.description, self.billing_note]
        sections += ["\n".join(("Args:", *arguments))] if arguments else []
        sections += ["\n".join(("Raises:", *raised))] if raised else []
        return "\n\n".join(section for section in sections if section)


@frozen
class FieldView:
    """A property of a model, with its name in JSON (`wire`)."""

    name: str
    wire: str
    type: PythonType
    required: bool
    annotation: str
    default: str | None
    doc: str


@frozen
class DerivedFieldView:
    """A property of a model that is read from one of its fields, by `x-sdk.derived`."""

    name: str
    annotation: str
    expression: str
    doc: str


@frozen
class ModelView:
    """A class of `models/`, with the component that it is made from; "" for a schema without a name.

    Attributes:
        sent: It is only in requests: slotted, and strict about null.
        derived: The properties that are read from its fields; none of a request.
    """

    class_name: str
    module: str
    component: str
    description: str
    fields: list[FieldView]
    sent: bool
    derived: list[DerivedFieldView]

    @property
    def renamed(self) -> dict[str, str]:
        """Name in JSON by Python name, where they differ."""
        return {each.name: each.wire for each in self.fields if each.name != each.wire}

    @property
    def checked(self) -> list[FieldView]:
        """The fields whose JSON type is checked: the required ones."""
        return [each for each in self.fields if each.required and each.type.classes]

    @property
    def converted(self) -> list[FieldView]:
        """The fields with models, lists of them, or open enums."""
        return [each for each in self.fields if each.type.conversions()]

    @property
    def helpers(self) -> list[str]:
        return sorted({name for each in self.fields for name in each.type.helpers})

    @property
    def adopter(self) -> str:
        return name_adopter(self.module)

    @property
    def docstring(self) -> str:
        """The docstring, with a line for each described field."""
        fields = [f"    {each.name}: {each.doc}" for each in self.fields if each.doc]
        return "\n\n".join((self.description, "\n".join(("Attributes:", *fields)))) if fields else self.description

    @property
    def imports(self) -> dict[str, str]:
        """Module by name of the other models and enums in its fields."""
        found = _merge_imports(each.type for each in self.fields)
        return {name: module for name, module in sorted(found.items()) if module != self.module}


@frozen
class EnumView:
    """An open enum of `models/`: values by the names of its members.

    Attributes:
        lives: What is on record of how long a value is available, by value.
        retired: The days of the ends that no source contests, by value and alias; "" for a day that is not on record.
    """

    class_name: str
    module: str
    component: str
    description: str
    members: dict[str, str]
    lives: dict[str, str]
    retired: dict[str, str]

    @property
    def docstring(self) -> str:
        """The docstring, with a line for each value whose availability is on record."""
        lines = [f"    {value}: {life}" for value, life in self.lives.items()]
        return "\n\n".join((self.description, "\n".join(("Availability:", *lines)))) if lines else self.description

    @property
    def finder(self) -> str:
        return name_finder(self.module)


@frozen
class ResourceView:
    """The methods below `client.<attribute>`."""

    attribute: str
    class_name: str
    module: str
    description: str
    operations: list[OperationView]

    @property
    def extension(self) -> Extension | None:
        return find_extension(self.attribute, [each.method_name for each in self.operations])

    @property
    def class_names(self) -> list[str]:
        """The classes of both clients, also those for raw responses."""
        return [f"{kind}{self.class_name}{raw}" for kind in ("", "Async") for raw in ("", "WithRawResponse")]

    def imports(self, *, runtime: bool) -> dict[str, str]:
        """Return the module by name of the classes in results (runtime), or in arguments."""
        found: dict[str, str] = {}
        for operation in self.operations:
            found |= operation.result_imports if runtime else operation.argument_imports
        return dict(sorted(found.items()))

    @property
    def all_imports(self) -> dict[str, str]:
        """Module by name of every class in the signatures."""
        found = self.imports(runtime=True) | self.imports(runtime=False)
        for operation in self.operations:
            for sequence in operation.sequences:
                found |= sequence.imports
        return dict(sorted(found.items()))


@frozen
class ClientView:
    """Everything that the templates render."""

    title: str
    version: str
    server: str
    resources: list[ResourceView]
    models: list[ModelView]
    enums: list[EnumView]
    error_codes: list[Mapping[str, Any]]

    @property
    def operations(self) -> list[OperationView]:
        return [operation for resource in self.resources for operation in resource.operations]

    @property
    def task_kinds(self) -> dict[str, str]:
        """The kind of the task that an operation starts, by the operation's name."""
        return {operation.name: operation.task for operation in self.operations if operation.task}

    @property
    def priced_names(self) -> tuple[str, ...]:
        """The names of what may have a price: calls that may be charged, and requests that need their own."""
        charged = [operation for operation in self.operations if operation.billing != "FREE"]
        return tuple(name for each in charged for name in (each.name, *(variant for variant, _ in each.unpriced)))

    @property
    def first_segment(self) -> str:
        """The segment with which most paths begin; "" if there is none."""
        segments = Counter(operation.path.split("/")[1] for operation in self.operations)
        segment, number = next(iter(segments.most_common(1)), ("", 0))
        return segment if 2 * number > segments.total() else ""

    @property
    def retired_values(self) -> dict[str, dict[str, str]]:
        """The retired values of the enums that have some, by class name."""
        return {enum.class_name: enum.retired for enum in self.enums if enum.retired}

    def find_retired_fields(self, model: ModelView) -> dict[str, str]:
        """Return the enum of each field of a request model whose enum has retired values."""
        enums = {field.name: field.type.listed_enum for field in model.fields if model.sent}
        return {name: enum.name for name, enum in enums.items() if enum and enum.name in self.retired_values}

    def may_be_retired(self, argument: ArgumentView) -> bool:
        """Return whether an argument is a request model with such a field."""
        names = {ref.name for ref in argument.type.models}
        return any(self.find_retired_fields(model) for model in self.models if model.class_name in names)

    @property
    def success_values(self) -> dict[str, tuple[object, ...]]:
        """The values of success of all envelopes, by the name of their member."""
        found: dict[str, tuple[object, ...]] = {}
        for name, _, values in (need for operation in self.operations for need in operation.result.needs):
            if values:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
        return found

    @property
    def notified(self) -> OperationView | None:
        """The operation whose result a notification has: the polled one, when there is only one."""
        polled = [operation for operation in self.operations if operation.poll]
        return polled[0] if len(polled) == 1 else None


def _merge_imports(types: Iterable[PythonType]) -> dict[str, str]:
    return {name: module for each in types for name, module in each.imports.items()}
