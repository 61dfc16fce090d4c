"""Which JSON values does a schema take, and does it take all that another one takes?

`Pool` holds the schemas of two descriptions, `Search` looks for a value that some schemas take and others refuse. It
either finds one, shows that there is none, or says that it cannot tell.
"""

from scripts.diff.values.nodes import Mode, Node, Pool
from scripts.diff.values.search import EMPTY, UNSURE, Found, Result, Search

__all__ = ["EMPTY", "UNSURE", "Found", "Mode", "Node", "Pool", "Result", "Search"]
