"""Codes in response bodies, from the description: those of success."""

from __future__ import annotations

from collections.abc import Mapping

SUCCESS_VALUES: Mapping[str, tuple[object, ...]] = {"code": ("success",)}
"""Member of an envelope -> its values on success, of all envelopes."""
