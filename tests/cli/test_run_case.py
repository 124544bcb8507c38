#!/usr/bin/env python3
"""The runner of the command line cases sees what differs."""
import contextlib
import io
import os
import pathlib
import tempfile
import unittest

import run_case


class Matching(unittest.TestCase):
    def test_a_pattern_stands_for_part_of_a_line(self):
        self.assertTrue(run_case.matches("took {{[0-9.]+}} s (a+b)\n", "took 1.5 s (a+b)\n"))
        self.assertFalse(run_case.matches("took {{[0-9.]+}} s\n", "took long s\n"))
        self.assertFalse(run_case.matches("took {{[0-9.]+}} s\n", "took 1 s\nand more\n"))

    def test_a_star_stands_for_any_number_of_lines(self):
        for middle in ("", "one\n", "one\ntwo\n"):
            self.assertTrue(run_case.matches("first\n{{*}}\nlast\n", f"first\n{middle}last\n"))
        self.assertFalse(run_case.matches("first\n{{*}}\nlast\n", "first\nlast but one\n"))

    def test_a_missing_last_newline_is_a_difference(self):
        self.assertFalse(run_case.matches("a\n", "a"))


class Running(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.case = pathlib.Path(folder.name) / "case.sh"
        os.environ["ASSIMILAATE"] = "/bin/echo"

    def check(self, script, update=False, **files):
        self.case.write_text(script)
        for suffix, text in files.items():
            self.case.with_suffix(f".{suffix}").write_text(text)
        with contextlib.redirect_stdout(io.StringIO()):
            return run_case.check(self.case, update)

    def test_holds_when_output_error_and_exit_code_agree(self):
        script = '"$ASSIMILAATE" hello\necho "in $PWD" >&2\nexit 4\n'
        self.assertEqual(0, self.check(script, out="hello\n", err="in $WORK\n", exit="4\n"))

    def test_refuses_another_output_error_or_exit_code(self):
        self.assertEqual(1, self.check("echo a\n", out="b\n"))
        self.assertEqual(1, self.check("echo a >&2\n", out=""))
        self.assertEqual(1, self.check("exit 3\n"))
        self.assertEqual(1, self.check("true\n", exit="3\n"))

    def test_skips_on_77(self):
        self.assertEqual(77, self.check("echo no data >&2; exit 77\n"))

    def test_update_rewrites_what_differs_and_keeps_patterns_that_hold(self):
        self.assertEqual(0, self.check("echo 12; echo talk >&2; exit 2\n", True, out="{{[0-9]+}}\n", exit="1\n"))
        self.assertEqual("{{[0-9]+}}\n", self.case.with_suffix(".out").read_text())
        self.assertEqual("talk\n", self.case.with_suffix(".err").read_text())
        self.assertEqual("2\n", self.case.with_suffix(".exit").read_text())
        self.assertEqual(0, self.check("echo 12\n", True))
        self.assertFalse(self.case.with_suffix(".exit").exists())


if __name__ == "__main__":
    unittest.main()
