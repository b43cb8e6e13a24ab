"""Where in the sources something stands, in words an author can use."""

from docutils import nodes

# MyST-NB numbers the lines of a notebook as 10 000 × cell + line within the cell + 1.
CELL = 10_000


def place(node: nodes.Node) -> str:
    """The line of a node, or the cell and line where its document is a notebook."""
    while node is not None and not getattr(node, "line", None):
        node = node.parent
    if node is None:
        return "unknown line"
    cell, line = divmod(node.line, CELL)
    return f"cell {cell}, line {max(line - 1, 1)}" if cell else f"line {line}"
