"""``QuestionTree``: yes/no questions on a distribution under the hand, and what they cost beside the entropy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

import kltext
from kltext.codes import expected_length, huffman_lengths
from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Law, Names, letters
from kltext.widgets.question_tree.trees import Tree, answers, huffman, leaves, parse, write

__all__ = ["QuestionTree"]

_ROUNDING = 1e-15  # 0.1 + 0.05 is not 0.15 to the last digit: so little is no waste


class QuestionTree(BookWidget):
    """A distribution on 2 to 8 outcomes and the tree of yes/no questions that finds one of them.

    ``tree`` writes a question as a pair of brackets around its two sides, "no" first, with the outcomes by their positions;
    what is not joined yet stands side by side. Every outcome must be possible. L is the average depth, in questions.
    What the best tree needs is shown once it is asked for: ``reveal``.

    >>> from kltext.widgets import QuestionTree
    >>> tree = QuestionTree([0.5, 0.25, 0.25], ["sun", "rain", "snow"], tree="(0(12))")
    >>> tree
    QuestionTree: P = (sun 0.5, rain 0.25, snow 0.25), answers sun 0, rain 10, snow 11
    L = 1.5, H(P) = 1.5, excess = 0 (in bits)
    >>> tree.p = [0.2, 0.4, 0.4]
    >>> round(tree.excess, 6)
    0.278072
    >>> tree.show_huffman()
    >>> tree.words
    {'sun': '01', 'rain': '00', 'snow': '1'}
    >>> tree.reveal, round(tree.best, 6)
    (True, 1.6)
    """

    _esm = bundle("question_tree.js")
    _name = "question_tree"
    _state_traits = ("p", "labels", "tree", "reveal")

    p = Law((0.5, 0.25, 0.25), most=8, positive=True, help="The distribution.").tag(sync=True)
    labels = Names(("A", "B", "C"), help="The outcomes' names; letters by default.").tag(sync=True)
    tree = traitlets.Unicode("012", help="The questions, as brackets around the outcomes' positions.").tag(sync=True)
    reveal = traitlets.Bool(False, help="Show what the best tree needs.").tag(sync=True)

    def __init__(
        self,
        p: Sequence[float] = (0.5, 0.25, 0.25),
        labels: Sequence[str] | None = None,
        *,
        tree: str | None = None,
        key: str = "tree",
        **kwargs: Any,
    ) -> None:
        count = len(tuple(p))
        super().__init__(
            p=p,
            labels=letters(count) if labels is None else labels,
            tree="".join(map(str, range(count))) if tree is None else tree,
            key=key,
            **kwargs,
        )

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New outcomes without names get letters, and without a tree no question."""
        if "p" in traits and (count := len(tuple(traits["p"]))) != len(self.p):
            traits = {"labels": letters(count), "tree": "".join(map(str, range(count))), **traits}
        super().set(**traits)

    @traitlets.validate("p", "labels", "tree")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the outcomes must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        counts = {"p": len(self.p), "labels": len(self.labels), "tree": len(self._groups_of(self.tree))}
        counts[name] = len(value) if name != "tree" else len(self._groups_of(value))
        if len(set(counts.values())) > 1:
            held = ", ".join(f"{other}: {count}" for other, count in counts.items())
            raise traitlets.TraitError(f"p, labels and tree must have as many outcomes, got {held}; change them in one step with set(…)")
        return value

    def _groups_of(self, tree: str) -> list[int]:
        try:
            found = [i for group in parse(tree) for i in leaves(group)]
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        if sorted(found) != list(range(len(found))):
            raise traitlets.TraitError(f"tree must hold the positions 0 to {len(found) - 1} once each, got {tree!r}")
        return found

    @property
    def groups(self) -> list[Tree]:
        """What is not joined yet, as nested pairs; one tree once it is complete."""
        return parse(self.tree)

    @property
    def words(self) -> dict[str, str]:
        """The answers that lead to each outcome, 0 for no and 1 for yes."""
        return dict(zip(self.labels, answers(self.groups, len(self.p)), strict=True))

    @property
    def depth(self) -> float:
        """Questions per outcome, on average."""
        return self.numbers()["depth"]

    @property
    def entropy(self) -> float:
        """H(P), in bits."""
        return self.numbers()["entropy"]

    @property
    def excess(self) -> float:
        """Bits wasted on answers that are not even: average depth minus H(P), once the tree is complete."""
        return self.numbers()["excess"]

    @property
    def best(self) -> float:
        """The average depth of Huffman's tree."""
        return float(expected_length(self.p, huffman_lengths(self.p)))

    def show_huffman(self) -> None:
        """Replace the tree by a best one; what it needs is no secret any more."""
        self.set(tree=write([huffman(self.p)]), reveal=True)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext; what the best tree needs is one of them once it is revealed."""
        p = list(self.p)
        lengths = [len(word) for word in answers(self.groups, len(p))]
        shown = {
            "depth": expected_length(p, lengths),
            "entropy": kltext.entropy(p, base=2),
            "excess": sum(self._waste(leaves(group), lengths) for group in self.groups),
        }
        return {**shown, "best": self.best} if self.reveal else shown

    def _waste(self, group: list[int], lengths: list[int]) -> float:
        """The group's weight times the divergence of its law from the one for which its questions are ideal."""
        weight = sum(self.p[i] for i in group)
        inside = [self.p[i] / weight for i in group]
        waste = float(weight * kltext.kl_divergence(inside, [2.0 ** -lengths[i] for i in group], base=2))
        return 0.0 if waste < _ROUNDING else waste

    def _laws(self) -> str:
        law = ", ".join(f"{label} {short(value)}" for label, value in zip(self.labels, self.p, strict=True))
        words = ", ".join(f"{label} {word or '–'}" for label, word in self.words.items())
        return f"P = ({law}), answers {words}"

    def _in_words(self) -> str:
        names = {"depth": "L", "entropy": "H(P)", "excess": "excess", "best": "best L"}
        return ", ".join(f"{names[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"QuestionTree: {self._laws()}\n{self._in_words()} (in bits)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.question_tree.drawing import draw

        alt = f"A tree of yes/no questions above the distribution they find an outcome of. {self._laws()}. {self._in_words()}, in bits."
        return plots.to_svg(draw(self.groups, self.p, self.labels), alt=alt)
