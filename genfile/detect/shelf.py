"""A bounded cache of texts and parsed files, since a tree can be larger than memory."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Shelf:
    """Values by key, each with a weight in bytes. When they are too heavy together, the least recently used go. A value
    that is needed again is made again, at a cost to the budget."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def get(self, key: Hashable) -> Any:
        """The value of an existing key."""
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def make_room(self, weight: int) -> None:
        """Free enough for the next value before it is made."""
        while self._kept and self._weight + weight > self._capacity:
            _, (_, gone) = self._kept.popitem(last=False)
            self._weight -= gone

    def put(self, key: Hashable, value: Any, weight: int) -> None:
        """Keep a value; one that is heavier than the whole shelf stays until the next one comes."""
        self.make_room(weight)
        self._kept[key] = (value, weight)
        self._weight += weight

    def clear(self) -> None:
        self._kept.clear()
        self._weight = 0
