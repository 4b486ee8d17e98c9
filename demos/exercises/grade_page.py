"""Write grades as one offline HTML page: totals, mistakes, a table, and what is wrong with each answer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from engine import Page
from engine.terminal import TextStyle

from .class_summary import Mistake, Total, mistakes, totals
from .report import report
from .states import STATE_MEANINGS, STATE_SIGNS
from .submissions import Grade, Submission

PLAIN = TextStyle()
STYLE = Path(__file__).with_name("grade_page.css")


def as_html(submissions: Sequence[Submission]) -> str:
    """Return the grades as one HTML page, which asks no other server for anything."""
    several = len(submissions) > 1
    sums = totals(submissions)
    body = [summary(submissions), legend(submissions)]
    if several:
        body += [exercise_table(sums, len(submissions)), mistake_list(mistakes(submissions), len(submissions))]
    body += [student_table(submissions), *(details(number, each) for number, each in enumerate(submissions, 1))]
    title = "Grades of the class" if several else f"Grades of {PLAIN.fit(submissions[0].name)}"
    return Page(title, "\n".join(body), {}, SCRIPT, STYLE.read_text(encoding="utf-8")).html


# A link in the table leads to an answer's report, which may be closed.
SCRIPT = """
function openReport() {
  const target = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
}
addEventListener("hashchange", openReport);
openReport();
"""


def text(words: str) -> str:
    """Return a text for HTML; control characters are written as codes."""
    return escape(PLAIN.fit(words))


def summary(submissions: Sequence[Submission]) -> str:
    """Return a paragraph on the class or the student as a whole."""
    of = len(submissions[0].grades)
    if len(submissions) == 1:
        return f"<p>{submissions[0].points} of {of} exercises are right.</p>"
    mean = sum(each.points for each in submissions) / len(submissions)
    return f"<p>{len(submissions)} students, {of} exercises; on average, {mean:.1f} of them are right.</p>"


def legend(submissions: Sequence[Submission]) -> str:
    """Return what the signs in the table mean, those that occur."""
    states = {grade.verdict.state for each in submissions for grade in each.grades}
    signs = (f"<span>{sign(state)} {meant}</span>" for state, meant in STATE_MEANINGS.items() if state in states)
    return f'<p class="legend">{" ".join(signs)}</p>'


def sign(state: str, alone: bool = False) -> str:
    """Return the sign of a state; if it stands alone, with its meaning for a screen reader."""
    meaning = f'<span class="unseen">{STATE_MEANINGS[state]}</span>' if alone else ""
    return f'<span class="sign {css(state)}" aria-hidden="true">{STATE_SIGNS[state]}</span>{meaning}'


def css(state: str) -> str:
    return state.replace(" ", "-")


def exercise_table(sums: Sequence[Total], of: int) -> str:
    """Return the table of the exercises: how many students have each state in each of them."""
    states = [state for state in STATE_MEANINGS if any(total.states.get(state) for total in sums)]
    head = "".join(f'<th scope="col" class="number">{STATE_MEANINGS[state]}</th>' for state in states)
    rows = []
    for total in sums:
        cells = "".join(f'<td class="number">{total.states.get(state, 0)}</td>' for state in states)
        bar = (
            f'<svg class="bar" viewBox="0 0 {of} 1" preserveAspectRatio="none" aria-hidden="true">{bars(total)}</svg>'
        )
        name = f"{total.exercise.id} <span>{text(total.exercise.title)}</span>"
        rows.append(f'<tr><th scope="row">{name}</th>{cells}<td class="wide">{bar}</td></tr>')
    return section(
        "The exercises",
        f'<table><thead><tr><th scope="col">exercise</th>{head}<th scope="col" class="wide">right</th></tr></thead>\n'
        f"<tbody>{''.join(rows)}</tbody></table>",
        "exercises",
    )


def bars(total: Total) -> str:
    return f'<rect class="all" width="100%" height="1"/><rect class="right" width="{total.right}" height="1"/>'


def mistake_list(shared: Sequence[Mistake], of: int) -> str:
    """Return the mistakes of the class, the commonest first, with the names; those of one student each are folded."""
    common = "".join(entry(each, of) for each in shared if each.count > 1)
    single = "".join(entry(each, of) for each in shared if each.count == 1)
    listed = f"<ol>{common}</ol>" if common else "<p>No two students made the same.</p>"
    folded = f"<details><summary>Mistakes that one student made</summary><ul>{single}</ul></details>"
    return section("The commonest mistakes", listed + (folded if single else ""), "mistakes") if shared else ""


def entry(mistake: Mistake, of: int) -> str:
    """Return a mistake, what to try, and who made it."""
    kind = mistake.kind
    advice = f'<p class="quiet">{text(kind.advice)}</p>' if kind.advice else ""
    return (
        f"<li><p><b>{mistake.exercise.id}</b>, {mistake.count} of {of}: {text(kind.sentence)}</p>{advice}"
        f'<p class="names">{text(mistake.names)}</p></li>'
    )


def student_table(submissions: Sequence[Submission]) -> str:
    """Return the table of the students: a sign for each exercise. That of a wrong answer links to its report."""
    grades = submissions[0].grades
    asked = [grade.verdict.exercise for grade in grades]
    head = "".join(
        f'<th scope="col"><abbr title="{text(each.title)}">{each.id.removeprefix("ex")}</abbr></th>' for each in asked
    )
    rows = []
    for number, each in enumerate(submissions, 1):
        cells = "".join(f"<td>{cell(number, grade)}</td>" for grade in each.grades)
        name = f'<a href="#student-{number}">{text(each.name)}</a>' if has_section(each) else text(each.name)
        rows.append(f'<tr><th scope="row">{name}</th>{cells}<td class="number">{each.points}</td></tr>')
    table = (
        f'<table class="signs"><thead><tr><th scope="col">student</th>{head}'
        f'<th scope="col" class="number">of {len(grades)}</th></tr></thead><tbody>\n'
        + "\n".join(rows)
        + "</tbody></table>"
    )
    return section("The students" if len(submissions) > 1 else "The answers", table, "students")


def cell(number: int, grade: Grade) -> str:
    mark = sign(grade.verdict.state, alone=True)
    if not is_wrong(grade):
        return mark
    return f'<a href="#{report_id(number, grade)}">{mark}</a>'


def is_wrong(grade: Grade) -> bool:
    return grade.verdict.state in ("begun", "error")


def has_section(student: Submission) -> bool:
    """Return whether a student has a section: for a wrong answer, or a file that was renamed or not graded."""
    return bool(student.notes) or any(map(is_wrong, student.grades))


def report_id(number: int, grade: Grade) -> str:
    return f"student-{number}-{grade.verdict.exercise.id}"


def details(number: int, student: Submission) -> str:
    """Return a student's section: the files that were renamed or not graded, and a report on each wrong answer."""
    if not has_section(student):
        return ""
    notes = "".join(f"<li>{text(note)}</li>" for note in student.notes)
    reports = "".join(
        f'<details id="{report_id(number, grade)}"><summary>{grade.verdict.exercise.id}, '
        f"{text(grade.verdict.exercise.title)}: {STATE_MEANINGS[grade.verdict.state]}</summary>\n"
        f'<pre tabindex="0" role="region" aria-label="{text(student.name)}, {grade.verdict.exercise.id}">'
        f"{escape(report(grade.verdict, PLAIN, notebook=True))}</pre></details>\n"
        for grade in student.grades
        if is_wrong(grade)
    )
    files = f'<ul class="files">{notes}</ul>' if notes else ""
    return f'<section class="student" id="student-{number}"><h2>{text(student.name)}</h2>{files}{reports}</section>'


def section(title: str, body: str, name: str) -> str:
    """Return a section whose table may be wider than the window, and is scrolled on its own then."""
    scrolled = f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}">{body}</div>'
    return f'<section><h2 id="{name}">{title}</h2>{scrolled if "<table" in body else body}</section>'
