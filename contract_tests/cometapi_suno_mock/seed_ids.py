"""Ids that exist from the start, so that a first call works and every refusal can be provoked."""

FINISHED_CLIP = "2dd391cd-996b-4843-9738-1aed26f170e4"
"""A finished song: the `root_clip_id` of the documented request."""

FINISHED_TASK = "346c5d10-a4a1-4f49-a851-66a7dae6cfaf"
"""The task that made it."""

PERSONA = "6a40ce76-2fbe-4272-8ccb-568ed0be7eda"
"""A persona made from it: the `id` of the documented response."""

UPLOADED_CLIP = "00000000-0000-4000-8000-00000000c001"
"""A finished clip that was uploaded, not generated: a persona cannot be made from it."""

UNFINISHED_CLIP = "00000000-0000-4000-8000-00000000c002"
"""A clip that is never finished."""

FOREIGN_CLIP = "00000000-0000-4000-8000-00000000c003"
"""A finished clip of another account."""

EXTENDED_CLIP = "00000000-0000-4000-8000-00000000c004"
"""A finished clip made by `task=extend`, ready for `submit/concat`."""
