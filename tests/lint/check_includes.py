#!/usr/bin/env python3
"""The house rule, enforced: core computes and knows no Qt, widgets shows, app connects, torch lives in two folders.

Reads every #include of every C++ file, reports each line that breaks a rule, and exits with 1 if there is any. Also
reports two headers that define a type of the same name: in one namespace that is undefined behaviour which no compiler
sees. `--self-test` proves that each rule can fail.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

TYPE = re.compile(r"^(?:class|struct|enum class) (\w+)(?: final)?(?:$|\s*[:{])", re.MULTILINE)

QT = re.compile(r"^Q[A-Z]|^Qt[A-Z]?\w*/|^qcustomplot")
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")

# Each core folder and the core folders it may include, bottom-up. A folder may always include itself.
CORE = {
    "base": set(),
    "checkpoint": {"base"},
    "tokenizer": {"base"},
    "media": {"base"},
    "capture": {"base", "checkpoint", "media"},
    "analysis": {"base", "media", "capture"},
    "render": {"base", "media"},
    "protocol": {"base"},
    "runtime": {"base", "checkpoint", "tokenizer", "media", "capture"},
    "models": {"base", "checkpoint", "tokenizer", "media", "capture", "runtime"},
}
# The same of the folders of widgets, and of what an app folder may include of them.
WIDGETS = {
    "context": {"context"},
    "image": {"context", "image"},
    "controls": {"context", "image", "controls"},
    "plot": {"plot"},
    "views": {"context", "image", "controls", "plot", "views"},
}
WIDGETS_OF_APP = {"session": {"context", "image"}, "verbs": {"context", "image"}}
TORCH_FOLDERS = ("core/runtime/", "core/models/")
# The front end must not load torch: nothing of it may include what does.
TORCH_FREE_HEADERS = {"core/runtime/run_result.h"}


def problem(file: str, include: str, quoted: bool) -> str | None:
    """The rule that `#include include` breaks in `file` (paths from the repository root), or None."""
    if TORCH.match(include) and not file.startswith(TORCH_FOLDERS + ("tests/core/runtime/", "tests/models/", "tests/bench/inside/")):
        return "torch lives in core/runtime and core/models only"
    if QT.match(include) and file.startswith("core/"):
        return "core knows no Qt"
    if include.startswith("qcustomplot") and not file.startswith("widgets/plot/"):
        return "qcustomplot.h is included in widgets/plot only"
    if not quoted:
        return None
    if "/" not in include or include.startswith("."):
        return "include from the repository root, so that an include shows its layer"
    top = include.split("/")[0]
    if file.startswith("core/"):
        if top in ("widgets", "app", "tests"):
            return f"core may not include {top}"
        if top == "core":
            own, other = file.split("/")[1], include.split("/")[1]
            if other != own and other not in CORE[own]:
                return f"core/{own} may not include core/{other}"
    if file.startswith("widgets/"):
        if top == "app":
            return "widgets may not include app"
        if include.startswith(TORCH_FOLDERS + ("core/protocol/",)):
            return "widgets know no engine"
        own = file.split("/")[1]
        if top == "widgets" and include.split("/")[1] not in WIDGETS.get(own, WIDGETS):
            return f"widgets/{own} may not include widgets/{include.split('/')[1]}"
    if file.startswith("app/") and top == "widgets":
        own = file.split("/")[1]
        if include.split("/")[1] not in WIDGETS_OF_APP.get(own, WIDGETS):
            return f"app/{own} may not include widgets/{include.split('/')[1]}"
    if file.startswith("app/") and not file.startswith("app/engine/"):
        if include.startswith(TORCH_FOLDERS) and include not in TORCH_FREE_HEADERS:
            return "only app/engine may include what needs torch"
        if include.startswith("app/engine/"):
            return "the front end does not include the engine"
    if file.startswith("app/engine/") and top in ("widgets",):
        return "the engine shows nothing"
    return None


def twice_defined(headers: dict[str, str]) -> list[str]:
    """What to say of type names that several of these headers (path → text) define."""
    places: dict[str, list[str]] = {}
    for name, text in headers.items():
        for match in TYPE.finditer(text):
            places.setdefault(match[1], []).append(name)
    return [f"{' and '.join(found)} both define {name}" for name, found in places.items() if len(found) > 1]


def self_test() -> None:
    assert twice_defined({"a.h": "struct Rows\n{\n};", "b.h": "class Rows : public X\n{", "c.h": "class Rows;"})
    assert not twice_defined({"a.h": "struct Rows\n{\n    struct Size\n", "b.h": "struct Size {", "c.h": "class Rows;"})
    broken = [
        ("core/base/a.cpp", "QString", False), ("core/media/a.h", "QtCore/QString", False), ("app/session/a.cpp", "ATen/ATen.h", False),
        ("widgets/views/a.cpp", "torch/torch.h", False), ("core/base/a.cpp", "core/media/image.h", True),
        ("core/capture/a.cpp", "widgets/a.h", True), ("widgets/views/a.cpp", "app/a.h", True), ("widgets/a.cpp", "qcustomplot.h", False),
        ("core/base/a.cpp", "error.h", True), ("core/base/a.cpp", "../base/error.h", True), ("app/window/a.cpp", "core/models/model.h", True),
        ("app/session/a.cpp", "app/engine/a.h", True), ("app/engine/a.cpp", "widgets/a.h", True), ("core/render/a.cpp", "core/capture/capture.h", True),
        ("widgets/views/a.cpp", "core/protocol/frame.h", True), ("widgets/image/a.cpp", "widgets/views/view.h", True),
        ("widgets/plot/a.cpp", "widgets/context/a.h", True), ("app/verbs/a.cpp", "widgets/views/view.h", True),
    ]
    for case in broken:
        assert problem(*case), f"not caught: {case}"
    fine = [
        ("core/base/a.cpp", "core/base/error.h", True), ("core/models/a.cpp", "ATen/ATen.h", False), ("widgets/a.cpp", "QWidget", False),
        ("app/engine/a.cpp", "core/models/model.h", True), ("core/capture/a.cpp", "core/media/patch_grid.h", True), ("core/base/a.cpp", "vector", False),
        ("widgets/controls/a.cpp", "widgets/image/figure.h", True), ("app/verbs/a.cpp", "widgets/image/figure.h", True), ("app/window/a.cpp", "widgets/views/view.h", True),
    ]
    for case in fine:
        assert not problem(*case), f"wrongly caught: {case}"


def main() -> int:
    if "--self-test" in sys.argv:
        self_test()
        return 0
    count = 0
    failures = []
    headers = {}
    for top in ("core", "widgets", "app", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            count += 1
            name = path.relative_to(ROOT).as_posix()
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".h" and top != "tests":
                headers[name] = text
            for number, line in enumerate(text.splitlines(), 1):
                match = INCLUDE.match(line)
                if match and (reason := problem(name, match[2], match[1] == '"')):
                    failures.append(f"{name}:{number}: {line.strip()}: {reason}")
    failures += twice_defined(headers)
    print("\n".join(failures) or f"{count} files keep the layer rules")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
