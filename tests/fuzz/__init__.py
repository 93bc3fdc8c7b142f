"""Trees that nobody would write: the fixtures, mutated, and what genfile must never do with one.

    python -m tests.fuzz --cases 20000 --seed 1

A case is its number and the seed: the same two give the same tree on every machine.
"""
