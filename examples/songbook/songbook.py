"""Songbook: make songs, make voices (personas) from them, and sing with these voices. One page, one SQLite file.

Every paid call has a row in the database before it is sent, and the row gets the id of the task or persona as soon as
the answer is there. A call of unknown outcome is marked and never repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import httpx
from cometapi_suno import (
    AsyncSunoClient,
    Clip,
    OutcomeUnknownError,
    ResponseDecodeError,
    SongFromLyrics,
    SongWithPersona,
    SunoError,
    TaskFailedError,
    TaskNotFoundError,
)
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, create_engine, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

MODEL = "chirp-auk"  # the model that a persona can be made from
TRY_AGAIN = 30.0  # seconds until a song is polled again after an error
PAGE = Path(__file__).with_name("songbook.html")
T = TypeVar("T")
Text = Annotated[str, Field(min_length=1, max_length=3000)]


class Row(DeclarativeBase):
    """What songs and voices share.

    Attributes:
        id: Chosen by the page, so that the same order sent twice is one order.
        state: `sending`, then `waiting` (songs only), then `ready`; or `failed`, or `unclear`.
        note: What went wrong, for people.
    """

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="sending")
    note: Mapped[str] = mapped_column(default="")


class Song(Row):
    """A song, and the task and clip that it is at the gateway."""

    __tablename__ = "song"

    title: Mapped[str]
    lyrics: Mapped[str]
    style: Mapped[str]
    voice_id: Mapped[str | None]
    task_id: Mapped[str | None]
    clip_id: Mapped[str | None]
    progress: Mapped[str] = mapped_column(default="0%")


class Voice(Row):
    """A persona, and the song that it was made from."""

    __tablename__ = "voice"

    name: Mapped[str]
    description: Mapped[str]
    song_id: Mapped[str] = mapped_column(ForeignKey("song.id"))
    persona_id: Mapped[str | None]


class SongOrder(BaseModel):
    """What the page sends for a song."""

    title: Text
    lyrics: Text
    style: Text
    voice_id: str | None = None


class VoiceOrder(BaseModel):
    """What the page sends for a voice."""

    name: Text
    description: str = ""
    song_id: str


class Songbook:
    """The database, the client, and the songs that are waited for.

    Args:
        folder: Where the database and the audio files are.
        client: A client of the gateway.
    """

    def __init__(self, folder: Path, client: AsyncSunoClient) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{folder / 'songbook.sqlite'}")
        Row.metadata.create_all(engine)
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._folder = folder
        self._client = client
        self._waiting: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Continue after a stop: wait for unfinished songs, and mark calls whose answer never came."""
        with self._sessions.begin() as session:
            for kind in (Song, Voice):
                note = "Stopped while sending. Look into your account whether it exists; it is not sent again."
                session.execute(update(kind).where(kind.state == "sending").values(state="unclear", note=note))
            for song in session.scalars(select(Song).where(Song.state == "waiting")):
                self._wait_for(song.id, str(song.task_id))

    def stop(self) -> None:
        """Stop waiting; the songs go on at the gateway."""
        for task in self._waiting:
            task.cancel()

    def list_rows(self, kind: type[Row]) -> list[dict[str, Any]]:
        """Return all songs, or all voices, the newest first."""
        with self._sessions() as session:
            rows = session.scalars(select(kind).order_by(text("rowid DESC"))).all()
        names = kind.__mapper__.columns.keys()
        return [{name: getattr(row, name) for name in names} for row in rows]

    def find(self, kind: type[T], key: str | None) -> T:
        """Return a row, or answer 404."""
        with self._sessions() as session:
            if (row := session.get(kind, key)) is None:
                raise HTTPException(404, f"no {kind.__name__.lower()} {key}")
        return row

    def audio(self, song_id: str) -> Path:
        """Return the file of a song."""
        return self._folder / f"{self.find(Song, song_id).id}.mp3"

    async def order_song(self, key: str, order: SongOrder) -> None:
        """Submit a song, with a voice or without one, and wait for it in the background."""
        request: SongFromLyrics | SongWithPersona
        if order.voice_id is None:
            request = SongFromLyrics(prompt=order.lyrics, title=order.title, tags=order.style, mv=MODEL)
        else:
            voice = self.find(Voice, order.voice_id)
            if voice.persona_id is None:
                raise HTTPException(409, f"the voice {voice.name} is not ready")
            request = SongWithPersona(
                persona_id=voice.persona_id,
                artist_clip_id=str(self.find(Song, voice.song_id).clip_id),
                prompt=order.lyrics,
                title=order.title,
                tags=order.style,
                negative_tags="",
                mv=MODEL,
            )
        if self._add(Song(id=key, **order.model_dump())):
            task_id = await self._pay(Song, key, self._client.music.submit(request))
            self._save(Song, key, state="waiting", task_id=str(task_id))
            self._wait_for(key, str(task_id))

    async def order_voice(self, key: str, order: VoiceOrder) -> None:
        """Make a voice from a finished song."""
        clip = self.find(Song, order.song_id).clip_id
        if clip is None:
            raise HTTPException(409, "the song is not ready")
        if self._add(Voice(id=key, **order.model_dump())):
            call = self._client.personas.create(
                root_clip_id=clip, name=order.name, description=order.description, clips=[clip], is_public=False
            )
            persona = await self._pay(Voice, key, call)
            self._save(Voice, key, state="ready", persona_id=persona.id)

    async def _pay(self, kind: type[Row], key: str, call: Awaitable[T]) -> T:
        """Make a paid call, and write down whether it failed or has an unknown outcome."""
        try:
            return await call
        except SunoError as error:
            unclear = isinstance(error, (OutcomeUnknownError, ResponseDecodeError))
            self._save(kind, key, state="unclear" if unclear else "failed", note=str(error))
            raise HTTPException(504 if unclear else 502, str(error)) from error

    def _wait_for(self, song_id: str, task_id: str) -> None:
        task = asyncio.create_task(self._follow(song_id, task_id))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _follow(self, song_id: str, task_id: str) -> None:
        """Write down the progress of a song until its file is here. All songs share the client's polling."""
        while True:
            try:
                async for task in self._client.tasks.iter_events(task_id):
                    self._save(Song, song_id, progress=task.progress or "", note="")
                if isinstance(task.data, list) and task.data:
                    return await self._keep(song_id, task.data[0])
                return self._save(Song, song_id, state="failed", note="the task ended without a clip")
            except (TaskFailedError, TaskNotFoundError) as error:
                return self._save(Song, song_id, state="failed", note=str(error))
            except (SunoError, httpx.HTTPError) as error:  # a read costs nothing: try again later
                self._save(Song, song_id, note=str(error))
                await asyncio.sleep(TRY_AGAIN)

    async def _keep(self, song_id: str, clip: Clip) -> None:
        """Write down the clip, and keep its audio: the address does not live forever."""
        self._save(Song, song_id, clip_id=clip.id)
        async with httpx.AsyncClient(follow_redirects=True) as web:
            audio = (await web.get(str(clip.audio_url))).raise_for_status().content
        (self._folder / f"{song_id}.mp3").write_bytes(audio)
        self._save(Song, song_id, state="ready")

    def _add(self, row: Row) -> bool:
        """Add a row; return False when the same order was there already."""
        with self._sessions.begin() as session:
            known = session.get(type(row), row.id)
            if known is None:
                session.add(row)
        return known is None

    def _save(self, kind: type[Row], key: str, **known: str) -> None:
        with self._sessions.begin() as session:
            session.execute(update(kind).where(kind.id == key).values(**known))


def create_app(folder: Path = Path("songbook")) -> FastAPI:
    """Create the service. Key and gateway come from COMETAPI_KEY and COMETAPI_BASE_URL."""

    @asynccontextmanager
    async def open_book(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncSunoClient() as client:
            app.state.book = Songbook(folder, client)
            app.state.book.resume()
            yield
            app.state.book.stop()

    app = FastAPI(title="Songbook", lifespan=open_book)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE)

    @app.get("/book")
    async def book() -> dict[str, list[dict[str, Any]]]:
        return {"songs": app.state.book.list_rows(Song), "voices": app.state.book.list_rows(Voice)}

    @app.put("/songs/{key}", status_code=202)
    async def order_song(key: UUID, order: SongOrder) -> None:
        await app.state.book.order_song(str(key), order)

    @app.put("/voices/{key}", status_code=201)
    async def order_voice(key: UUID, order: VoiceOrder) -> None:
        await app.state.book.order_voice(str(key), order)

    @app.get("/songs/{key}/audio")
    async def audio(key: UUID) -> FileResponse:
        if not (path := app.state.book.audio(str(key))).exists():
            raise HTTPException(404, "the song is not ready")
        return FileResponse(path, media_type="audio/mpeg")

    return app
