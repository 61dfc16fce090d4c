"""Are SARIF, JUnit XML, Markdown and annotations valid, complete and escaped? The HTML page has its own tests."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DRIFTED_TEST, HOSTILE, PERSONA, clean, drifted, exchange, report
from contract_tests.suite.verifier.live_command_runner import environment
from contract_tests.verifier.command_line import say
from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeRequest
from contract_tests.verifier.report import github_annotations, html, junit, markdown, sarif, terminal
from contract_tests.verifier.report.curl import format_curl
from contract_tests.verifier.report.finding_rows import list_findings
from contract_tests.verifier.report.run_model import TargetRun, VerificationRun
from contract_tests.verifier.report.write_report import FORMS, write_report
from scripts.sarif_parts import make_message
from scripts.text_and_files import format_path, format_workflow_command

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
    assert make_message("[a](b) {0} \\ {x}\x1b") == {"text": "\\[a\\](b) {{0}} \\\\ {{x}}\\\\u{{1b}}"}


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
    live = report([exchange("createPersona", 200, {**PERSONA, "is_public": much, much: 1}, "undated")])
    run = evolve(clean(), targets=(TargetRun("live", live),))
    write_report(run, tmp_path)
    sizes = {name: (tmp_path / name).stat().st_size for name in FORMS}  # the overlay has the whole name
    assert max(sizes.values()) < 400_000
    assert "(1000002 characters)" in (tmp_path / "report.md").read_text("utf-8")


def test_finding_can_be_repeated_by_curl() -> None:
    """In every form; the shell fills in the key, whose value is in no report."""
    run = drifted()
    rows = list_findings(run)
    assert len(rows) == 3
    for row in rows:
        words = shlex.split(row.curl)
        assert words[:5] == ["curl", "-gsSi", "-X", "POST", "https://api.cometapi.com/suno/persona/create"]
        assert words[words.index("-H") + 1] == "Authorization: Bearer $COMETAPI_KEY"
        assert words[-1].startswith("{")
        assert row.charged  # x-billing of createPersona
        for form in (junit, markdown, html, github_annotations):
            text = unescape(form.render(run)).replace("%25", "%")
            assert row.curl in text
        assert row.curl in terminal.render(run, coloured=False)
    results = json.loads(sarif.render(run))["runs"][0]["results"]
    assert {each["properties"]["curl"] for each in results if "properties" in each} == {row.curl for row in rows}


def test_curl_of_a_source_goes_to_the_service() -> None:
    """A source of the description is not a host."""
    seen = evolve(exchange("createPersona", 200, PERSONA, "undated"), origin="recorded", target="gptbest")
    assert " https://api.cometapi.com/suno/persona/create " in format_curl(drifted(), seen)


@pytest.mark.parametrize(
    "hostile", ["'; touch taken; '", "$(touch taken) `touch taken`", "@/etc/hostname", '\\" \n\x00\u202e']
)
@pytest.mark.parametrize("kind", ["json", "text", "base64"])
def test_hostile_request_is_repeated_literally(
    hostile: str, kind: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A shell gives to curl what was sent: no more commands, no file, no other bytes."""
    value: Any = {"json": {"prompt": hostile, hostile: "  two  spaces"}, "text": hostile, "base64": hostile.encode()}[
        kind
    ]
    body = ExchangeBody(kind, value)
    request = ExchangeRequest("POST", "/suno/a'%20b;c", (("q", hostile),), {"content-type": "text/plain"}, body)
    seen = evolve(exchange("createPersona", 200, PERSONA, "undated"), request=request, origin="mock", target="mock")
    (tmp_path / "curl").write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\ncase $* in *@-) cat;; esac\n", "utf-8")
    (tmp_path / "curl").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    command = format_curl(drifted(), seen)
    assert not set(command) & set("\n\x00\u202e")
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "COMETAPI_KEY": "sk-1 2"}
    out = subprocess.run(["sh", "-c", command], env=variables, capture_output=True, check=True).stdout
    *words, piped = out.split(b"\0", out.count(b"\0") if kind == "json" else 10)
    assert words[3].startswith(b"http://127.0.0.1:4010/suno/a'%20b;c?q=")
    assert unquote(words[3].decode().partition("?q=")[2]) == hostile
    assert b"Authorization: Bearer sk-1 2" in words
    assert (json.loads(words[-1]) == value and not piped) if kind == "json" else piped == body.content
    assert sorted(each.name for each in tmp_path.iterdir()) == ["curl"]


def test_failed_test_is_below_the_headline() -> None:
    """Before any table, with its whole message."""
    message = "openapi/suno.yaml:7: /a: wrong. Write one. [evidence-missing]\n" + "\n".join(
        f"line {each} ``` of a long message" for each in range(100)
    )
    suite = drifted().suite
    assert suite is not None
    run = evolve(drifted(), suite=evolve(suite, failures=(evolve(suite.failures[0], message=message),)))
    for text, table in ((markdown.render(run), "| operation"), (unescape(html.render(run)), "<table")):
        place = text.index(message.splitlines()[0])
        assert text.index(run.headline.split("; ")[0]) < place < text.index(table)
        assert text.count(message) == 1


def test_junit_has_times() -> None:
    """A suite took as long as its target was asked; a case as long as its exchanges were judged, or its tests ran."""
    run = evolve(clean(), targets=(evolve(clean().targets[0], seconds=7.25), clean().targets[1]))
    assert run.suite is not None
    cells = {place: evolve(result, seconds=0.5) for place, result in run.suite.results.items()}
    root = ET.fromstring(junit.render(evolve(run, suite=evolve(run.suite, results=cells))))
    assert [suite.get("time") for suite in root] == ["7.250", "0.000", f"{len(cells) / 2:.3f}"]
    assert root.get("time") == f"{7.25 + len(cells) / 2:.3f}"
    cases = {str(case.get("name")): float(case.get("time", "")) for case in root[0]}
    report = run.targets[0].report
    assert report is not None
    assert cases["createPersona 200"] == round(report.seconds["createPersona", 200], 3)
    assert report.seconds["createPersona", 200] > 0
    assert {case.get("time") for case in root[2]} == {"0.500"}


def test_junit_calls_an_incomplete_run_no_failure() -> None:
    """What is missing is an error with the reason."""
    cut = evolve(clean().targets[0], cut_short="the mock does not answer: refused")
    suite = clean().suite
    assert suite is not None
    cells = {key: each for key, each in suite.results.items() if key != ("getWav", "test_client_reads")}
    run = evolve(clean(), targets=(cut,), suite=evolve(suite, results=cells))
    root = ET.fromstring(junit.render(run))
    assert (root.get("failures"), root.get("errors")) == ("0", "2")
    messages = [str(each.get("message")) for each in root.iter("error")]
    assert messages[0].startswith("the mock does not answer: refused after 1 exchange; not asked: lyrics.submit, ")
    assert messages[1] == "not asked"


def test_sarif_says_whether_the_run_was_complete() -> None:
    """The exit status is readable by a program, also after make, which ends with 2 for every failure."""
    cut = evolve(clean(), targets=(evolve(clean().targets[0], cut_short="the mock does not answer: {0}"),))
    found = [json.loads(sarif.render(run))["runs"][0]["invocations"][0] for run in (clean(), drifted(), cut)]
    assert [(each["exitCode"], each["executionSuccessful"]) for each in found] == [(0, True), (1, True), (3, False)]
    (notice,) = found[2]["toolExecutionNotifications"]
    assert notice["level"] == "warning"
    assert notice["message"]["text"].startswith("the mock does not answer: {{0}} after 1 exchange")


def test_terminal_without_the_signs_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report is lost because stdout cannot encode a sign."""
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, "ascii", errors="backslashreplace"))
    say(f"{terminal.render(drifted(), coloured=False)} größer")
    text = content.getvalue().decode("ascii")
    assert "x 1 of" in text
    assert "---" in text
    assert "gr\\xf6\\xdfer" in text


@pytest.mark.parametrize(
    ("variables", "ascii_only"),
    [
        ({"PYTHONIOENCODING": "cp1252"}, False),
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, False),
    ],
)
def test_terminal_gets_what_it_can_show(variables: dict[str, str], *, ascii_only: bool, tmp_path: Path) -> None:
    shown = environment(None, {"COLUMNS": "60", **variables})
    command = [sys.executable, "-m", "contract_tests.verifier", "--target", "recorded"]
    done = subprocess.run(command, cwd=tmp_path, env=shown, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii() is (ascii_only or variables.get("PYTHONIOENCODING") == "cp1252")
    lines = done.stdout.decode().splitlines()
    assert ("+ 3" if done.stdout.isascii() else "✔ 3") in "\n".join(lines)
    assert max(map(len, lines[: lines.index("", 2)])) <= 60
    assert (tmp_path / "build/report/report.html").is_file()
