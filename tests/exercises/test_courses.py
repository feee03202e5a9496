"""Question banks as courses read them: Moodle XML by the rules of its import, QTI by its schema.

No schema of Moodle XML is published, and no reader of it installs without Moodle: the rules here
are those of its import (question/format/xml/format.php). Those of QTI 1.2.1 are the content model
of the profile of Common Cartridge 1.1, as far as elements of it are used.
"""

import base64
import html
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from exercise_kinds import of_every_kind
from latex_checks import check_formula

from graphdiff.derivations import symbols
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.exercises import exercise
from graphdiff.exercises.friendly import applied
from graphdiff.exercises.moodle import moodle, tolerance
from graphdiff.exercises.prompts import prompts
from graphdiff.exercises.qti import QTI, package
from graphdiff.notation import latex

FORMATS = {"moodle_auto_format", "html", "plain_text", "markdown"}
PNG = b"\x89PNG\r\n\x1a\n"


def text_of(element, path):
    """The text at a path, as Moodle reads it; it must be there once."""
    (found,) = element.findall(f"{path}/text")
    return (found.text or "").strip()


@of_every_kind
def test_moodle_reads_all_questions(kind):
    made = exercise(60, **kind)
    quiz = ET.fromstring(moodle([made]))
    category, *questions = list(quiz)
    assert quiz.tag == "quiz"
    assert category.get("type") == "category"
    assert text_of(category, "category").startswith("$course$/top/")
    assert all(
        question.get("type") in {"multichoice", "numerical", "cloze"} for question in questions
    )
    names = [text_of(question, "name") for question in questions]
    assert len(set(names)) == len(names)
    entered = [q for q in questions if q.get("type") != "multichoice"]
    assert len(entered) == len(made.questions)
    for question in questions:
        for part in question.iter():
            assert part.get("format", "html") in FORMATS
        asked = question.find("questiontext")
        for file in asked.findall("file"):
            assert f"@@PLUGINFILE@@/{file.get('name')}" in text_of(question, "questiontext")
            assert base64.b64decode(file.text, validate=True).startswith(PNG)
        assert question.find("penalty").text == "0.3333333"
    for question, asked in zip(entered, made.questions, strict=True):
        _enters(question, made.answers[asked.target])
    for question in questions:
        if question.get("type") == "multichoice":
            _chooses(question)


def _chooses(question):
    assert question.findtext("single") == "true"
    answers = question.findall("answer")
    fractions = [float(answer.get("fraction")) for answer in answers]
    assert sorted(fractions) == [0.0] * (len(answers) - 1) + [100.0]
    assert len({text_of(answer, ".") for answer in answers}) == len(answers)
    assert all(text_of(answer, "feedback") for answer in answers)


def _enters(question, right):
    if question.get("type") == "cloze":
        text = text_of(question, "questiontext")
        fields = re.findall(r"\{1:NUMERICAL:=(-?[\d.]+):([\d.]+)\}", text)
        assert tuple(value for value, _ in fields) == right.printed
        assert text.count("{1:") == len(fields)
        assert question.find("defaultgrade") is None  # the sum of its parts
        return
    first, *others = question.findall("answer")
    assert text_of(first, ".") == right.printed[0]
    assert first.get("fraction") == "100"
    value, tolerance = float(text_of(first, ".")), float(first.findtext("tolerance"))
    assert abs(value - float(right.entries[0])) <= tolerance
    for other in others:  # no number is within the tolerance of two answers
        assert other.get("fraction") == "0"
        apart = abs(float(text_of(other, ".")) - value)
        assert apart > tolerance + float(other.findtext("tolerance"))


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
@pytest.mark.parametrize("level", ["medium", "hard"])
@pytest.mark.parametrize("topic", ["perceptron", "cross-entropy", "softmax", "mixed", "chain"])
def test_who_rounds_each_step_by_hand_is_right(topic, level, seed):
    """A sweep with three decimals throughout lies within what may be entered."""
    made = exercise(seed, topic=topic, level=level)
    by_hand = rounded_sweeps(made.graph)
    for asked in made.questions:
        right = made.answers[asked.target]
        off = abs(by_hand[asked.target] - float(right.printed[0]))
        assert off <= tolerance(made, asked), (asked.target, by_hand[asked.target], right.text)


def rounded_sweeps(graph):
    """What a person finds who rounds each value, local derivative and gradient, by their targets.

    The slopes of σ, tanh and exp are computed from the rounded outputs.
    """
    values, found = {leaf.name: float(leaf.value) for leaf in graph.leaves}, {}
    n = graph.output
    for node in graph.nodes:
        if not node.is_leaf:
            inputs = [np.float64(values[parent.name]) for parent in node.parents]
            values[node.name] = round(float(value_of(FLOAT64, node.function, inputs)), 3)
    gradient = dict.fromkeys(values, 0.0) | {n.name: 1.0}
    for node in reversed(graph.nodes):
        gradient[node.name] = round(gradient[node.name], 3)
        found[f"d{n.name}/d{node.name}"] = gradient[node.name]
        for place, parent in enumerate(() if node.is_leaf else node.parents):
            slope = round(_slope(node, place, values), 3)
            found[f"J[{parent.name}->{node.name}]"] = slope
            gradient[parent.name] += gradient[node.name] * slope
    return values | found


def _slope(node, place, values):
    out = values[node.name]
    if known := {"sigmoid": out * (1 - out), "tanh": 1 - out**2, "exp": out}.get(applied(node)):
        return known
    inputs = [np.float64(values[parent.name]) for parent in node.parents]
    ends = [
        float(value_of(FLOAT64, node.function, [*inputs[:place], moved, *inputs[place + 1 :]]))
        for moved in (inputs[place] + 1e-6, inputs[place] - 1e-6)
    ]
    return (ends[0] - ends[1]) / 2e-6


# QTI

MODEL = {
    "questestinterop": "assessment",
    "assessment": "qtimetadata section",
    "qtimetadata": "qtimetadatafield+",
    "qtimetadatafield": "fieldlabel fieldentry",
    "section": "item+",
    "item": "itemmetadata presentation resprocessing itemfeedback+",
    "itemmetadata": "qtimetadata",
    "presentation": "material response_lid",
    "response_lid": "render_choice",
    "render_choice": "response_label+",
    "response_label": "material",
    "material": "mattext",
    "resprocessing": "outcomes respcondition+",
    "outcomes": "decvar",
    "respcondition": "conditionvar (setvar )?displayfeedback",
    "conditionvar": "varequal",
    "itemfeedback": "flow_mat",
    "flow_mat": "material",
}
"""What stands in an element of the profile, in this order."""

ATTRIBUTES = {
    "assessment": {"ident", "title"},
    "section": {"ident"},
    "item": {"ident", "title"},
    "response_lid": {"ident", "rcardinality"},
    "render_choice": {"shuffle"},
    "response_label": {"ident"},
    "mattext": {"texttype"},
    "decvar": {"maxvalue", "minvalue", "varname", "vartype"},
    "respcondition": {"continue"},
    "varequal": {"respident"},
    "setvar": {"action", "varname"},
    "displayfeedback": {"feedbacktype", "linkrefid"},
    "itemfeedback": {"ident"},
}


def name_of(element):
    namespace, _, name = element.tag[1:].partition("}")
    assert namespace == QTI
    return name


def check_model(element):
    name = name_of(element)
    children = " ".join(map(name_of, element))
    model = re.sub(r"(\w+)\+", r"(?:\1 )*\1", MODEL.get(name, ""))
    assert re.fullmatch(model, children), (name, children)
    assert set(element.attrib) == ATTRIBUTES.get(name, set()), name
    for child in element:
        check_model(child)


@of_every_kind
def test_a_qti_package_is_of_its_profile(kind):
    made = exercise(61, **kind)
    archive = zipfile.ZipFile(io.BytesIO(package(made)))
    assert archive.testzip() is None
    manifest = ET.fromstring(archive.read("imsmanifest.xml"))
    files = [e.get("href") for e in manifest.iter() if e.tag.endswith("}file")]
    assert sorted(files) == sorted(set(archive.namelist()) - {"imsmanifest.xml"})
    resources = [e for e in manifest.iter() if e.tag.endswith("}resource")]
    assert [e.get("type") for e in resources] == ["imsqti_xmlv1p2", "webcontent"]
    (path,) = (e.get("href") for e in resources[:1])
    root = ET.fromstring(archive.read(path))
    check_model(root)
    idents = [e.get("ident") for e in root.iter() if e.get("ident")]
    idents = [ident for ident in idents if ident != "response1"]
    assert len(set(idents)) == len(idents)
    for item in root.iter(f"{{{QTI}}}item"):
        _item(item, made, archive, path)


def _item(item, made, archive, path):
    labels = [e.get("ident") for e in item.iter(f"{{{QTI}}}response_label")]
    feedback = {e.get("ident") for e in item.iter(f"{{{QTI}}}itemfeedback")}
    scoring = []
    for condition in item.iter(f"{{{QTI}}}respcondition"):
        asked = condition.find(f".//{{{QTI}}}varequal").text
        assert asked in labels
        assert condition.find(f"{{{QTI}}}displayfeedback").get("linkrefid") in feedback
        if condition.find(f"{{{QTI}}}setvar") is not None:
            scoring.append(asked)
    (right,) = scoring
    texts = [e.text for e in item.iter(f"{{{QTI}}}mattext")]
    picture = re.search(r'src="\$IMS-CC-FILEBASE\$/([^"]+)"', texts[0])[1]
    assert archive.read(picture).startswith(PNG)
    assert picture.startswith(path.split("/")[0])
    name = item.get("title").rpartition(": ")[2]
    (target,) = (q.target for q in made.questions if q.name == name)
    shown = texts[1 + labels.index(right)]
    for entry in made.answers[target].printed:
        assert entry in shown


def test_the_same_exercise_is_the_same_package():
    first, second = (package(exercise(4, topic="softmax")) for _ in range(2))
    assert first == second


@of_every_kind
def test_questions_say_the_graph_and_what_is_given_in_words(kind):
    """Who does not see the picture can answer: all formulas and numbers stand in the text."""
    made = exercise(62, **kind)
    for prompt in prompts(made):
        alt = html.unescape(re.search(r'alt="([^"]*)"', prompt.html)[1])
        for node in made.graph.nodes:
            shown = latex.name(node.name)
            assert html.escape(shown, quote=False) in prompt.html
            assert node.name in alt
            if not node.is_leaf:
                assert html.escape(symbols.formula(node).latex, quote=False) in prompt.html
        assert "What is" in prompt.html


@of_every_kind
def test_feedback_is_typeset_as_the_question_is(kind):
    r"""Names with an index stand in \(…\), never as files have them; the formulas are balanced."""
    made = exercise(63, **kind)
    for prompt in prompts(made):
        for option in prompt.choice.wrong if prompt.choice else ():
            said = html.unescape(prompt.feedback(option))
            words = re.sub(r"\\\(.*?\\\)", "", said)
            assert not re.search(r"\w_\w|->|\*|[∂\ue000\ue001]", words), said
            assert said.count(r"\(") == said.count(r"\)")
            for shown in re.findall(r"\\\((.*?)\\\)", said):
                check_formula(shown)
