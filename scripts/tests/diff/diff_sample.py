"""A sample description that uses every feature, and copies of it with other values."""

from __future__ import annotations

from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from scripts.description_file import Description
from scripts.tests.lint.lint_sample import GONE, edited

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GONE", "sample"]

POST: Final = "/paths/~1songs/post"
LIST: Final = "/paths/~1songs/get"
ONE: Final = "/paths/~1songs~1{song_id}"
REMIX: Final = "/paths/~1songs~1{song_id}~1remix/post"
JSON: Final = "content/application~1json"
C: Final = "/components/schemas"
SONG: Final = f"{C}/Song/properties"
REQUEST: Final = f"{C}/SongRequest/properties"
QUERY: Final = f"{LIST}/parameters"
LABEL: Final = {
    "type": "object",
    "description": "Who sells the song.",
    "properties": {"name": {"type": "string"}, "homeTown": {"type": "string"}},
}

_SAMPLE: Final = """\
openapi: 3.1.0
info: {title: Songs, version: 0.3.0}
servers: [{url: 'https://songs.example'}]
tags: [{name: songs, description: Songs.}]
x-sources:
  page: {title: The page}
paths:
  /songs:
    post:
      operationId: createSong
      tags: [songs]
      summary: Make a song
      security: [{key: []}]
      x-sdk: {resource: songs, method: create}
      x-billing: {charge: paid, note: The page says so.}
      x-effect: creates
      x-evidence: [{source: page, says: POST on this path., status: documented}]
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/SongRequest'}
            examples:
              short: {summary: A short one, value: {title: La, mood: calm}}
      responses:
        '200':
          description: The song.
          headers:
            X-Request-Id: {$ref: '#/components/headers/RequestId'}
            X-Cost: {required: true, description: What it cost., schema: {type: integer}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Song'}}
          links:
            look: {operationId: getSong, description: Look at it., parameters: {song_id: $response.body#/id}}
        '400': {$ref: '#/components/responses/BadRequest'}
    get:
      operationId: listSongs
      tags: [songs]
      summary: List songs
      security: [{key: []}]
      x-sdk: {resource: songs, method: list, unwrap: data}
      x-billing: {charge: free, note: The page says so.}
      x-effect: reads
      parameters:
        - {name: page, in: query, description: The page., schema: {type: integer, minimum: 1, default: 1}}
        - {name: moods, in: query, description: Moods., schema: {type: array, items: {enum: [calm, wild]}}}
        - {name: X-Trace, in: header, required: true, description: A trace., schema: {type: string, minLength: 1}}
        - {name: lang, in: cookie, description: A language., schema: {type: string, enum: [en, de]}}
      responses:
        '200':
          description: The songs.
          content:
            application/json: {schema: {$ref: '#/components/schemas/SongList'}}
        '400': {$ref: '#/components/responses/BadRequest'}
  /songs/{song_id}:
    parameters:
      - {$ref: '#/components/parameters/SongId'}
    get:
      operationId: getSong
      tags: [songs]
      summary: Get a song
      security: [{key: []}]
      x-sdk: {resource: songs, method: get}
      x-billing: {charge: free, note: The page says so.}
      x-effect: reads
      responses:
        '200':
          description: The song.
          content:
            application/json: {schema: {$ref: '#/components/schemas/Song'}}
        '404':
          description: Nothing there.
          content:
            application/json: {schema: {$ref: '#/components/schemas/Problem'}}
            text/html: {schema: {type: string}}
  /songs/{song_id}/remix:
    post:
      operationId: remixSong
      tags: [songs]
      summary: Remix a song
      security: [{key: []}]
      x-sdk: {resource: songs, method: remix, unwrap: data}
      x-billing: {charge: unknown, note: Nobody says.}
      x-effect: creates
      parameters:
        - {$ref: '#/components/parameters/SongId'}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/RemixRequest'}}
      responses:
        '200':
          description: The task.
          content:
            application/json: {schema: {$ref: '#/components/schemas/RemixEnvelope'}}
components:
  securitySchemes:
    key: {type: http, scheme: bearer, description: The key.}
    token: {type: apiKey, in: header, name: X-Token, description: A token.}
  parameters:
    SongId: {name: song_id, in: path, required: true, description: A song., schema: {type: string, minLength: 1}}
  headers:
    RequestId: {description: Of the request., schema: {type: string}}
  responses:
    BadRequest:
      description: Wrong.
      content:
        application/json: {schema: {$ref: '#/components/schemas/Problem'}}
  schemas:
    SongRequest:
      type: object
      description: A song to make.
      required: [title, mood]
      properties:
        title: {type: string, maxLength: 80, description: Its title.}
        mood: {type: string, enum: [calm, wild], description: Its mood.}
        length: {type: [number, 'null'], minimum: 1, description: Seconds.}
        tags: {type: array, items: {type: string}, maxItems: 5, description: Tags.}
        is_public: {type: boolean, default: false, description: Whether all may hear it.}
        options: {$ref: '#/components/schemas/SongOptions', description: More.}
    SongOptions:
      description: Options.
      allOf:
        - {$ref: '#/components/schemas/Pace'}
        - type: object
          required: [key]
          properties:
            key: {type: string, pattern: '^[A-G]$', description: A key.}
    Pace:
      type: object
      description: A pace.
      properties:
        bpm: {type: integer, minimum: 20, maximum: 400, description: Beats.}
    RemixRequest:
      description: A way to remix.
      anyOf:
        - {$ref: '#/components/schemas/FasterRemix'}
        - {$ref: '#/components/schemas/SlowerRemix'}
      discriminator: {propertyName: kind}
    FasterRemix:
      type: object
      description: Faster.
      required: [kind, by]
      properties:
        kind: {type: string, const: faster, description: The kind.}
        by: {type: number, description: By how much.}
        voice: {oneOf: [{$ref: '#/components/schemas/Voice'}, {type: 'null'}], description: A voice.}
    SlowerRemix:
      type: object
      description: Slower.
      required: [kind]
      not: {required: [by]}
      properties:
        kind: {type: string, const: slower, description: The kind.}
    Voice:
      type: string
      description: A voice.
      x-extensible-enum: [alto, bass]
    Song:
      type: object
      description: A song.
      x-evidence: [{source: page, says: These fields., status: documented}]
      required: [id, state]
      properties:
        id: {type: string, description: Its id.}
        state: {$ref: '#/components/schemas/SongState', description: How far it is.}
        title: {type: string, description: Its title.}
        length: {type: integer, description: Seconds.}
        kind: {type: string, enum: [song, remix], description: What it is.}
        author: {oneOf: [{$ref: '#/components/schemas/Person'}, {type: 'null'}], description: Who made it.}
        parts: {type: array, items: {$ref: '#/components/schemas/Part'}, description: Its parts.}
        parent: {$ref: '#/components/schemas/Song', description: What it came from.}
        span: {type: array, prefixItems: [{type: number}, {type: number}], description: From and to.}
        labels: {type: object, additionalProperties: {type: string}, description: Labels.}
    SongState:
      type: string
      description: How far a song is.
      x-extensible-enum: [queued, done]
    Person:
      type: object
      description: Somebody.
      required: [name]
      properties:
        name: {type: string, description: The name.}
        age: {type: integer, minimum: 0, description: The age.}
    Part:
      description: A part.
      oneOf:
        - {$ref: '#/components/schemas/Verse'}
        - {$ref: '#/components/schemas/Solo'}
    Verse:
      type: object
      description: Sung.
      required: [text]
      properties:
        text: {type: string, description: The words.}
    Solo:
      type: object
      description: Played.
      required: [instrument]
      not: {required: [text]}
      properties:
        instrument: {type: string, description: On what.}
    SongList:
      type: object
      description: Songs.
      required: [code, data]
      properties:
        code: {type: string, const: success, description: All went well.}
        data: {type: array, items: {$ref: '#/components/schemas/Song'}, description: The songs.}
        next: {type: string, description: The next page.}
    RemixEnvelope:
      type: object
      description: A task.
      required: [data]
      properties:
        data: {type: string, description: Its id.}
    Problem:
      type: object
      description: What went wrong.
      required: [code]
      properties:
        code: {type: string, description: A code.}
        detail: {type: [string, 'null'], description: More.}
"""


@cache
def _data() -> dict[str, Any]:
    reader: Any = YAML(typ="safe")
    data: dict[str, Any] = reader.load(StringIO(_SAMPLE))
    return data


def sample(edits: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the description, with other values at some JSON pointers; a pointer ending in `-` adds to a list."""
    return edited(Description(Path("songs.yaml"), _data(), {}), edits or {}).data


SCHEMAS: Final[dict[str, Any]] = sample()["components"]["schemas"]
SONG_ID: Final[dict[str, Any]] = sample()["components"]["parameters"]["SongId"]
