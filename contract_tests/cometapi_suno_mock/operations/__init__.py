"""What the gateway does of its own for an operation; one not named here is answered from the description."""

from collections.abc import Mapping

from cometapi_suno_mock.operations import clips, lyrics, music, personas, tasks, uploads
from cometapi_suno_mock.operations.call import Call, Handler, Precheck

HANDLERS: Mapping[str, Handler] = {
    "createPersona": personas.create,
    "submitMusic": music.submit,
    "submitConcat": music.concat,
    "submitLyrics": lyrics.submit,
    "submitUpload": uploads.submit,
    "fetchTask": tasks.get,
    "fetchTasks": tasks.get_many,
    "getMp4": clips.mp4,
    "getTiming": clips.timing,
    "getWav": clips.wav,
}
"""By `operationId`: from a valid call to the JSON value of the 200 answer."""

PRECHECKS: Mapping[str, Precheck] = {
    "submitMusic": music.precheck,
    "submitLyrics": lyrics.precheck,
}
"""By `operationId`: refusals with words of their own, looked for before the schema is asked."""

__all__ = ["HANDLERS", "PRECHECKS", "Call"]
