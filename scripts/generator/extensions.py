"""Extensions: methods of a resource that combine its operations, written by hand once for both clients."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import frozen


@frozen
class Extension:
    """A mixin for a resource, added when the resource has every operation that it calls.

    Attributes:
        module: The module of the mixin; its template has the same name.
        mixin: The class that the resource inherits from; `Async` is put before it for the other client.
        operations: The methods of the operations that it calls.
        methods: The methods that it adds.
        token_methods: Those of them that need the access token.
        exports: The classes that users import from the package, by module. The client has these modules only with the
            extension.
    """

    module: str
    mixin: str
    operations: frozenset[str]
    methods: tuple[str, ...]
    exports: Mapping[str, tuple[str, ...]]
    token_methods: frozenset[str] = frozenset()


EXTENSIONS = {
    "account": Extension(
        module="_account",
        mixin="AccountMethods",
        operations=frozenset({"subscription", "usage", "user", "task_page", "charge_page"}),
        methods=("balance", "tasks", "charges", "reconcile"),
        exports={
            "_account": (),
            "_account_rows": ("AccountTask", "Balance", "Charge"),
            "_reconcile": ("Reconciliation",),
        },
        token_methods=frozenset({"tasks", "charges", "reconcile"}),
    ),
    "clips": Extension(
        module="_clip_files",
        mixin="ClipFileMethods",
        operations=frozenset({"mp4", "wav"}),
        methods=("download", "save_all"),
        exports={"_clip_files": (), "_download": (), "_part_file": (), "_run_download": ()},
    ),
}
"""The extension of a resource, by the name of the resource."""

MODULES = frozenset(module for extension in EXTENSIONS.values() for module in extension.exports)
"""The modules that a client has only with the resource that they extend."""


def find_extension(resource: str, methods: Collection[str]) -> Extension | None:
    """Return the extension of a resource that has these operations, if there is one."""
    extension = EXTENSIONS.get(resource)
    return extension if extension and extension.operations <= set(methods) else None
