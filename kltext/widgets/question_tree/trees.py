"""Trees of yes/no questions: an outcome's position, or a pair of trees, the side of "no" first."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import TypeAlias

Tree: TypeAlias = "int | tuple[Tree, Tree]"


def parse(text: str) -> list[Tree]:
    """The groups that a text describes.

    >>> parse("0(12)")
    [0, (1, 2)]
    """
    stack: list[list[Tree]] = [[]]
    for sign in text:
        if sign == "(":
            stack.append([])
        elif sign == ")" and len(stack) > 1 and len(stack[-1]) == 2:
            no, yes = stack.pop()
            stack[-1].append((no, yes))
        elif sign in "0123456789":
            stack[-1].append(int(sign))
        else:
            raise ValueError(f"tree must pair outcomes in brackets, such as '(0(12))', got {text!r}")
    if len(stack) > 1:
        raise ValueError(f"tree must close its brackets, got {text!r}")
    return stack[0]


def write(groups: Sequence[Tree]) -> str:
    """The text that `parse` reads.

    >>> write([(0, (1, 2))])
    '(0(12))'
    """
    return "".join(str(node) if isinstance(node, int) else f"({write(node)})" for node in groups)


def leaves(node: Tree) -> list[int]:
    """The outcomes below a node, in the tree's order."""
    return [node] if isinstance(node, int) else leaves(node[0]) + leaves(node[1])


def answers(groups: Sequence[Tree], count: int) -> list[str]:
    """For each outcome the answers that lead to it, as a word of 0 and 1."""
    found = [""] * count

    def visit(node: Tree, word: str) -> None:
        if isinstance(node, int):
            found[node] = word
            return
        for bit, child in zip("01", node, strict=True):
            visit(child, word + bit)

    for node in groups:
        visit(node, "")
    return found


def huffman(p: Sequence[float]) -> Tree:
    """A best tree: join the two rarest groups until one is left, the likelier side as "no"; of equally rare ones the shallower first.

    >>> huffman([0.5, 0.3, 0.2])
    (0, (1, 2))
    """
    queue: list[tuple[float, int, int, Tree]] = [(weight, 0, i, i) for i, weight in enumerate(p)]
    heapq.heapify(queue)
    age = len(p)
    while len(queue) > 1:
        one, other = heapq.heappop(queue), heapq.heappop(queue)
        pair = (one[3], other[3]) if one[0] == other[0] else (other[3], one[3])
        heapq.heappush(queue, (one[0] + other[0], 1 + max(one[1], other[1]), age, pair))
        age += 1
    return queue[0][3]
