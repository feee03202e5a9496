"""Who handed in what: platforms' names, folders, rosters; and what is no submission."""

import pytest

from graphdiff.errors import FileError
from graphdiff.grading.handed_in import handed_in, read_roster
from graphdiff.grading.submission import text_of


def names(tmp_path, *files, roster=None):
    for file in files:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("z = 1", encoding="utf-8")
    return [one.student for one in handed_in([tmp_path], roster)]


@pytest.mark.parametrize(
    ("files", "students"),
    [
        (["ada.md", "bob.toml"], ["ada", "bob"]),
        (["ada/hw1.md", "bob/hw1.md"], ["ada", "bob"]),
        (["ada/hw1.md", "ada/more.md", "bob/hw1.md"], ["hw1", "more", "hw1"]),
        (
            ["Ada Byron_123_assignsubmission_file_/a.md", "Bob Ng_124_assignsubmission_file_/a.md"],
            ["Ada Byron", "Bob Ng"],
        ),
        (["Ada Byron_123_assignsubmission_file_hw.md"], ["Ada Byron"]),
        (["byronada_123_4567_hw1.md", "ngbob_LATE_124_4568_hw1.md"], ["byronada", "ngbob"]),
        (
            ["submission_11/hw.md", "submission_12/hw.md", "submission_metadata.yml"],
            ["submission_11", "submission_12"],
        ),
        (["ada.md", ".hidden.md", ".git/config", "__MACOSX/ada.md"], ["ada"]),
    ],
)
def test_students(tmp_path, files, students):
    assert names(tmp_path, *files) == students


def test_a_roster(tmp_path):
    table = tmp_path / "roster.csv"
    table.write_text("Section,Name,file\n1,Ada Byron,a.md\n2,Bob Ng,s2\n", encoding="utf-8")
    roster = read_roster(table)
    assert names(tmp_path / "in", "a.md", "s2/b.md", "c.md", roster=roster) == [
        "Ada Byron",
        "c",
        "Bob Ng",
    ]
    table.write_text("Ada,a.md\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"has no column 'name' and 'file'; its first line|'name'"):
        read_roster(table)


def test_there_must_be_some(tmp_path):
    with pytest.raises(FileError, match="there are no submissions"):
        handed_in([tmp_path])
    (missing,) = handed_in([tmp_path / "gone.md"])
    with pytest.raises(FileError, match="no such file"):
        missing.content()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    assert text_of("ŷ = 1".encode(encoding)) == "ŷ = 1"


@pytest.mark.parametrize(
    "content", ["für".encode("latin-1"), b"a\0b", b"\xff\xfea", "ŷ".encode("utf-32")]
)
def test_what_is_no_text(content):
    with pytest.raises(FileError, match="it is not a text"):
        text_of(content)
