"""Edits of the description as a maintainer would make them, in `openapi/` only."""

from __future__ import annotations

import re
from pathlib import Path

FIELD = "        mood: {type: [string, 'null'], description: Mood of the persona.}\n"
OPERATION = """\
  /suno/act/midi/{clip_id}:
    get:
      operationId: getMidi
      tags: [clips]
      summary: Get the notes of a clip
      description: Makes the MIDI file if need be and returns its address.
      security: [{bearerAuth: []}]
      x-sdk: {resource: clips, method: midi}
      x-billing: {charge: unknown, note: No source gives a price.}
      x-effect: reads
      x-doubt: inferred
      x-evidence:
        - {source: deduction, says: "An operation to rehearse with.", status: inferred}
      parameters:
        - {$ref: '#/components/parameters/ClipId'}
      responses:
        '200':
          description: The address of the file.
          headers: {X-Oneapi-Request-Id: {$ref: '#/components/headers/RequestId'}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/MidiFile'}
              examples:
                bare: {summary: The address, externalValue: examples/get-midi.200.synthesised.json}
        '400': {$ref: '#/components/responses/ClipBadRequest'}
        '401': {$ref: '#/components/responses/Unauthorized'}
        '403': {$ref: '#/components/responses/Forbidden'}
        '429': {$ref: '#/components/responses/TooManyRequests'}
        '500': {$ref: '#/components/responses/ServerError'}
        '503': {$ref: '#/components/responses/ServiceUnavailable'}
        '504': {$ref: '#/components/responses/GatewayTimeout'}
        '524': {$ref: '#/components/responses/OriginTimeout'}
"""
MODEL = """\
    MidiFile:
      type: object
      description: Where the notes of a clip are.
      required: [midi_url]
      x-required-because: {midi_url: Without it there is nothing to fetch.}
      properties:
        midi_url: {type: string, description: Address of the file.}
"""
COVERAGE = """\
  - page: Midi
    operationId: getMidi
    variants: []
    confidence: none
    unknown: [everything]
"""
EXAMPLE = '{\n  "midi_url": "https://cdn1.suno.ai/2dd391cd-996b-4843-9738-1aed26f170e4.mid"\n}\n'


class DescriptionEditor:
    """Edits `openapi/` of a checkout."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "openapi"
        self.file = self.folder / "suno.yaml"

    def add_field(self) -> None:
        """Add an optional field to a response."""
        self._insert_after(r"^    Persona:\n.*?^      properties:\n", FIELD)

    def add_operation(self) -> None:
        """Add an operation with its model, example, evidence and row of the coverage."""
        self._insert_after(r"^paths:\n", OPERATION)
        self._insert_after(r"^  schemas:\n", MODEL)
        self._insert_after(r"^x-coverage:\n", COVERAGE)
        (self.folder / "examples" / "get-midi.200.synthesised.json").write_text(EXAMPLE, "utf-8")

    def set_version(self, version: str) -> None:
        """Set `info.version`."""
        self._write(
            re.sub(r"^  version: \S+", f"  version: {version}", self.file.read_text("utf-8"), flags=re.MULTILINE)
        )

    def _insert_after(self, place: str, text: str) -> None:
        before = self.file.read_text("utf-8")
        after, count = re.subn(place, lambda found: found[0] + text, before, count=1, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, f"{place} is not in {self.file}"
        self._write(after)

    def _write(self, text: str) -> None:
        self.file.write_text(text, "utf-8")
