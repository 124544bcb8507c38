#!/usr/bin/env python3
"""Check the direction of the arrows: layers.py REPOSITORY

Every file of assimilaate/<module>/ includes only itself, the modules its assimilaate_module() line names and the third parties
it names; public headers keep PRIVATE third parties out; nobody but a test looks into another module's internal/; the modules form
no circle; and neither `target` nor anything it stands on knows `teacher`, so that a target cannot see a weight.
Prints one line per breach and exits 1 if there is one.
"""
import pathlib
import re
import sys

MODULE = re.compile(r"^assimilaate_module\(\s*(\w+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
LINKED = re.compile(r"\bassimilaate(?:_|::)(\w+)")
BELOW, HIDDEN = "target", "teacher"

# What a third party's headers start with, by the name dependencies.cmake gives it.
THIRD_PARTIES = {
    "CLI/": "cli11", "Eigen/": "eigen", "faiss/": "faiss", "google/protobuf/": "protobuf", "hwy/": "hwy",
    "nlohmann/": "json", "onnx/": "onnx", "oneapi/tbb": "tbb", "sodium": "sodium", "sqlite3.h": "sqlite", "tbb/": "tbb",
    "toml++/": "tomlplusplus", "xxhash.h": "xxhash", "xxh3.h": "xxhash", "zlib.h": "zlib", "fmt/": "fmt::fmt",
}


class Module:
    """One assimilaate_module() line."""

    def __init__(self, name, arguments):
        self.name = name
        parts = {"MODULES": [], "LIBRARIES": [], "PRIVATE": []}
        into = None
        for word in arguments.split():
            if word in parts:
                into = parts[word]
            elif into is None:
                raise SystemExit(f"CMakeLists.txt: module {name}: '{word}' follows no keyword")
            else:
                into.append(word)
        self.modules, self.public, self.private = parts.values()


def read_modules(text):
    text = re.sub(r"#.*", "", text)
    return {name: Module(name, arguments) for name, arguments in MODULE.findall(text)}


def reachable(modules, start):
    """The modules that `start` stands on, itself included."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in modules and name not in seen:
            seen.add(name)
            waiting += modules[name].modules
    return seen


def check_graph(modules):
    for module in modules.values():
        for other in module.modules:
            if other not in modules:
                yield f"CMakeLists.txt: module {module.name}: names {other}, which is no module"
            elif module.name in reachable(modules, other):
                yield f"CMakeLists.txt: module {module.name}: stands on {other}, which stands on {module.name}"
    if BELOW in modules and HIDDEN in reachable(modules, BELOW):
        yield f"CMakeLists.txt: module {BELOW}: reaches {HIDDEN}, so a target could see a weight"


def public_libraries(modules, name):
    return {library for below in reachable(modules, name) for library in modules[below].public}


def breach(modules, module, path, included):
    """Why `path` of `module` may not include `included`; None when it may."""
    if included.startswith("assimilaate/"):
        other, *rest = included.split("/")[1:]
        if other == module.name:
            return None
        if other not in module.modules:
            return f"module {module.name} does not name {other}"
        inside = "internal" in rest[:-1] and not path.name.endswith("_test.cpp")
        return f"internal/ belongs to module {other} alone" if inside else None
    if ".." in included.split("/"):
        return "includes are written from the repository's root"
    for prefix, party in THIRD_PARTIES.items():
        if included.startswith(prefix):
            if party in public_libraries(modules, module.name):
                return None
            if party not in module.private:
                return f"module {module.name} does not name {party}"
            # cli is a program, not a library: nothing of it is installed
            public = path.suffix == ".hpp" and "internal" not in path.parts and module.name != "cli"
            return f"{party} is PRIVATE to module {module.name}, and this header is public" if public else None
    return None


def check_files(root, modules):
    for folder in sorted(path for path in (root / "assimilaate").iterdir() if path.is_dir()):
        if folder.name not in modules:
            yield f"assimilaate/{folder.name}: no assimilaate_module({folder.name}) in CMakeLists.txt"
            continue
        module = modules[folder.name]
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp")):
            text = path.read_text(encoding="utf-8")
            for match in INCLUDE.finditer(text):
                if reason := breach(modules, module, path.relative_to(root), match[1]):
                    line = text.count("\n", 0, match.start(1)) + 1
                    yield f"{path.relative_to(root)}:{line}: includes {match[1]}: {reason}"
        for path in sorted(folder.rglob("*.cmake")):
            for linked in LINKED.findall(path.read_text(encoding="utf-8")):
                if linked in modules and linked not in (module.name, *module.modules):
                    yield f"{path.relative_to(root)}: names {linked}: module {module.name} does not"


def breaches(root):
    modules = read_modules((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    if not modules:
        return ["CMakeLists.txt: no assimilaate_module() line"]
    return [*check_graph(modules), *check_files(root, modules)]


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    found = breaches(pathlib.Path(sys.argv[1]).resolve())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
