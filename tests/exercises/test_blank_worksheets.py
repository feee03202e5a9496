"""Worksheets and folders: all forms are there, and none that students get has an answer."""

import re
import tomllib

import pytest
from command_line import shell
from exercise_kinds import of_every_kind
from latex_checks import check_formula

from graphdiff.derivations.derivation import as_markdown
from graphdiff.drawing.writers import pdf_pages
from graphdiff.errors import FileError, GraphError
from graphdiff.exercises import exercise, folder, variants
from graphdiff.exercises.writing import markdown, page, pages, paper, tables
from graphdiff.exercises.writing.sheet import sheet
from graphdiff.workbench import Graph

SOME = {"seed": 11, "topic": "update", "nodes": 5}


@of_every_kind
def test_students_get_no_answers(kind):
    made = exercise(5, **kind)
    files = folder.files(made)
    student = {name: content for name, content in files.items() if name.startswith("student/")}
    given = {token for line in sheet(made, solved=False).given for token in _numbers(line.text)}
    told = {token for line in sheet(made, solved=False).told for token in _numbers(line.text)}
    long = {
        token
        for answer in made.answers.values()
        for token in answer.printed
        if len(token.lstrip("-")) >= 4 and token.lstrip("-") not in given | told
    }
    for name, content in student.items():
        if isinstance(content, str):
            text = re.sub(r"<style>.*?</style>|<defs>.*?</defs>", "", content, flags=re.DOTALL)
            text = re.sub(r'="[^"]*"', "", text)  # where something stands in a picture
            assert not long & _numbers(text), name
    assert all(row.answer is None for part in sheet(made, solved=False).parts for row in part.rows)
    claims = tomllib.loads(student["student/answers.toml"])["claims"]
    assert list(claims) == [question.target for question in made.questions]
    assert set(claims.values()) == {""}


def _numbers(text):
    return set(re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ({"topic": "softmax"}, "log(2) ≈ 0.693; log(3) ≈ 1.099; log(5) ≈ 1.609"),
        ({"topic": "softmax", "tensors": True}, "log(2) ≈ 0.693; log(3) ≈ 1.099; log(5) ≈ 1.609"),
        ({"topic": "perceptron", "level": "easy"}, "sigmoid(-2) ≈ 0.119; sigmoid(-1) ≈ 0.269; "
         "sigmoid(0) = 0.5; sigmoid(1) ≈ 0.731; sigmoid(2) ≈ 0.881"),
        ({"topic": "mlp", "level": "easy"}, ""),
    ],
)  # fmt: skip
def test_a_worksheet_tells_the_functions_that_are_needed(kind, told):
    """No e^2 where logits are logarithms, but the logarithm of a probability."""
    page = sheet(exercise(11, **kind), solved=False)
    assert "; ".join(line.text for line in page.told) == told


@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
@pytest.mark.parametrize("seed", range(11, 16))
def test_the_logarithm_of_a_neuron_is_told(seed, level):
    made = exercise(seed, topic="cross-entropy", level=level)
    told = [line.text for line in sheet(made, solved=False).told]
    assert any(line.endswith(f"≈ -{made.answers['L'].text}") for line in told)


def test_the_picture_shows_what_is_given_alone():
    made = exercise(3, topic="mlp")
    assert made.picture.drawn.run is None
    assert f"{made.graph['x_1'].value}"[:1] in made.picture.alt


@of_every_kind
def test_solutions_have_all_answers(kind):
    made = exercise(6, **kind)
    solved = sheet(made, solved=True)
    rows = [row for part in solved.parts for row in part.rows]
    assert [row.answer for row in rows] == list(made.answers.values())
    for form in (markdown.markdown(solved, "g.svg"), paper.latex(solved, "g.pdf")):
        for row in rows:
            assert f"{row.sign.latex} {row.answer.latex}" in form


@of_every_kind
def test_solutions_go_in_the_order_of_the_questions(kind):
    """The steps have the order of what is asked; none begins with ∂L/∂L, which is 1."""
    made = exercise(6, **kind)
    local, *gradients, closed = sheet(made, solved=True).steps
    asked = {kind: [] for kind in ("jacobian", "gradient")}
    for question in made.questions:
        asked.get(question.kind, []).append(question.symbol.text)
    assert list(dict.fromkeys(_left(step.lines[0]) for step in gradients)) == asked["gradient"]
    told = dict.fromkeys(re.sub(r"\[[^]]*\]|(?<=d) | \(.*", "", _left(li)) for li in local.lines)
    assert [left for left in told if left in asked["jacobian"]] == asked["jacobian"]
    leaves = [target for target in asked["gradient"] if target in map(_left, closed.lines)]
    assert list(map(_left, closed.lines)) == leaves
    for step in gradients:
        assert all(_left(line) == _left(step.lines[0]) for line in step.lines)
        for line in step.lines:
            assert "dL/dL" not in line.text
    assert [step.heading != "" for step in gradients] == [True] + [False] * (len(gradients) - 1)


def _left(line):
    return line.text.split(" = ")[0].split(" ≈ ")[0]


@of_every_kind
def test_latex_is_balanced_and_plain(kind):
    made = exercise(8, **kind)
    for solved in (False, True):
        text = paper.latex(sheet(made, solved=solved), "graph.pdf")
        assert text.isascii()
        check_formula(text)
        begun, ended = (re.findall(rf"\\{word}\{{(\w+\*?)\}}", text) for word in ("begin", "end"))
        assert sorted(begun) == sorted(ended)


@of_every_kind
def test_html_typesets_every_formula(kind):
    made = exercise(9, **kind)
    text = page.html(sheet(made, solved=False), made.picture)
    asked = len(made.questions)
    assert text.count('<span class="blank">') == asked
    assert text.count('class="formula"') >= asked
    assert "<script" not in text


@of_every_kind
def test_pdf_has_pages_that_hold_everything(kind):
    made = exercise(10, **kind)
    for solved in (False, True):
        written = sheet(made, solved=solved)
        blocks = list(pages.blocks(written, made.picture))
        laid_out = pages.laid_out(written, made.picture)
        assert sum(map(len, laid_out)) == len(blocks)
        for page_of in laid_out:
            assert sum(block.height for block in page_of) <= pages.PAGE
            assert not page_of[-1].stays
        content = pages.pages(written, made.picture)
        assert content.startswith(b"%PDF-")
        assert re.search(rb"/Count (\d+)", content)[1] == str(len(laid_out)).encode()
        found = re.findall(rb"/MediaBox \[0 0 595\.2\d+ 841\.\d+\]", content)
        assert len(found) == len(laid_out)


@of_every_kind
@pytest.mark.parametrize("nodes", [4, 8, 12])
def test_no_page_is_nearly_empty_and_letters_can_be_read(kind, nodes):
    """Letters of the picture are 6 points high; parts that fit on a page begin with two lines."""
    try:
        made = exercise(3, **kind, nodes=nodes)
    except GraphError:  # no friendly numbers for a long graph
        return
    scene = made.picture.scene
    assert scene.pixels[0] <= 600.5
    assert min(fragment.size for fragment in scene.fragments) * scene.scale >= 7.9
    for solved in (False, True):
        laid_out = pages.laid_out(sheet(made, solved=solved), made.picture)
        filled = [sum(block.height for block in page_of) / pages.PAGE for page_of in laid_out]
        assert len(laid_out) == 1 or min(filled) > 0.25, filled


@pytest.mark.parametrize(
    "kind",
    [
        {"seed": 701, "topic": "chain", "level": "easy"},
        {"seed": 900010, "topic": "mixed", "level": "easy", "tensors": True},
    ],
    ids=("numbers", "arrays"),
)
def test_pages_begin_with_a_part_where_they_can(kind):
    made = exercise(**kind)
    first, *others = pages.laid_out(sheet(made, solved=False), made.picture)
    assert others
    assert first
    assert all(page[0].stays for page in others)  # a heading


def test_a_colon_between_words_is_not_escaped_and_others_are():
    text = markdown.markdown(sheet(exercise(**SOME), solved=True), "g.svg")
    assert text.startswith("# A step of gradient descent: solution\n")
    assert as_markdown("a:b :c: http://d.e: f") == r"a\:b \:c: http\://d\.e: f"


def test_pages_are_the_same_bytes_every_time():
    written, picture = sheet(exercise(**SOME), solved=True), exercise(**SOME).picture
    assert pages.pages(written, picture) == pages.pages(written, picture)


def test_pages_are_put_together_object_by_object():
    singles = [exercise(seed, topic="update").picture.pdf for seed in (1, 2, 3)]
    content = pdf_pages.joined(singles)
    start = int(content.rpartition(b"startxref")[2].split()[0])
    assert content[start:].startswith(b"xref")
    count = int(re.match(rb"xref\n0 (\d+)\n", content[start:])[1])
    table = content[start:].split(b"\n", 2)[2]
    for number in range(1, count):
        place = int(table[20 * number : 20 * number + 10])
        assert content[place:].startswith(b"%d 0 obj\n" % number)
    kids = re.search(rb"/Kids \[([^\]]*)\]", content)[1].split(b" 0 R")[:-1]
    assert len(kids) == 3
    for kid in map(int, kids):
        body = content[content.index(b"\n%d 0 obj" % kid) :].partition(b"endobj")[0]
        assert b"/Type /Page" in body
        assert b"/Parent 2 0 R" in body
        (stream,) = re.findall(rb"/Contents \[?(\d+) 0 R", body)
        assert b"stream" in content[content.index(b"\n%d 0 obj" % int(stream)) :][:200]
    drawn = [re.search(rb"stream\r?\n(.*?)\nendstream", single, re.DOTALL)[1] for single in singles]
    assert all(each in content for each in drawn)


def test_the_solution_is_right_by_its_file(tmp_path):
    made = exercise(**SOME)
    claims = tomllib.loads(tables.answers(made, solved=True))["claims"]
    (tmp_path / "g.toml").write_text(tables.grading(made).split("[grading")[0], encoding="utf-8")
    graph = Graph.from_networkx(made.graph.to_networkx())
    report = graph.check(claims, learning_rate=made.learning_rate)
    assert report.ok
    assert len(report.results) == len(made.questions)


def test_a_folder_is_written_once(tmp_path):
    made = exercise(**SOME)
    written = folder.save(made, tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in written} == set(folder.files(made))
    assert folder.save(made, tmp_path) == written  # the same again changes nothing
    with pytest.raises(FileError, match="exists and would be overwritten"):
        folder.save(exercise(12, topic="update", nodes=5), tmp_path)
    folder.save(exercise(12, topic="update", nodes=5), tmp_path, overwrite=True)


def test_a_class_has_an_index(tmp_path):
    several = variants(1, 11, topic="update", nodes=4)
    written = folder.save_several(several, tmp_path)
    index = written[0].read_text(encoding="utf-8")
    assert index.count("| update |") == 11
    for target in re.findall(r"\]\(([^)]+)\)", index):
        assert (tmp_path / target).is_file()
    assert (tmp_path / "01").is_dir()
    assert (tmp_path / "11").is_dir()


def test_a_class_is_written_whole_or_not_at_all(tmp_path):
    several = variants(1, 3, topic="update", nodes=4)
    (tmp_path / "3/student").mkdir(parents=True)
    (tmp_path / "3/student/answers.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="exists and would be overwritten"):
        folder.save_several(several, tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["answers.toml"]
    (tmp_path / "3/student/answers.toml").unlink()
    written = folder.save_several(several, tmp_path)
    assert folder.save_several(several, tmp_path) == written


@pytest.mark.slow
def test_the_command(tmp_path):
    done = shell("exercise", "--seed", "7", "--topic", "fan-out", "-o", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/student/worksheet.html").is_file()
    assert (tmp_path / "out/teacher/solution.pdf").read_bytes().startswith(b"%PDF")
    listed = shell("exercise", "--list")
    assert "cross-entropy" in listed.stdout
    wrong = shell("exercise", "--topic", "nothing", "-o", "out", folder=tmp_path)
    assert wrong.returncode == 2
    assert "unknown topic 'nothing'" in wrong.stderr
    missing = shell("exercise")
    assert missing.returncode == 2
    assert "-o DIR is missing" in missing.stderr
