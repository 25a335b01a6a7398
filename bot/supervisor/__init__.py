"""`huitouke run`: starts brain, actions and server, watches over them, and stops them together."""

from bot.supervisor.errors import StartFailed
from bot.supervisor.run import house, run
from bot.supervisor.supervisor import Supervisor
from bot.supervisor.voice import Voice

__all__ = ["StartFailed", "Supervisor", "Voice", "house", "run"]
