"""The static checks themselves: each is given something bad and must say so at its line, and something good."""
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINT = ROOT / "tests" / "lint"


@pytest.fixture
def tree(tmp_path):
    """A small repository: tree({"base/x.c": "…"}) writes files and returns its root."""
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path
    return write


def lint(name, root):
    done = subprocess.run(["/usr/bin/python3", LINT / f"{name}.py", "--root", root], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout.splitlines()


def said(lines, place, words):
    assert any(line.startswith(place) and words in line for line in lines), lines


GOOD = {
    "base/sv.h": '/* Text. */\n#ifndef KW_BASE_SV_H\n#define KW_BASE_SV_H\n#include <stddef.h>\n'
                 "/* How long it is. */\nsize_t sv_length(const char *text);\nvoid sv_free(char *text);\n#endif\n",
    "base/sv.c": '#include "base/sv.h"\n/* exit(1) and stderr in a comment, and "time(" in a text */\n'
                 'const char *sv_words(void)\n{\n\treturn "exit(1) /* " "time(0)";\n}\n',
    "base/banned.h": "#ifndef KW_BASE_BANNED_H\n#define KW_BASE_BANNED_H\n#endif\n",
    "base/op_list.h": '/* OP(symbol, "text") */\nOP(A, "a, (b")\nOP(B, "x")\n',
    "rules/eval.c": '#include "base/sv.h"\n#include "rules/eval.h"\n',
    "rules/eval.h": '#ifndef KW_RULES_EVAL_H\n#define KW_RULES_EVAL_H\n#include "base/sv.h"\n'
                    "/* One comment for both. */\nint eval_a(int x);\nint eval_b(int (*f)(void *ctx, int n), void *ctx)\n"
                    "    __attribute__((nonnull(1)));\n\nstruct eval {\n\tint (*run)(void *ctx);\n};\n#endif\n",
    "base/net/http.c": "#include <curl/curl.h>\n",
}


@pytest.mark.parametrize("name", ["layers", "calls", "headers", "manual", "sizes"])
def test_good_files_pass(tree, name):
    assert lint(name, tree(GOOD)) == []


def test_layers_upward_include(tree):
    root = tree(GOOD | {"base/x.c": '\n#include "rules/eval.h"\n'})
    said(lint("layers", root), "base/x.c:2:", "to the right of layer base")


def test_layers_upward_include_of_a_unit_test(tree):
    root = tree(GOOD | {"tests/unit/base/test_x.c": '#include "rules/eval.h"\n'})
    said(lint("layers", root), "tests/unit/base/test_x.c:1:", "to the right of layer base")


def test_layers_path_not_from_the_root(tree):
    root = tree(GOOD | {"rules/x.c": '#include "eval.h"\n'})
    said(lint("layers", root), "rules/x.c:1:", "include paths start there")


def test_layers_product_that_needs_tests(tree):
    root = tree(GOOD | {"tests/bed.h": "", "base/x.c": '#include "tests/bed.h"\n'})
    said(lint("layers", root), "base/x.c:1:", "does not need its tests")


@pytest.mark.parametrize("header", ["curl/curl.h", "openssl/evp.h", "yaml.h", "jansson.h", "sqlite3.h", "libdeflate.h",
                                    "zlib.h", "pcre2.h"])
def test_layers_library_in_a_second_place(tree, header):
    root = tree(GOOD | {"alerts/x.c": f"#include <{header}>\n"})
    said(lint("layers", root), "alerts/x.c:1:", f"<{header}> belongs to")


@pytest.mark.parametrize("call", ["exit(1)", "_exit (1)", "abort()", "fputs(s, stderr)", "write(STDERR_FILENO, s, 1)",
                                  "perror(s)", "clock_gettime(CLOCK_REALTIME, &t)", "time(NULL)",
                                  "gettimeofday(&t, NULL)", "rand()", "system(s)", "typedef struct x y"])
def test_calls_out_of_place(tree, call):
    root = tree(GOOD | {"rules/x.c": f"void f(void)\n{{\n\t{call};\n}}\n"})
    lines = lint("calls", root)
    said(lines, "rules/x.c:3:", ": ")
    assert len(lines) == 1


def test_calls_in_their_place(tree):
    root = tree({
        "agent/main.c": "void f(void) { exit(1); }\n",
        "base/log.c": "void f(void) { fputs(s, stderr); abort(); }\n",
        "base/clock.c": "void f(void) { clock_gettime(0, &t); time(NULL); }\n",
        "base/x.h": "typedef enum rc (*x_take)(void *ctx);\nvoid at_exit(int x);\nint runtime(int x);\n",
    })
    assert lint("calls", root) == []


@pytest.mark.parametrize("name", ["rules/x.c", "tests/e2e/x.py", "docs/x.md"])
def test_calls_unfinished_words(tree, name):
    said(lint("calls", tree({name: "a\n# TO" "DO: later\n"})), f"{name}:2:", "finish it")


def test_calls_vague_name(tree):
    said(lint("calls", tree({"base/utils.c": ""})), "base/utils.c:1:", "named after the thing")


def test_headers_that_need_another(tree):
    root = tree(GOOD | {"base/x.h": "#ifndef KW_BASE_X_H\n#define KW_BASE_X_H\nsize_t x_length(void);\n#endif\n"})
    lines = lint("headers", root)
    # base/banned.h of this small tree includes nothing, so size_t is unknown.
    said(lines, "base/x.h:1:", "does not compile alone with gcc")
    said(lines, "base/x.h:1:", "does not compile alone with clang")


def test_headers_guard(tree):
    root = tree(GOOD | {"base/x.h": "#ifndef X_H\n#define X_H\n#endif\n"})
    said(lint("headers", root), "base/x.h:1:", "KW_BASE_X_H")


def test_headers_list_with_code(tree):
    root = tree(GOOD | {"base/op_list.h": "OP(A, (1, 2))\nint x;\n"})
    said(lint("headers", root), "base/op_list.h:1:", "entries only")


@pytest.mark.parametrize("declaration, line", [
    ("int x_a(int n);\n", 3),
    ("/* Far away. */\n\nint x_a(int n);\n", 5),
    ("/* Said. */\nint x_a(int n);\n\nstruct x *x_b(\n    int n, int m);\n", 6),
])
def test_manual_function_without_docstring(tree, declaration, line):
    root = tree({"base/x.h": f"#ifndef KW_BASE_X_H\n#define KW_BASE_X_H\n{declaration}#endif\n"})
    lines = lint("manual", root)
    said(lines, f"base/x.h:{line}:", "no docstring")
    assert len(lines) == 1


def test_manual_parameter_without_name(tree):
    root = tree({"base/x.h": "/* Said. */\nint x_a(const char *, int n);\n/* Said. */\nint x_b(struct sv);\n"})
    lines = lint("manual", root)
    said(lines, "base/x.h:2:", "x_a() has a parameter without a name")
    said(lines, "base/x.h:4:", "x_b() has a parameter without a name")
    assert len(lines) == 2


def test_sizes(tree):
    lines = lint("sizes", tree({"base/x.c": "\n" * 701, "base/y.c": "\n" * 700, "base/z_list.h": "\n" * 5000}))
    assert [line.split(":")[0] for line in lines] == ["base/x.c"]


LISTED = {
    ".ci/packages": "# group, package\nbuild gcc\ndemo python3\ntest clang\ndev valgrind\n",
    ".ci/run": "exec make test\n", ".ci/deps": "$as_root apt-get install -y $missing\n",
    "Makefile": "test:\n\t@.ci/deps build test\n",
    "README.md": "    apt-get install -y --no-install-recommends ca-certificates git make\n    make demo\n",
}


def test_packages_good(tree):
    assert lint("packages", tree(LISTED)) == []


@pytest.mark.parametrize("name, text, place, words", [
    (".ci/packages", LISTED[".ci/packages"] + "dev gcc\n", ".ci/packages:6:", "already in line 2"),
    (".ci/packages", LISTED[".ci/packages"] + "all gcc\n", ".ci/packages:6:", "not GROUP PACKAGE"),
    (".ci/packages", "build gcc\ndemo python3\ntest clang\n", ".ci/packages:1:", "no package in group dev"),
    ("README.md", LISTED["README.md"] + "apt install -y libcurl4-openssl-dev\n", "README.md:3:", "libcurl4-openssl-dev"),
    ("README.md", "nothing\n", "README.md:1:", "how packages are installed"),
    ("Makefile", "test:\n\t@.ci/deps build tests\n", "Makefile:2:", "no group tests"),
    (".ci/run", "exec pytest\n", ".ci/run:1:", "make test"),
])
def test_packages_bad(tree, name, text, place, words):
    said(lint("packages", tree(LISTED | {name: text})), place, words)
