"""check_layers_test.py SOURCE_DIR: plants one fault at a time and expects tools/check_layers to name it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

# (file, line to add, words that the finding must have)
FAULTS = [
    ("rig/rig.h", '#include "lockstep/session/coordinator.h"', "rig (floor 5) may not see session"),
    ("sensor/modes.h", '#include "lockstep/mkv/vint.h"', "sensor (floor 3) may not see mkv"),
    ("device/pairing.cpp", '#include "lockstep/host/disk.h"', "add host to ROOMS"),
    ("device/pairing.cpp", '#include "device.h"', "from the repository root"),
    ("time/tick.h", "#include <fmt/core.h>", "third-party header <fmt/core.h>"),
    ("sensor/modes.h", "#include <Eigen/Core>", "third-party header <Eigen/Core>"),
    ("recording/writer.h", "inline void f() { std::jthread thread; }", "std::jthread"),
    ("sync/../rig/rig.h", "inline auto f() { return std::chrono::steady_clock::now(); }", "below floor 6"),
    ("frame/capture.h", "inline void f() { usleep(10); }", "usleep"),
]
HARMLESS = [
    ("rig/rig.h", "// std::thread and steady_clock::now() in a comment"),
    ("geometry/rigid_transform.h", "#include <Eigen/Core>"),
    ("session/coordinator.h", "#include <thread>"),
]


def check(root):
    run = subprocess.run([sys.executable, str(root / "tools/check_layers")], capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def with_line(root, name, line):
    path = root / "lockstep" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(before + "\n" + line + "\n")
    result = check(root)
    path.write_text(before) if before else path.unlink()
    return result


def main():
    source = pathlib.Path(sys.argv[1])
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for part in ("tools", "cmake", "lockstep"):
            shutil.copytree(source / part, root / part)
        code, text = check(root)
        if code != 0:
            failures.append(f"the tree as it is should pass:\n{text}")
        for name, line, words in FAULTS:
            code, text = with_line(root, name, line)
            if code != 1 or words not in text:
                failures.append(f"{name} with '{line}' should be found ({words}), got {code}:\n{text}")
        for name, line in HARMLESS:
            code, text = with_line(root, name, line)
            if code != 0:
                failures.append(f"{name} with '{line}' is allowed, got:\n{text}")
    print("\n".join(failures))
    return 1 if failures else 0


sys.exit(main())
