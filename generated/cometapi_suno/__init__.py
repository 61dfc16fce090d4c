"""A typed client of CometAPI Suno, generated from its OpenAPI description, version 0.1.0. Not to be edited."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from ._response import Headers as Headers
    from ._response import Response as Response
    from ._transport import Timeout as Timeout
    from ._unset import UNSET as UNSET
    from ._unset import Unset as Unset
    from .client import AsyncSunoClient as AsyncSunoClient
    from .client import SunoClient as SunoClient
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequestError as BadRequestError
    from .errors import ConfigurationError as ConfigurationError
    from .errors import DeliveryError as DeliveryError
    from .errors import EnvelopeError as EnvelopeError
    from .errors import InvalidRequestError as InvalidRequestError
    from .errors import ModelError as ModelError
    from .errors import NotDeliveredError as NotDeliveredError
    from .errors import NotFoundError as NotFoundError
    from .errors import OutcomeUnknownError as OutcomeUnknownError
    from .errors import PayloadTooLargeError as PayloadTooLargeError
    from .errors import PermissionDeniedError as PermissionDeniedError
    from .errors import QuotaError as QuotaError
    from .errors import RateLimitError as RateLimitError
    from .errors import RedirectError as RedirectError
    from .errors import ResponseDecodeError as ResponseDecodeError
    from .errors import ResponseError as ResponseError
    from .errors import ServerError as ServerError
    from .errors import ServiceUnavailableError as ServiceUnavailableError
    from .errors import SunoError as SunoError
    from .errors import TaskNotFoundError as TaskNotFoundError
    from .models.clip import Clip as Clip
    from .models.clip_metadata import ClipMetadata as ClipMetadata
    from .models.clip_reaction_type_0 import ClipReactionType0 as ClipReactionType0
    from .models.clip_status import ClipStatus as ClipStatus
    from .models.lyrics import Lyrics as Lyrics
    from .models.music_model import MusicModel as MusicModel
    from .models.persona import Persona as Persona
    from .models.persona_clip import PersonaClip as PersonaClip
    from .models.persona_model import PersonaModel as PersonaModel
    from .models.song_from_description import SongFromDescription as SongFromDescription
    from .models.song_from_lyrics import SongFromLyrics as SongFromLyrics
    from .models.song_with_persona import SongWithPersona as SongWithPersona
    from .models.task import Task as Task
    from .models.task_action import TaskAction as TaskAction
    from .models.task_status import TaskStatus as TaskStatus

_WHERE = {
    "Headers": "._response",
    "Response": "._response",
    "Timeout": "._transport",
    "UNSET": "._unset",
    "Unset": "._unset",
    "AsyncSunoClient": ".client",
    "SunoClient": ".client",
    "AuthenticationError": ".errors",
    "BadRequestError": ".errors",
    "ConfigurationError": ".errors",
    "DeliveryError": ".errors",
    "EnvelopeError": ".errors",
    "InvalidRequestError": ".errors",
    "ModelError": ".errors",
    "NotDeliveredError": ".errors",
    "NotFoundError": ".errors",
    "OutcomeUnknownError": ".errors",
    "PayloadTooLargeError": ".errors",
    "PermissionDeniedError": ".errors",
    "QuotaError": ".errors",
    "RateLimitError": ".errors",
    "RedirectError": ".errors",
    "ResponseDecodeError": ".errors",
    "ResponseError": ".errors",
    "ServerError": ".errors",
    "ServiceUnavailableError": ".errors",
    "SunoError": ".errors",
    "TaskNotFoundError": ".errors",
    "Clip": ".models.clip",
    "ClipMetadata": ".models.clip_metadata",
    "ClipReactionType0": ".models.clip_reaction_type_0",
    "ClipStatus": ".models.clip_status",
    "Lyrics": ".models.lyrics",
    "MusicModel": ".models.music_model",
    "Persona": ".models.persona",
    "PersonaClip": ".models.persona_clip",
    "PersonaModel": ".models.persona_model",
    "SongFromDescription": ".models.song_from_description",
    "SongFromLyrics": ".models.song_from_lyrics",
    "SongWithPersona": ".models.song_with_persona",
    "Task": ".models.task",
    "TaskAction": ".models.task_action",
    "TaskStatus": ".models.task_status",
}

__all__ = [
    "AsyncSunoClient",
    "AuthenticationError",
    "BadRequestError",
    "Clip",
    "ClipMetadata",
    "ClipReactionType0",
    "ClipStatus",
    "ConfigurationError",
    "DeliveryError",
    "EnvelopeError",
    "Headers",
    "InvalidRequestError",
    "Lyrics",
    "ModelError",
    "MusicModel",
    "NotDeliveredError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "Persona",
    "PersonaClip",
    "PersonaModel",
    "QuotaError",
    "RateLimitError",
    "RedirectError",
    "Response",
    "ResponseDecodeError",
    "ResponseError",
    "ServerError",
    "ServiceUnavailableError",
    "SongFromDescription",
    "SongFromLyrics",
    "SongWithPersona",
    "SunoClient",
    "SunoError",
    "Task",
    "TaskAction",
    "TaskNotFoundError",
    "TaskStatus",
    "Timeout",
    "UNSET",
    "Unset",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for (PEP 562)."""
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
