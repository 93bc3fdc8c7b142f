"""Run a function of genfile in a child process with limits: one at a time, or in a pool of warm children.

>>> from genfile.guard import Guard
>>> guard = Guard(seconds=5, memory=512 * 1024 * 1024)      # then: genfile.inspect(tree, guard=guard)

A function that can be run takes plain values and bytes and gives plain values. What it gives is data that the caller
validates, for a child that read a hostile tree may be hostile itself; nothing is ever unpickled. `tasks` holds the
functions that there are; whoever adds one (a server, a run over many repositories) needs nothing else of this package.

    limits.py    Guard: what a child may use; Runner: what Guard and GuardPool have in common
    child.py     the child: cuts off the network, then forks for each request a process with limits, and waits for it
    process.py   the parent's side of one child: starts it, asks it, ends it with all that it started
    frames.py    what goes over the pipes between the two
    pool.py      GuardPool: children that have imported everything already
    tasks.py     inspect: the request, the work in the child, and the check of the answer
"""

from genfile.errors import GuardError
from genfile.guard.limits import Guard, Runner
from genfile.guard.pool import GuardPool

__all__ = ["Guard", "GuardError", "GuardPool", "Runner"]
