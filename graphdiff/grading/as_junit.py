"""A gradebook as JUnit XML, which servers for continuous integration read."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

from graphdiff.checking.report import UNJUDGED
from graphdiff.checking.told import told_of_line
from graphdiff.errors.plain_text import one_line
from graphdiff.grading.records import Gradebook, Graded, Mark

UNNAMED = "-"


def as_junit(gradebook: Gradebook, at: datetime, *, answers: bool = True) -> str:
    """Return a gradebook as XML: a suite a student, a case a claim.

    What is not accepted is a failure, of the verdict as its type; what could not be read or judged
    is an error. It has all that the strict schema of Ant and that of Jenkins ask for. Of hidden
    claims it has the verdict alone.

    Parameters
    ----------
    gradebook
        The class.
    at
        When it was graded.
    answers
        Whether to say what is right.
    """
    root = ElementTree.Element("testsuites")
    for number, graded in enumerate(gradebook.graded):
        root.append(_suite(gradebook.title, graded.for_student(), number, at, answers=answers))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(
    title: str, graded: Graded, number: int, at: datetime, *, answers: bool
) -> ElementTree.Element:
    cases = [_case(graded, mark, answers=answers) for mark in graded.marks]
    if graded.problem and not cases:
        cases = [_unread(graded, "reading")]
    suite = ElementTree.Element(
        "testsuite",
        name=_token(graded.student),
        package=_token(graded.file),
        id=str(number),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        time="0",
        timestamp=at.strftime("%Y-%m-%dT%H:%M:%S"),
        hostname="localhost",
    )
    properties = ElementTree.SubElement(suite, "properties")
    known = {"assignment": title, "earned": str(graded.earned), "possible": str(graded.possible)}
    for name, value in known.items():
        ElementTree.SubElement(properties, "property", name=name, value=one_line(value))
    suite.extend(cases)
    ElementTree.SubElement(suite, "system-out")
    ElementTree.SubElement(suite, "system-err").text = one_line(graded.problem)
    return suite


def _case(graded: Graded, mark: Mark, *, answers: bool) -> ElementTree.Element:
    if graded.problem:
        return _unread(graded, mark.required.target)
    case = _named(mark.required.target, graded)
    if not mark.ok:
        kind = "error" if mark.verdict in UNJUDGED else "failure"
        said = f"{mark.verdict}, {mark.earned} of {mark.required.points} points"
        found = ElementTree.SubElement(case, kind, type=mark.verdict, message=said)
        found.text = "\n".join(_lines(mark, answers=answers))
    return case


def _unread(graded: Graded, name: str) -> ElementTree.Element:
    case = _named(name, graded)
    ElementTree.SubElement(case, "error", type="unread", message=one_line(graded.problem))
    return case


def _named(name: str, graded: Graded) -> ElementTree.Element:
    called = {"name": _token(name), "classname": _token(graded.student), "time": "0"}
    return ElementTree.Element("testcase", called)


def _lines(mark: Mark, *, answers: bool) -> list[str]:
    """Return what is said of the links that are not accepted, one after the other."""
    lines: list[str] = []
    for result, found in zip(
        mark.results, told_of_line(mark.results, answers=answers), strict=True
    ):
        if not result.ok:
            said = " ".join(f"{sentence}." for sentence in found.sentences())
            lines.append(one_line(f"{result.target} = {result.claimed}: {result.verdict}. {said}"))
    return lines


def _token(text: str) -> str:
    """Return a text as a name in XML: one line, no blanks at its ends or two in a row."""
    return " ".join(one_line(text).split()) or UNNAMED
