"""A small description without findings, for tests that break one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scripts.description_file import Description
from scripts.openapi_document import split_pointer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SAMPLE: Final = """\
openapi: 3.1.0
info: {title: Songs, version: 1.0.0}
servers: [{url: "https://songs.example"}]
tags:
  - {name: songs, description: Songs and how to make them.}
x-sources:
  page: {title: The page, kind: documentation, weight: primary, date: undated, read: '2026-11-26'}
  code: {title: The code, kind: source-code, weight: indicative, date: '2025-04-11', read: '2026-11-26'}
x-coverage:
  - {page: Make a song, operationId: createSong, variants: [FromText, FromTune], confidence: high, unknown: []}
  - {page: Get a song, operationId: getSong, variants: [], confidence: high, unknown: []}
x-workflow:
  - {from: createSong, link: song, to: getSong}
  - {from: getSong, link: variation, to: createSong}
paths:
  /songs:
    post:
      operationId: createSong
      tags: [songs]
      summary: Make a song
      description: Makes a song and returns it.
      security: [{key: []}]
      x-sdk: {resource: songs, method: create, unwrap: data}
      x-billing: {charge: paid, note: The page says so., prices: none on record}
      x-effect: creates
      x-evidence:
        - {source: page, says: "POST on this path.", status: documented}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/SongRequest'}
            examples:
              fromText: {summary: From a text, externalValue: examples/create-song.request-from-text.documented.json}
              fromTune: {summary: From a tune, externalValue: examples/create-song.request-from-tune.synthesised.json}
      responses:
        '200':
          description: The song.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/SongEnvelope'}
              examples:
                made: {summary: A song, externalValue: examples/create-song.200.recorded.json}
          links:
            song:
              operationId: getSong
              description: Look at the song.
              parameters: {song_id: $response.body#/data/id}
        '400': {$ref: '#/components/responses/BadRequest'}
        '401': {$ref: '#/components/responses/BadRequest'}
        '403': {$ref: '#/components/responses/BadRequest'}
        '413': {$ref: '#/components/responses/BadRequest'}
  /songs/{song_id}:
    get:
      operationId: getSong
      tags: [songs]
      summary: Get a song
      description: Returns a song.
      security: [{key: []}]
      x-sdk: {resource: songs, method: get, unwrap: data}
      x-billing: {charge: free, note: No source gives a price.}
      x-effect: reads
      x-evidence:
        - {source: page, says: "GET on this path.", status: documented}
      parameters:
        - name: song_id
          in: path
          required: true
          description: Id of the song.
          schema: {type: string, format: uuid}
          example: 2dd391cd-996b-4843-9738-1aed26f170e4
      responses:
        '200':
          description: The song.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/SongEnvelope'}
              examples:
                got: {summary: A song, externalValue: examples/get-song.200.recorded.json}
          links:
            variation:
              operationId: createSong
              description: Make another song of its tune.
              requestBody: {tune: $request.path.song_id, title: 'More of {$response.body#/data/id}'}
        '400': {$ref: '#/components/responses/BadRequest'}
        '401': {$ref: '#/components/responses/BadRequest'}
components:
  securitySchemes:
    key: {type: http, scheme: bearer, description: The key.}
  responses:
    BadRequest:
      description: The request is wrong.
      x-empty-body: {source: code, says: "Sometimes empty.", status: observed, drift: D2}
      x-evidence:
        - {source: page, says: "400 with a page.", status: documented}
      content:
        text/html:
          schema: {type: string}
          examples:
            page: {summary: A page, value: <html></html>}
  schemas:
    SongRequest:
      description: One of the ways to make a song.
      anyOf:
        - {$ref: '#/components/schemas/FromText'}
        - {$ref: '#/components/schemas/FromTune'}
    FromText:
      type: object
      description: A song from a text.
      required: [text]
      properties:
        text: {type: string, description: The text.}
        mood: {type: string, enum: [glad, sad], description: The mood.}
    FromTune:
      type: object
      description: A song from the tune of another.
      required: [tune]
      properties:
        tune: {type: string, format: uuid, description: Id of the other song.}
        title: {type: string, description: The title.}
    SongEnvelope:
      type: object
      description: Envelope around a song.
      required: [data]
      x-required-because: {data: It is the answer.}
      properties:
        data: {$ref: '#/components/schemas/Song', description: The song.}
    Song:
      type: object
      description: A song.
      properties:
        id: {type: string, description: Id of the song.}
        length:
          type: number
          description: Length in seconds.
          x-doubt: contested
          x-evidence:
            - {source: page, says: "An integer.", status: contested, drift: D1}
            - {source: code, says: "A number.", status: contested}
"""

SONG: Final = '{"data": {"id": "2dd391cd-996b-4843-9738-1aed26f170e4", "length": 190.5}}'

EXAMPLES: Final = {
    "create-song.request-from-text.documented.json": '{"text": "la la"}',
    "create-song.request-from-tune.synthesised.json": '{"tune": "2dd391cd-996b-4843-9738-1aed26f170e4"}',
    "create-song.200.recorded.json": SONG,
    "get-song.200.recorded.json": SONG,
}


GONE: Final = object()  # as the value of an edit: remove the node


def write_sample(folder: Path) -> Path:
    """Write the sample with its examples."""
    (folder / "examples").mkdir()
    for name, content in EXAMPLES.items():
        (folder / "examples" / name).write_text(content, "utf-8")
    path = folder / "songs.yaml"
    path.write_text(SAMPLE, "utf-8")
    return path


def edited(description: Description, edits: Mapping[str, Any]) -> Description:
    """Return a copy of a description with other values at some JSON pointers, the lines being the same.

    A pointer whose last token is `-` adds to a list.
    """
    data = description.data
    for pointer, value in edits.items():
        data = _replaced(data, split_pointer(pointer), value)
    return Description(description.path, data, description.lines)


def _replaced(node: Any, tokens: list[str], value: Any) -> Any:
    """Copy what lies on the way to the node, and share the rest."""
    copy: Any = node.copy()
    key: Any = int(tokens[0]) if isinstance(node, list) and tokens[0] != "-" else tokens[0]
    if len(tokens) > 1:
        copy[key] = _replaced(node[key], tokens[1:], value)
    elif key == "-":
        copy.append(value)
    elif value is GONE:
        del copy[key]
    else:
        copy[key] = value
    return copy
