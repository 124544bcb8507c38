#!/usr/bin/env python3
"""The layers check can fail: small trees, one breach each."""
import pathlib
import tempfile
import unittest

import layers

LINES = """
assimilaate_module(core LIBRARIES fmt::fmt PRIVATE zlib)
assimilaate_module(graph MODULES core PRIVATE onnx)
assimilaate_module(target MODULES core
                          graph)  # assimilaate_module(comment)
assimilaate_module(teacher MODULES core graph)
"""


class Layers(unittest.TestCase):
    def breaches(self, files, lines=LINES):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "assimilaate").mkdir()
            (root / "CMakeLists.txt").write_text(lines)
            for name, text in files.items():
                path = root / "assimilaate" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return layers.breaches(root)

    def assert_only(self, found, *words):
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_allows_what_the_line_names(self):
        self.assertEqual([], self.breaches({
            "core/file.cpp": '#include <zlib.h>\n#include "assimilaate/core/file.hpp"\n',
            "graph/internal/proto.hpp": "#include <onnx/onnx_pb.h>\n",
            "target/target.hpp": '#include <fmt/core.h>\n#include "assimilaate/graph/graph.hpp"\n',
        }))

    def test_refuses_a_module_the_line_does_not_name(self):
        found = self.breaches({"target/deep/spy.cpp": '// a spy\n#include "assimilaate/teacher/teacher.hpp"\n'})
        self.assert_only(found, "assimilaate/target/deep/spy.cpp:2:", "module target does not name teacher")

    def test_refuses_a_module_that_is_only_reached_through_another(self):
        lines = "assimilaate_module(core)\nassimilaate_module(aat MODULES core)\nassimilaate_module(stream MODULES aat)"
        self.assert_only(self.breaches({"stream/a.hpp": '#include "assimilaate/core/a.hpp"'}, lines), "does not name core")

    def test_refuses_the_internals_of_another_module(self):
        look = '#include "assimilaate/graph/internal/proto.hpp"\n'
        found = self.breaches({"target/a.cpp": look, "target/a_test.cpp": look})
        self.assert_only(found, "internal/ belongs to module graph")

    def test_refuses_a_third_party_the_line_does_not_name(self):
        self.assert_only(self.breaches({"graph/a.cpp": "#include <zlib.h>\n"}), "does not name zlib")

    def test_refuses_a_private_third_party_in_a_public_header(self):
        self.assert_only(self.breaches({"graph/a.hpp": "#  include <onnx/onnx_pb.h>\n"}), "onnx is PRIVATE")

    def test_refuses_includes_that_climb(self):
        self.assert_only(self.breaches({"graph/a.cpp": '#include "../teacher/a.hpp"\n'}), "from the repository's root")

    def test_refuses_a_folder_without_a_line(self):
        self.assert_only(self.breaches({"attic/a.cpp": ""}), "assimilaate/attic: no assimilaate_module(attic)")

    def test_refuses_a_link_in_a_module_file(self):
        found = self.breaches({"graph/module.cmake": "target_link_libraries(assimilaate_graph PUBLIC assimilaate::teacher)"})
        self.assert_only(found, "graph/module.cmake: names teacher")

    def test_refuses_a_circle(self):
        found = self.breaches({}, "assimilaate_module(a MODULES b)\nassimilaate_module(b MODULES a)")
        self.assertEqual(len(found), 2, found)

    def test_refuses_a_module_that_does_not_exist(self):
        self.assert_only(self.breaches({}, "assimilaate_module(a MODULES b)"), "names b, which is no module")

    def test_refuses_a_target_that_reaches_the_teacher(self):
        lines = "assimilaate_module(teacher)\nassimilaate_module(feed MODULES teacher)\nassimilaate_module(target MODULES feed)\n"
        self.assert_only(self.breaches({}, lines), "module target: reaches teacher")


if __name__ == "__main__":
    unittest.main()
