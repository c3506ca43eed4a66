# SPDX-License-Identifier: Apache-2.0
"""read.py FORMAT FILE -- a reader of each format, as the programs that get the file are:
prints a line of what it understood for each finding, and ends badly where they would."""
import json
import os
import sys
import xml.etree.ElementTree as xml


def place(location):
    physical = location.get("physicalLocation")
    if not physical:
        return "-"
    return "%s:%d" % (physical["artifactLocation"]["uri"], physical["region"]["startLine"])


def sarif(name):
    """As a code scanning service: the schema, then the references inside."""
    import jsonschema
    with open(os.path.join(os.path.dirname(__file__), "sarif.schema.json")) as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    with open(name) as file:
        log = json.load(file)
    jsonschema.validate(log, schema)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
        steps = [step["location"]["message"]["text"].split("  ")[0] for step in flow]
        print(result["level"], result["ruleId"], place(result["locations"][0]),
              steps[-1], "main" in steps, result["properties"]["bytes"],
              result.get("baselineState", "-"))
    for told in run["invocations"][0]["toolExecutionNotifications"]:
        print("notification", told["level"], told["descriptor"]["id"])
    print("successful", run["invocations"][0]["executionSuccessful"])


def junit(name):
    """As Jenkins and GitLab: suites of cases, each with at most one outcome."""
    root = xml.parse(name).getroot()
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.get("tests")) > 0
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures"))
        assert len(suite.findall("testcase/error")) == int(suite.get("errors"))
        for case in cases:
            float(case.get("time"))
            outcomes = [child.tag for child in case]
            assert len(set(outcomes)) == len(outcomes)
            text = (case.findtext("failure") or "").split("\n")
            print(case.get("classname"), case.get("name"), *(outcomes or ["passed"]),
                  *[line.split()[0] for line in text if line[1:2] == "-"])


def gitlab(name):
    """As GitLab: what lacks one of these is dropped without a word."""
    with open(name) as file:
        issues = json.load(file)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert issue["description"] and not issue["location"]["path"].startswith("./")
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        print(issue["severity"], issue["check_name"],
              "%s:%d" % (issue["location"]["path"], issue["location"]["lines"]["begin"]))


KINDS = ("Leak_DefinitelyLost", "Leak_IndirectlyLost", "Leak_PossiblyLost",
         "Leak_StillReachable", "InvalidFree", "MismatchedFree")


def valgrind(name):
    """As Jenkins' plugin and editors: head, then errors with their stack, then the end."""
    root = xml.parse(name).getroot()
    assert root.tag == "valgrindoutput" and root.findtext("protocolversion") == "4"
    assert root.findtext("protocoltool") == root.findtext("tool") == "memcheck"
    int(root.findtext("pid")), int(root.findtext("ppid"))
    assert [s.findtext("state") for s in root.findall("status")] == ["RUNNING", "FINISHED"]
    assert root.findtext("args/argv/exe") and root.findtext("args/vargv/exe")
    counted = {pair.findtext("unique") for pair in root.findall("errorcounts/pair")}
    for error in root.findall("error"):
        assert error.findtext("unique") in counted and int(error.findtext("tid"))
        kind = error.findtext("kind")
        assert kind in KINDS and (error.findtext("what") or error.findtext("xwhat/text"))
        lost = error.find("xwhat")
        frames = error.find("stack").findall("frame")
        assert frames and all(int(frame.findtext("ip"), 16) for frame in frames)
        lines = ["%s:%d" % (frame.findtext("file"), int(frame.findtext("line")))
                 for frame in frames if frame.findtext("line")]
        print(kind, int(lost.findtext("leakedbytes")) if lost is not None else "-",
              int(lost.findtext("leakedblocks")) if lost is not None else "-",
              frames[0].findtext("fn"), lines[0] if lines else "-")


if __name__ == "__main__":
    {"sarif": sarif, "junit": junit, "gitlab": gitlab, "valgrind": valgrind}[sys.argv[1]](sys.argv[2])
