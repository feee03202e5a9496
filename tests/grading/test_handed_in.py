"""Who handed in what: platforms' names, folders, rosters; and what is no submission."""

import os
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.errors import FileError
from graphdiff.files.encodings import decoded
from graphdiff.grading.handed_in import absent, handed_in, read_roster


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
        (
            ["ada/hw1.md", "ada/more.md", "bob/hw1.md"],
            ["hw1 (ada/hw1.md)", "more", "hw1 (bob/hw1.md)"],
        ),
        (["ada.md", "ada.toml", "bob.md"], ["ada (ada.md)", "ada (ada.toml)", "bob"]),
        (
            ["1/ada/a.md", "2/ada/a.md", "2/bob/b.md"],
            ["ada (1/ada/a.md)", "ada (2/ada/a.md)", "bob"],
        ),
        (
            [f"Ada_{n}_assignsubmission_file_{name}" for n, name in ((1, "a.md"), (2, "b.md"))],
            ["Ada (a.md)", "Ada (b.md)"],
        ),
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
    roster |= {"d.md": "Cy", "e": "Cy", "e.md": "Ada Byron", "f.md": ""}
    assert absent(handed_in([tmp_path / "in"], roster), roster) == ["Cy"]
    table.write_text("Ada,a.md\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"has no column 'name' and 'file'; its first line|'name'"):
        read_roster(table)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "A", "hw", "x" * 90, "x" * 91, "a (hw)"]), min_size=1, max_size=3
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_two_submissions_are_called_the_same(paths):
    with tempfile.TemporaryDirectory() as folder:
        for parts in paths:
            path = Path(folder, *parts[:-1], f"{parts[-1]}.md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("z = 1", encoding="utf-8")
        found = handed_in([folder])
        assert len({one.student for one in found}) == len(found) == len(set(map(tuple, paths)))


def test_what_is_no_file_is_handed_in_all_the_same(tmp_path):
    (tmp_path / "ada.md").write_text("z = 1", encoding="utf-8")
    for folder in ("bob.toml", "eve", "deep/x.md", "full/images"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "full" / "a.md").write_text("z = 1", encoding="utf-8")
    (tmp_path / "gone.md").symlink_to("nowhere")
    (tmp_path / "up").symlink_to("..")
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket.md"))
        found = handed_in([tmp_path])
        why = {one.path.name: _why(one) for one in found}
    assert why == {
        "ada.md": "", "a.md": "",
        "bob.toml": "it is a folder with no file in it", "eve": "it is a folder with no file in it",
        "x.md": "it is a folder with no file in it",
        "gone.md": "it is a link; hand in the file itself",
        "up": "it is a link; hand in the file itself",
        "pipe.md": "it is a pipe, a socket or a device, not a file",
        "socket.md": "it is a pipe, a socket or a device, not a file",
    }  # fmt: skip


def _why(handed):
    try:
        handed.content()
    except FileError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_read_is_told(tmp_path, monkeypatch, what):
    path = tmp_path / "ada.md"
    path.mkdir() if what == "folder" else path.write_text("z = 1")

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(Path, "iterdir", refused)
    (found,) = handed_in([path])
    assert _why(found) == "permission denied"


def test_there_must_be_some(tmp_path):
    with pytest.raises(FileError, match="there are no submissions"):
        handed_in([tmp_path])
    (missing,) = handed_in([tmp_path / "gone.md"])
    with pytest.raises(FileError, match="no such file"):
        missing.content()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    assert decoded("ŷ = 1".encode(encoding)).text == "ŷ = 1"


@pytest.mark.parametrize(
    "content",
    ["für\1".encode("latin-1"), b"f\xfcr\x90", b"a\0b", b"\xff\xfea", "ŷ".encode("utf-32")],
)
def test_what_is_no_text(content):
    with pytest.raises(FileError, match="it is not a text"):
        decoded(content)


def test_what_nobody_handed_in_does_not_count(tmp_path):
    given = ("hw1.toml", "ada.md", "bob/hw1.md", "out/ada.html", "grades.jsonl")
    assert len(names(tmp_path, *given)) == 4, "the record of a run is never one"
    apart = [tmp_path / "bob" / ".." / "hw1.toml", tmp_path / "out"]
    found = handed_in([tmp_path], apart=apart)
    assert [one.path.name for one in found] == ["ada.md", "hw1.md"]
    with pytest.raises(FileError, match="no submissions"):
        handed_in([tmp_path / "out"], apart=apart)
    named = handed_in([tmp_path / "hw1.toml"], apart=apart)
    assert [one.student for one in named] == ["hw1"], "what alone is named is meant"


@pytest.mark.parametrize("name", ["ada.md", "ada.ipynb", "ada.toml"])
def test_a_file_may_be_as_large_as_is_read_and_no_larger(tmp_path, monkeypatch, name):
    monkeypatch.setattr(f"{handed_in.__module__}.MAX_CHARACTERS", 50)
    monkeypatch.setattr(f"{handed_in.__module__}.MAX_NOTEBOOK", 70)
    most = 70 if name.endswith("ipynb") else 50
    path = tmp_path / name
    path.write_bytes(b" " * most)
    (one,) = handed_in([tmp_path])
    assert len(one.content()) == most
    path.write_bytes(b" " * (most + 1))
    with pytest.raises(FileError, match=f"larger than {most} bytes"):
        one.content()
