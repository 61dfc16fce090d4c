"""A typed client of CometAPI Suno, generated from its OpenAPI description, version 0.1.0. Do not edit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from ._account_rows import AccountTask as AccountTask
    from ._account_rows import Balance as Balance
    from ._account_rows import Charge as Charge
    from ._clock import AsyncClock as AsyncClock
    from ._clock import SyncClock as SyncClock
    from ._file_link import FileLink as FileLink
    from ._journal import Journal as Journal
    from ._journal import JournalEntry as JournalEntry
    from ._lost_call import LostCall as LostCall
    from ._operation import Billing as Billing
    from ._operation import Call as Call
    from ._operation import Content as Content
    from ._operation import Effect as Effect
    from ._operation import Operation as Operation
    from ._operation import Reads as Reads
    from ._options import CallOptions as CallOptions
    from ._reconcile import Reconciliation as Reconciliation
    from ._request_encoding import File as File
    from ._response import Headers as Headers
    from ._response import Response as Response
    from ._response_parsing import Answer as Answer
    from ._retired_values import RetiredValueWarning as RetiredValueWarning
    from ._retry import RetryPolicy as RetryPolicy
    from ._timeout import Timeout as Timeout
    from ._unset import UNSET as UNSET
    from ._unset import Unset as Unset
    from .client import AsyncSunoClient as AsyncSunoClient
    from .client import SunoClient as SunoClient
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequestError as BadRequestError
    from .errors import CallRefusedError as CallRefusedError
    from .errors import ConfigurationError as ConfigurationError
    from .errors import DeliveryError as DeliveryError
    from .errors import DownloadError as DownloadError
    from .errors import DuplicateCallError as DuplicateCallError
    from .errors import EnvelopeError as EnvelopeError
    from .errors import InvalidRequestError as InvalidRequestError
    from .errors import ModelError as ModelError
    from .errors import NoAnswerError as NoAnswerError
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
    from .errors import SpendingLimitError as SpendingLimitError
    from .errors import SunoError as SunoError
    from .errors import TaskError as TaskError
    from .errors import TaskFailedError as TaskFailedError
    from .errors import TaskNotFoundError as TaskNotFoundError
    from .errors import TaskTimeoutError as TaskTimeoutError
    from .hooks import parse_notification as parse_notification
    from .models.account_user import AccountUser as AccountUser
    from .models.aligned_word import AlignedWord as AlignedWord
    from .models.clip import Clip as Clip
    from .models.clip_concat_entry import ClipConcatEntry as ClipConcatEntry
    from .models.clip_history_entry import ClipHistoryEntry as ClipHistoryEntry
    from .models.clip_metadata import ClipMetadata as ClipMetadata
    from .models.clip_reaction import ClipReaction as ClipReaction
    from .models.clip_status import ClipStatus as ClipStatus
    from .models.control_sliders import ControlSliders as ControlSliders
    from .models.full_track_separation import FullTrackSeparation as FullTrackSeparation
    from .models.generation_metadata import GenerationMetadata as GenerationMetadata
    from .models.instrumental_song import InstrumentalSong as InstrumentalSong
    from .models.key_subscription import KeySubscription as KeySubscription
    from .models.key_usage import KeyUsage as KeyUsage
    from .models.lyrics import Lyrics as Lyrics
    from .models.mp_4_file import Mp4File as Mp4File
    from .models.mp_4_link import Mp4Link as Mp4Link
    from .models.music_model import MusicModel as MusicModel
    from .models.overpainting import Overpainting as Overpainting
    from .models.persona import Persona as Persona
    from .models.persona_clip import PersonaClip as PersonaClip
    from .models.separated_tracks import SeparatedTracks as SeparatedTracks
    from .models.single_track_separation import SingleTrackSeparation as SingleTrackSeparation
    from .models.song_cover import SongCover as SongCover
    from .models.song_extension import SongExtension as SongExtension
    from .models.song_from_description import SongFromDescription as SongFromDescription
    from .models.song_from_lyrics import SongFromLyrics as SongFromLyrics
    from .models.song_from_style import SongFromStyle as SongFromStyle
    from .models.song_infill import SongInfill as SongInfill
    from .models.song_with_persona import SongWithPersona as SongWithPersona
    from .models.task import Task as Task
    from .models.task_action import TaskAction as TaskAction
    from .models.task_log_entry import TaskLogEntry as TaskLogEntry
    from .models.task_log_page import TaskLogPage as TaskLogPage
    from .models.task_status import TaskStatus as TaskStatus
    from .models.tau_model import TauModel as TauModel
    from .models.timing import Timing as Timing
    from .models.underpainting import Underpainting as Underpainting
    from .models.upload_extension import UploadExtension as UploadExtension
    from .models.usage_log_entry import UsageLogEntry as UsageLogEntry
    from .models.usage_log_page import UsageLogPage as UsageLogPage
    from .models.wav_file import WavFile as WavFile
    from .models.wav_link import WavLink as WavLink
    from .resources.music import SongsWithPersona as SongsWithPersona
    from .resources.personas import PersonaFromSong as PersonaFromSong

_MODULES = {
    "AccountTask": "._account_rows",
    "Balance": "._account_rows",
    "Charge": "._account_rows",
    "AsyncClock": "._clock",
    "SyncClock": "._clock",
    "FileLink": "._file_link",
    "Journal": "._journal",
    "JournalEntry": "._journal",
    "LostCall": "._lost_call",
    "Billing": "._operation",
    "Call": "._operation",
    "Content": "._operation",
    "Effect": "._operation",
    "Operation": "._operation",
    "Reads": "._operation",
    "CallOptions": "._options",
    "Reconciliation": "._reconcile",
    "File": "._request_encoding",
    "Headers": "._response",
    "Response": "._response",
    "Answer": "._response_parsing",
    "RetiredValueWarning": "._retired_values",
    "RetryPolicy": "._retry",
    "Timeout": "._timeout",
    "UNSET": "._unset",
    "Unset": "._unset",
    "AsyncSunoClient": ".client",
    "SunoClient": ".client",
    "AuthenticationError": ".errors",
    "BadRequestError": ".errors",
    "CallRefusedError": ".errors",
    "ConfigurationError": ".errors",
    "DeliveryError": ".errors",
    "DownloadError": ".errors",
    "DuplicateCallError": ".errors",
    "EnvelopeError": ".errors",
    "InvalidRequestError": ".errors",
    "ModelError": ".errors",
    "NoAnswerError": ".errors",
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
    "SpendingLimitError": ".errors",
    "SunoError": ".errors",
    "TaskError": ".errors",
    "TaskFailedError": ".errors",
    "TaskNotFoundError": ".errors",
    "TaskTimeoutError": ".errors",
    "parse_notification": ".hooks",
    "AccountUser": ".models.account_user",
    "AlignedWord": ".models.aligned_word",
    "Clip": ".models.clip",
    "ClipConcatEntry": ".models.clip_concat_entry",
    "ClipHistoryEntry": ".models.clip_history_entry",
    "ClipMetadata": ".models.clip_metadata",
    "ClipReaction": ".models.clip_reaction",
    "ClipStatus": ".models.clip_status",
    "ControlSliders": ".models.control_sliders",
    "FullTrackSeparation": ".models.full_track_separation",
    "GenerationMetadata": ".models.generation_metadata",
    "InstrumentalSong": ".models.instrumental_song",
    "KeySubscription": ".models.key_subscription",
    "KeyUsage": ".models.key_usage",
    "Lyrics": ".models.lyrics",
    "Mp4File": ".models.mp_4_file",
    "Mp4Link": ".models.mp_4_link",
    "MusicModel": ".models.music_model",
    "Overpainting": ".models.overpainting",
    "Persona": ".models.persona",
    "PersonaClip": ".models.persona_clip",
    "SeparatedTracks": ".models.separated_tracks",
    "SingleTrackSeparation": ".models.single_track_separation",
    "SongCover": ".models.song_cover",
    "SongExtension": ".models.song_extension",
    "SongFromDescription": ".models.song_from_description",
    "SongFromLyrics": ".models.song_from_lyrics",
    "SongFromStyle": ".models.song_from_style",
    "SongInfill": ".models.song_infill",
    "SongWithPersona": ".models.song_with_persona",
    "Task": ".models.task",
    "TaskAction": ".models.task_action",
    "TaskLogEntry": ".models.task_log_entry",
    "TaskLogPage": ".models.task_log_page",
    "TaskStatus": ".models.task_status",
    "TauModel": ".models.tau_model",
    "Timing": ".models.timing",
    "Underpainting": ".models.underpainting",
    "UploadExtension": ".models.upload_extension",
    "UsageLogEntry": ".models.usage_log_entry",
    "UsageLogPage": ".models.usage_log_page",
    "WavFile": ".models.wav_file",
    "WavLink": ".models.wav_link",
    "SongsWithPersona": ".resources.music",
    "PersonaFromSong": ".resources.personas",
}

__all__ = [
    "AccountTask",
    "AccountUser",
    "AlignedWord",
    "Answer",
    "AsyncClock",
    "AsyncSunoClient",
    "AuthenticationError",
    "BadRequestError",
    "Balance",
    "Billing",
    "Call",
    "CallOptions",
    "CallRefusedError",
    "Charge",
    "Clip",
    "ClipConcatEntry",
    "ClipHistoryEntry",
    "ClipMetadata",
    "ClipReaction",
    "ClipStatus",
    "ConfigurationError",
    "Content",
    "ControlSliders",
    "DeliveryError",
    "DownloadError",
    "DuplicateCallError",
    "Effect",
    "EnvelopeError",
    "File",
    "FileLink",
    "FullTrackSeparation",
    "GenerationMetadata",
    "Headers",
    "InstrumentalSong",
    "InvalidRequestError",
    "Journal",
    "JournalEntry",
    "KeySubscription",
    "KeyUsage",
    "LostCall",
    "Lyrics",
    "ModelError",
    "Mp4File",
    "Mp4Link",
    "MusicModel",
    "NoAnswerError",
    "NotDeliveredError",
    "NotFoundError",
    "Operation",
    "OutcomeUnknownError",
    "Overpainting",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "Persona",
    "PersonaClip",
    "PersonaFromSong",
    "QuotaError",
    "RateLimitError",
    "Reads",
    "Reconciliation",
    "RedirectError",
    "Response",
    "ResponseDecodeError",
    "ResponseError",
    "RetiredValueWarning",
    "RetryPolicy",
    "SeparatedTracks",
    "ServerError",
    "ServiceUnavailableError",
    "SingleTrackSeparation",
    "SongCover",
    "SongExtension",
    "SongFromDescription",
    "SongFromLyrics",
    "SongFromStyle",
    "SongInfill",
    "SongWithPersona",
    "SongsWithPersona",
    "SpendingLimitError",
    "SunoClient",
    "SunoError",
    "SyncClock",
    "Task",
    "TaskAction",
    "TaskError",
    "TaskFailedError",
    "TaskLogEntry",
    "TaskLogPage",
    "TaskNotFoundError",
    "TaskStatus",
    "TaskTimeoutError",
    "TauModel",
    "Timeout",
    "Timing",
    "UNSET",
    "Underpainting",
    "Unset",
    "UploadExtension",
    "UsageLogEntry",
    "UsageLogPage",
    "WavFile",
    "WavLink",
    "parse_notification",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    module = _MODULES.get(name)
    if module is None:
        if name == "models" or f".{name}" in _MODULES.values():  # type checkers take these modules for imported
            return import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
