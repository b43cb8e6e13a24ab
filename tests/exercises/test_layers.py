"""Every exercise in the chapters has its four layers and its check: statement, two hints, check, solution."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kltext import exercises

STATEMENT = re.compile(
    r"^`{3,}\{exercise\}(?P<title>[^\n]*)\n:label: (?P<label>\S+)\n(?P<text>.*?)^`{3,}\s*$", re.MULTILINE | re.DOTALL
)
DROPDOWN = re.compile(r"^`{3,}\{dropdown\} (?P<title>[^\n]*)\n(?P<text>.*?)^`{3,}\s*$", re.MULTILINE | re.DOTALL)
CHECK = re.compile(r"exercises\.(?P<kind>number|check)\(\s*\"(?P<id>[\w-]+)\"")
LEVEL = re.compile(r"^(Warm-up|Core|Challenge)\b")


def layers(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The exercises of a notebook: what stands in the cells from one statement to the next, or to the next heading."""
    found: list[dict[str, Any]] = []
    for cell in cells:
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            if re.search(r"^#{1,6} ", source, re.MULTILINE):
                found.append({})
            statement = STATEMENT.search(source)
            if statement:
                found.append(
                    {
                        "title": statement["title"].strip(),
                        "label": statement["label"],
                        "statement": statement["text"],
                        "hints": [],
                        "checks": [],
                        "solutions": [],
                        "order": [],
                    }
                )
            if found and found[-1]:
                for dropdown in DROPDOWN.finditer(source):
                    kind = "hints" if "hint" in dropdown["title"].lower() else "solutions"
                    found[-1][kind].append((dropdown["title"].strip(), dropdown["text"].strip()))
                    found[-1]["order"].append(kind)
        elif found and found[-1]:
            for check in CHECK.finditer(source):
                found[-1]["checks"].append((check["kind"], check["id"]))
                found[-1]["order"].append("checks")
    return [exercise for exercise in found if exercise]


def faults(exercise: dict[str, Any]) -> list[str]:
    """What an exercise lacks."""
    wrong = []
    if not LEVEL.match(exercise["title"]):
        wrong.append("the title does not begin with Warm-up, Core or Challenge")
    if len(exercise["statement"].split()) < 8:
        wrong.append("no statement")
    if [title for title, _ in exercise["hints"]] != ["First hint", "Second hint"]:
        wrong.append("not exactly a first and a second hint")
    if len({text for _, text in exercise["hints"] if text}) != len(exercise["hints"]):
        wrong.append("a hint is empty or says what the other says")
    if [title for title, _ in exercise["solutions"]] != ["Solution"]:
        wrong.append("not exactly one solution")
    if any(len(text.split()) < 12 for _, text in exercise["solutions"]):
        wrong.append("the solution gives no reasons")
    if not exercise["checks"]:
        wrong.append("no check")
    if {f"ex-{id}" for _, id in exercise["checks"]} - {exercise["label"]}:
        wrong.append("the check belongs to another label")
    if exercise["order"][:4] != ["hints", "hints", "checks", "solutions"]:
        wrong.append("the order is not hints, check, solution")
    return wrong


def chapters(root: Path) -> dict[str, list[dict[str, Any]]]:
    return {
        path.name: layers(nbformat.read(path, as_version=4).cells)
        for path in sorted((root / "chapters").glob("*.ipynb"))
    }


def test_every_exercise_is_complete(root: Path) -> None:
    found = {
        f"{name}, {exercise['label']}": faults(exercise) for name, its in chapters(root).items() for exercise in its
    }
    assert {label: wrong for label, wrong in found.items() if wrong} == {}


def test_registry_and_chapters_agree(root: Path) -> None:
    used = [check for its in chapters(root).values() for exercise in its for check in exercise["checks"][:1]]
    numbers = [("number", exercise.id) for exercise in exercises.REGISTRY.numbers()]
    functions = [("check", exercise.id) for exercise in exercises.REGISTRY.functions()]
    assert sorted(used) == sorted(numbers + functions)


def test_every_chapter_with_exercises_has_at_least_eight_of_all_levels(root: Path) -> None:
    for name, its in chapters(root).items():
        if its:
            assert len(its) >= 8, name
            assert {LEVEL.match(exercise["title"])[1] for exercise in its} == {"Warm-up", "Core", "Challenge"}, name  # type: ignore[index]


def test_no_hint_gives_the_answer(root: Path) -> None:
    rights = {exercise.id: exercise.right() for exercise in exercises.REGISTRY.numbers()}
    for its in chapters(root).values():
        for exercise in its:
            right = rights.get(exercise["label"].removeprefix("ex-"))
            if right is not None and right != float("inf"):
                text = exercise["statement"] + " ".join(text for _, text in exercise["hints"])
                assert f"{right:.3g}" not in text, exercise["label"]


# The checker of layers is itself checked: each thing taken away is missed.

STATEMENT_AND_HINTS = """````{exercise} Core: a title
:label: ex-kl-gauss

Compute the divergence of these two laws in nats.
````

```{dropdown} First hint
One.
```

```{dropdown} Second hint
Two.
```"""
SOLUTION = """```{dropdown} Solution
Because of this and that, and since the logarithm is concave, it is a half.
```"""
GOOD = [
    ("markdown", STATEMENT_AND_HINTS),
    ("code", 'exercises.number("kl-gauss")'),
    ("markdown", SOLUTION),
    ("code", 'exercises.check("kl-gauss", f)'),
    ("markdown", "## The end\n\n```{dropdown} Solution\nOf nothing.\n```"),
]


def of(cells: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return layers([{"cell_type": kind, "source": source} for kind, source in cells])


def test_a_complete_exercise_has_no_faults() -> None:
    (exercise,) = of(GOOD)
    assert faults(exercise) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "fault"),
    [
        (0, "Core: ", "", "Warm-up, Core or Challenge"),
        (0, "Compute the divergence of these two laws in nats.", "", "no statement"),
        (0, "```{dropdown} Second hint\nTwo.\n```", "", "first and a second hint"),
        (0, "Two.", "One.", "says what the other says"),
        (0, "Two.", "", "is empty"),
        (1, 'exercises.number("kl-gauss")', "pass", "the order"),
        (1, "kl-gauss", "kl-mvn", "another label"),
        (2, "Solution", "Answer?", "one solution"),
        (2, "Because of this and that, and since the logarithm is concave, it is a half.", "½.", "no reasons"),
    ],
)
def test_what_is_missing_is_missed(cell: int, old: str, new: str, fault: str) -> None:
    cells = list(GOOD)
    assert old in cells[cell][1]
    cells[cell] = (cells[cell][0], cells[cell][1].replace(old, new))
    (exercise,) = of(cells)
    assert any(fault in wrong for wrong in faults(exercise)), faults(exercise)


def test_a_solution_before_the_check_is_out_of_order() -> None:
    (exercise,) = of([GOOD[0], GOOD[2], GOOD[1]])
    assert faults(exercise) == ["the order is not hints, check, solution"]
