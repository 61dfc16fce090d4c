"""Are SARIF, JUnit XML, Markdown and annotations valid, complete and escaped? The HTML page has its own tests."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DRIFTED_TEST, HOSTILE, PERSONA, clean, drifted, exchange, report
from contract_tests.verifier.command_line import say
from contract_tests.verifier.report import github_annotations, junit, markdown, sarif, terminal
from contract_tests.verifier.report.curl import format_curl
from contract_tests.verifier.report.run_model import TargetRun, VerificationRun
from contract_tests.verifier.report.write_report import FORMS, write_report
from scripts.openapi_document import format_path
from scripts.text_and_files import format_workflow_command

SCHEMAS = Path(__file__).with_name("report_schemas")
RUNS = pytest.mark.parametrize("made", [drifted, clean])
_VALIDATOR: Any = import_module("jsonschema").Draft7Validator  # jsonschema ships no types


@RUNS
def test_sarif_matches_its_schema(made: Callable[[], VerificationRun]) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    assert [error.message for error in _VALIDATOR(schema).iter_errors(json.loads(sarif.render(made())))] == []


@RUNS
def test_junit_matches_its_schema(made: Callable[[], VerificationRun]) -> None:
    schema = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
    assert [error.reason for error in schema.iter_errors(junit.render(made()))] == []


def test_sarif_locations() -> None:
    output: dict[str, Any] = json.loads(sarif.render(drifted()))["runs"][0]
    rules = [rule["id"] for rule in output["tool"]["driver"]["rules"]]
    found = {result["ruleId"]: result for result in output["results"]}
    assert set(found) == {"wrong-type", "undocumented-field", "undocumented-status", "suite-failure"}
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in output["results"])
    assert {name: result["level"] for name, result in found.items()} == {
        "wrong-type": "error",
        "undocumented-field": "note",
        "undocumented-status": "error",
        "suite-failure": "error",
    }
    where = found["wrong-type"]["locations"][0]
    place = where["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "openapi/suno.yaml", "uriBaseId": "%SRCROOT%"}
    lines = drifted().description.path.read_text("utf-8").splitlines()
    number: int = place["region"]["startLine"]
    assert lines[number - 1].strip().startswith("is_public:")
    assert where["logicalLocations"][0]["fullyQualifiedName"] == "/components/schemas/Persona/properties/is_public/type"
    tested = found["suite-failure"]["locations"][0]["physicalLocation"]
    assert tested["artifactLocation"]["uri"] == "contract_tests/suite/test_client_reads.py"
    assert tested["region"] == {"startLine": 7}


def test_sarif_message_is_escaped() -> None:
    assert sarif.make_message("[a](b) {0} \\ {x}\x1b") == {"text": "\\[a\\](b) {{0}} \\\\ {{x}}\\\\u{{1b}}"}


def test_sarif_names_targets_that_were_not_run() -> None:
    output = json.loads(sarif.render(clean()))["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [each["message"]["text"] for each in output] == ["live was not run. make verify TARGET=live"]


def test_junit_counts() -> None:
    root = ET.fromstring(junit.render(drifted()))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["mock", "recorded", "live", "suite"]
    counts = {name: (suite.get("failures"), suite.get("errors")) for name, suite in suites.items()}
    assert counts == {"mock": ("0", "0"), "recorded": ("0", "0"), "live": ("2", "0"), "suite": ("1", "0")}
    assert root.get("failures") == "3"
    cases = {case.get("name"): case for case in suites["live"]}
    assert [each.tag for each in cases["createPersona 200"]] == ["failure", "system-out"]
    assert [each.get("type") for each in cases["createPersona 502"]] == ["undocumented-status"]
    assert [each.get("message") for each in cases["createPersona 401"]] == ["not exercised"]
    assert list(cases["getWav 200"]) == []
    assert cases["the run"].find("failure") is None
    skipped = [case for case in suites["live"] if case.find("skipped") is not None]
    assert suites["live"].get("skipped") == str(len(skipped))
    assert int(suites["live"].get("tests", "")) - len(skipped) == 4  # three that were answered, and the run itself


def test_junit_skips_targets_that_were_not_run() -> None:
    live = ET.fromstring(junit.render(clean())).findall("testsuite")[1]
    assert {case[0].get("message") for case in live} == {"not run. make verify TARGET=live"}
    assert live.get("failures") == "0"


def test_annotation_is_escaped() -> None:
    """As GitHub's runner reads commands: `%`, CR and LF are escaped; in properties `:` and `,` too."""
    made = format_workflow_command("error", "100 %,\r\n::error::x", file="a:b,c%\n", line=7, title="x")
    assert made == "::error file=a%3Ab%2Cc%25%0A,line=7,title=x::100 %25,\\u{d}%0A::error::x"


def test_annotation_locations() -> None:
    output = github_annotations.render(drifted()).splitlines()
    commands = [re.match(r"::(error|warning|notice) file=([^,]*),line=(\d+),title=([^:]*)::", each) for each in output]
    found = [each.groups() for each in commands if each is not None]
    assert len(found) == len(output) == 4
    assert found[0] == ("error", "contract_tests/suite/test_client_reads.py", "7", "failed test of the contract suite")
    assert sorted((level, title) for level, _, _, title in found[1:]) == [
        ("error", "undocumented status"),
        ("error", "wrong type"),
        ("notice", "undocumented field"),
    ]
    assert {file for _, file, _, _ in found[1:]} == {"openapi/suno.yaml"}


def test_markdown_tables_are_regular() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", markdown.render(drifted()), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(widths) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", "a \\| b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("*x* _y_ `z` [a](b)", "\\*x\\* \\_y\\_ \\`z\\` \\[a\\](b)"),
        ("a\nb\x1b", "a b\\\\u{1b}"),
        ("@all #1", "\\@all \\#1"),
    ],
)
def test_markdown_text_is_escaped(text: str, expected: str) -> None:
    assert markdown.escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a", "`/a`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("", "` `"),
        ("<b>", "`<b>`"),
    ],
)
def test_markdown_code_is_escaped(text: str, expected: str) -> None:
    assert markdown.format_code(text) == expected


def test_hostile_text_is_escaped_in_every_form(tmp_path: Path) -> None:
    for path in (each for each in write_report(drifted(), tmp_path) if each.name in FORMS):
        written = path.read_text("utf-8")
        assert HOSTILE not in written
        assert not set("\x00\x1b\u202e\ufffe") & set(written)
    output = terminal.render(drifted(), coloured=False)
    assert "\x1b" not in output
    assert "[actual]" in output


def test_folder_gets_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = write_report(drifted(), tmp_path / "a" / "b")
    assert [path.name for path in files] == ["report.html", "report.md", "junit.xml", "report.sarif", "overlay.yaml"]
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(path.name for path in files)
    assert capsys.readouterr().out == ""


def test_terminal_shows_line_and_actual_value() -> None:
    output = terminal.render(drifted(), coloured=False).splitlines()
    place = next(index for index, each in enumerate(output) if "undocumented status: createPersona 502" in each)
    assert re.match(r"    openapi/suno.yaml:\d+: responses:$", output[place + 1])
    assert output[place + 2] == "    [actual] 502"
    assert output[-1] == f"Next: {format_path(Path(sys.executable))} -m pytest '{DRIFTED_TEST}'"
    assert "\x1b[31;1m✘ drift" in terminal.render(drifted(), coloured=True)


@pytest.mark.slow
def test_report_of_large_values_is_small(tmp_path: Path) -> None:
    """A megabyte as a value, and as a name of a field."""
    much = "x" * 1_000_000
    live = report("live", [exchange("createPersona", 200, {**PERSONA, "is_public": much, much: 1}, "undated")])
    run = evolve(clean(), targets=(TargetRun("live", live),))
    write_report(run, tmp_path)
    sizes = {name: (tmp_path / name).stat().st_size for name in FORMS}  # the overlay has the whole name
    assert max(sizes.values()) < 400_000
    assert "(1000002 characters)" in (tmp_path / "report.md").read_text("utf-8")


def test_finding_can_be_repeated_by_curl() -> None:
    """The shell fills in the key, whose value is in no report."""
    run = drifted()
    found = [finding for _, report in run.judged for finding in report.findings]
    assert found
    for finding in found:
        command = format_curl(run, finding)
        words = shlex.split(command)
        assert words[:4] == ["curl", "-sS", "-i", "-X"]
        assert re.fullmatch(r"https://api\.cometapi\.com/suno/[\w/-]+", words[5])
        assert '"Authorization: Bearer $COMETAPI_KEY"' in command
        assert all(Path(word[1:]).is_file() for word in words if word[:1] == "@")
        assert all(command in form.render(run) for form in (junit, markdown))


def test_terminal_without_the_signs_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report is lost because stdout cannot encode a sign."""
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, "ascii", errors="backslashreplace"))
    say(f"{terminal.render(drifted(), coloured=False)} größer")
    text = content.getvalue().decode("ascii")
    assert "x 1 of" in text
    assert "---" in text
    assert "gr\\xf6\\xdfer" in text
