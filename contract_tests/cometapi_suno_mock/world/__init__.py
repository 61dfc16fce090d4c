"""What the gateway remembers: accounts, tasks, clips, personas. No IO, no wall clock unless asked for."""

from cometapi_suno_mock.world.world import World

__all__ = ["World"]
