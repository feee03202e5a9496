"""The choices of an exercise as a QTI package, to be imported into Canvas and other courses.

It is QTI 1.2.1 in the profile of Common Cartridge 1.1, with the fields that Canvas reads besides.
Canvas takes QTI 1.2 for quizzes of both its kinds, and so do ILIAS, Sakai and Brightspace; the
questions of Moodle come as Moodle XML, since it reads no QTI of its own accord.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from graphdiff.exercises.choices import Choice
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.prompts import PICTURE, Prompt, answer, prompts

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
RESPONSE, SCORE = "response1", "SCORE"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of all files in a package, so that the same exercise is the same package."""


def package(exercise: Exercise) -> bytes:
    """Return a zip file with the manifest, the questions and the picture."""
    asked = [prompt for prompt in prompts(exercise) if prompt.choice is not None]
    ident = f"{exercise.topic.name}_{exercise.seed}".replace("-", "_")
    content = {
        "imsmanifest.xml": _document(_manifest(ident)),
        f"{ident}/{ident}.xml": _document(_assessment(exercise, ident, asked)),
        f"{ident}/{PICTURE}": exercise.picture.png(scale=1),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True)


def _manifest(ident: str) -> ET.Element:
    manifest = ET.Element("manifest", identifier=f"{ident}_package", xmlns=PACKAGE)
    metadata = ET.SubElement(manifest, "metadata")
    ET.SubElement(metadata, "schema").text = "IMS Content"
    ET.SubElement(metadata, "schemaversion").text = "1.1.3"
    ET.SubElement(manifest, "organizations")
    resources = ET.SubElement(manifest, "resources")
    for name, kind, file in (
        (ident, "imsqti_xmlv1p2", f"{ident}/{ident}.xml"),
        (f"{ident}_picture", "webcontent", f"{ident}/{PICTURE}"),
    ):
        entry = ET.SubElement(resources, "resource", identifier=name, type=kind, href=file)
        ET.SubElement(entry, "file", href=file)
    return manifest


def _assessment(exercise: Exercise, ident: str, asked: Iterable[Prompt]) -> ET.Element:
    root = ET.Element("questestinterop", xmlns=QTI)
    assessment = ET.SubElement(root, "assessment", ident=ident, title=exercise.title)
    _fields(assessment, cc_profile="cc.exam.v0p1", qmd_assessmenttype="Examination")
    section = ET.SubElement(assessment, "section", ident="root_section")
    for place, prompt in enumerate(asked, 1):
        assert prompt.choice is not None  # noqa: S101 - only such are asked
        section.append(_item(f"{ident}_{place}", prompt, prompt.choice, f"{ident}/{PICTURE}"))
    return root


def _fields(parent: ET.Element, **entries: str) -> None:
    metadata = ET.SubElement(parent, "qtimetadata")
    for label, entry in entries.items():
        field = ET.SubElement(metadata, "qtimetadatafield")
        ET.SubElement(field, "fieldlabel").text = label
        ET.SubElement(field, "fieldentry").text = entry


def _item(ident: str, prompt: Prompt, choice: Choice, picture: str) -> ET.Element:
    item = ET.Element("item", ident=ident, title=prompt.name)
    _fields(
        ET.SubElement(item, "itemmetadata"),
        cc_profile="cc.multiple_choice.v0p1",
        question_type="multiple_choice_question",
        points_possible=f"{prompt.question.points:.1f}",
    )
    names = [f"{ident}_{letter}" for letter, _ in zip("abcdefgh", choice.options, strict=False)]
    presentation = ET.SubElement(item, "presentation")
    _material(presentation, prompt.with_picture(f"$IMS-CC-FILEBASE$/{picture}"))
    response = ET.SubElement(presentation, "response_lid", ident=RESPONSE, rcardinality="Single")
    rendered = ET.SubElement(response, "render_choice", shuffle="Yes")
    for name, option in zip(names, choice.options, strict=True):
        _material(ET.SubElement(rendered, "response_label", ident=name), answer(option.answer))
    _processing(item, names, choice)
    for name, option in zip(names, choice.options, strict=True):
        feedback = ET.SubElement(item, "itemfeedback", ident=f"{name}_fb")
        _material(ET.SubElement(feedback, "flow_mat"), f"<p>{prompt.feedback(option)}</p>")
    return item


def _material(parent: ET.Element, words: str) -> None:
    material = ET.SubElement(parent, "material")
    ET.SubElement(material, "mattext", texttype="text/html").text = words


def _processing(item: ET.Element, names: Iterable[str], choice: Choice) -> None:
    """Say which feedback is shown for each answer, and which of them scores."""
    processing = ET.SubElement(item, "resprocessing")
    outcomes = ET.SubElement(processing, "outcomes")
    ET.SubElement(
        outcomes, "decvar", maxvalue="100", minvalue="0", varname=SCORE, vartype="Decimal"
    )
    pairs = list(zip(names, choice.options, strict=True))
    for name, option in sorted(pairs, key=lambda pair: pair[1].is_right):
        go_on = "No" if option.is_right else "Yes"
        condition = ET.SubElement(processing, "respcondition", {"continue": go_on})
        said = ET.SubElement(condition, "conditionvar")
        ET.SubElement(said, "varequal", respident=RESPONSE).text = name
        if option.is_right:
            ET.SubElement(condition, "setvar", action="Set", varname=SCORE).text = "100"
        ET.SubElement(condition, "displayfeedback", feedbacktype="Response", linkrefid=f"{name}_fb")
