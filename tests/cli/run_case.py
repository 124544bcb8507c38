#!/usr/bin/env python3
"""Run command line cases: run_case.py [--update] CASE.sh...

A case is a shell script (bash -eu) that starts "$ASSIMILAATE" in an empty folder of its own; "$ASSIMILAATE_SOURCE" is the
repository. Beside it lie .out and .err, what it prints, and .exit, the exit code it ends with; one that is missing means nothing
printed, or 0. In .out and .err

    {{regular expression}}   within a line stands for whatever matches,
    {{*}}                    alone on a line stands for any number of lines,
    $WORK, $SOURCE           stand for the case's own folder and the repository.

A case that exits with 77 is skipped. --update rewrites the expectations that do not hold and leaves those that do.
By hand: ASSIMILAATE=build/release/assimilaate tests/cli/run_case.py [--update] tests/cli/<topic>/<case>.sh
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def line_pattern(line):
    parts = re.split(r"\{\{(.+?)\}\}", line)
    return "".join(f"(?:{part})" if i % 2 else re.escape(part) for i, part in enumerate(parts))


def matches(expected, actual):
    pattern = ""
    for line in expected.splitlines(keepends=True):
        if line.strip() == "{{*}}":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += line_pattern(line)
    return re.fullmatch(pattern, actual) is not None


def run(case):
    """Exit code, stdout and stderr of a case, with $WORK and $SOURCE in place of the folders."""
    source = os.environ.get("ASSIMILAATE_SOURCE", str(SOURCE))
    program = os.environ.get("ASSIMILAATE")
    if not program:
        sys.exit("ASSIMILAATE is not set: the path of the program, e.g. build/release/assimilaate")
    with tempfile.TemporaryDirectory(prefix="assimilaate-cli-") as folder:
        folder = os.path.realpath(folder)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
        environment |= {"ASSIMILAATE": os.path.abspath(program), "ASSIMILAATE_SOURCE": source, "LANG": "C.UTF-8", "TZ": "UTC",
                        "TERM": "dumb", "NO_COLOR": "1", "HOME": folder}
        done = subprocess.run(["bash", "-eu", str(case.resolve())], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True)

        def text(stream):
            return stream.decode(errors="replace").replace(folder, "$WORK").replace(source, "$SOURCE")

        return done.returncode, text(done.stdout), text(done.stderr)


def read(path, default):
    return path.read_text(encoding="utf-8") if path.exists() else default


def check(case, update):
    """True when the case does what its files say, or was made to."""
    code, out, err = run(case)
    if code == SKIPPED:
        print(f"{case}: skipped\n{out}{err}", end="")
        return SKIPPED
    holds = True
    actual = {".out": out, ".err": err, ".exit": f"{code}\n"}
    for suffix, got in actual.items():
        path = case.with_suffix(suffix)
        nothing = "0\n" if suffix == ".exit" else ""
        expected = read(path, nothing)
        if matches(expected, got):
            continue
        if update:
            path.unlink(missing_ok=True)
            if got != nothing:
                path.write_text(got, encoding="utf-8")
            print(f"{path}: rewritten")
            continue
        holds = False
        sys.stdout.writelines(line if line.endswith("\n") else line + "\n" for line in difflib.unified_diff(
            expected.splitlines(True), got.splitlines(True), f"{path.name} (expected)", "what the case did"))
    return 0 if holds else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="rewrite the expectations that do not hold")
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    results = [check(case, arguments.update) for case in arguments.cases]
    sys.exit(1 if 1 in results else max(results))


if __name__ == "__main__":
    main()
