"""check_docs_test.py SOURCE_DIR: plants one dangling reference at a time and expects tools/check_docs to name it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

# (file, text, words that the finding must have; None for nothing wrong)
CASES = [
    ("lockstep/a.h", '// (docs/page.md, "A heading")', None),
    ("lockstep/a.h", '/// (docs/page.md, "A\n/// heading")', None),
    ("lockstep/a.h", "// docs/pages.md", "there is no docs/pages.md"),
    ("lockstep/a.h", '// docs/page.md, "Another"', 'no heading "Another"'),
    ("docs/b.md", "[page](page.md#a-heading)", None),
    ("docs/b.md", "[page](pages.md)", "pages.md leads nowhere"),
    ("docs/b.md", "[page](page.md#another)", "no heading for #another"),
]


def main():
    source = pathlib.Path(sys.argv[1])
    wrong = []
    for name, text, words in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for part in ("tools", "docs", "lockstep"):
                (root / part).mkdir()
            shutil.copy(source / "tools/check_docs", root / "tools")
            (root / "docs/page.md").write_text("# Page\n\n## A heading\n")
            (root / name).write_text(text + "\n")
            run = subprocess.run([sys.executable, str(root / "tools/check_docs")], capture_output=True, text=True)
            good = run.returncode == 0 if words is None else run.returncode == 1 and words in run.stdout
            if not good:
                wrong.append(f"{name} with {text!r}: {run.stdout}{run.stderr}")
    print("\n".join(wrong) if wrong else f"check_docs: {len(CASES)} cases")
    return 1 if wrong else 0


sys.exit(main())
