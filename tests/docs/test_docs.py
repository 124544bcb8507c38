#!/usr/bin/env python3
"""The checker of the documentation finds what it is there to find."""
import pathlib
import tempfile
import unittest

import docs


class Program:
    """A program with one verb."""
    own_options = {"--version", "--help"}
    options = {"run": {"--seed", "--set", "--help"}, "run fast": {"--hurry"}}

    def every_option(self):
        return self.own_options.union(*self.options.values())


def complaints(check, *arguments):
    said = []
    check(*arguments, said.append)
    return said


class Commands(unittest.TestCase):
    def said(self, text):
        return complaints(docs.check_commands, text, Program(), {"rule", "first.bits"})

    def test_what_exists_passes(self):
        text = "`assimilaate run --seed 2` and `--version`\n```sh\nassimilaate run --seed 1 \\\n  --set middle.bits=3\n```\n"
        self.assertEqual(self.said(text), [])

    def test_an_unknown_verb_is_found(self):
        self.assertEqual(len(self.said("`assimilaate dance`")), 1)

    def test_an_option_of_no_verb_is_found(self):
        self.assertEqual(len(self.said("`--colour`")), 1)

    def test_an_unknown_option_behind_a_line_break_is_found(self):
        self.assertEqual(len(self.said("```sh\nassimilaate run \\\n  --colour red\n```\n")), 1)

    def test_a_part_of_a_verb_has_options_of_its_own(self):
        self.assertEqual(self.said("`assimilaate run fast --hurry`"), [])
        self.assertEqual(len(self.said("`assimilaate run fast --seed 1`")), 1)

    def test_an_unknown_setting_is_found(self):
        self.assertEqual(len(self.said("`--set rust=1`")), 1)


class Pictures(unittest.TestCase):
    def same(self, name, old, new):
        return docs.same(pathlib.Path(name), old, new)

    def test_a_pixel_is_let_pass_in_a_picture_alone(self):
        self.assertTrue(self.same("a.svg", '<path d="M1.5 -2"/>', '<path d="M1.9 -2.3"/>'))
        self.assertFalse(self.same("a.svg", '<path d="M1.5 -2"/>', '<path d="M3.5 -2"/>'))
        self.assertFalse(self.same("a.svg", '<path d="M1 2"/>', '<path d="L1 2"/>'))
        self.assertFalse(self.same("a.svg", '<path d="M1 2"/>', '<path d="M1 2 3"/>'))
        self.assertFalse(self.same("a.md", "1.5", "1.9"))


class Validation(unittest.TestCase):
    def test_a_line_without_data_is_that_of_the_page(self):
        self.assertEqual(docs.filled("| a | 2 |\n| b | {{no data}}\n", "| a | 1 |\n| b | 7 | 8 |\n"), "| a | 2 |\n| b | 7 | 8 |\n")

    def test_a_line_that_never_had_data_says_so(self):
        self.assertIn("data are missing", docs.filled("| b | {{no data}}\n", ""))


class Pages(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "code.cpp").write_text("int a;\n  // begin part\n  int b;\n  // end part\n")
        self.addCleanup(self.folder.cleanup)

    def test_a_quote_is_what_lies_between_its_marks(self):
        text = "<!-- quote: code.cpp#part -->\n```cpp\nint old;\n```\n"
        self.assertEqual(docs.requote(self.root, text, self.fail), "<!-- quote: code.cpp#part -->\n```cpp\nint b;\n```\n")

    def test_a_quote_of_nothing_is_found(self):
        said = []
        docs.requote(self.root, "<!-- quote: code.cpp#other -->\n```cpp\n```\n", said.append)
        self.assertEqual(len(said), 1)

    def test_a_link_to_nowhere_is_found(self):
        page = self.root / "page.md"
        text = "# One heading\n[a](code.cpp) [b](none.md) [c](#one-heading) [d](#two)\n"
        page.write_text(text)
        self.assertEqual(len(complaints(docs.check_links, page, text)), 2)


if __name__ == "__main__":
    unittest.main()
