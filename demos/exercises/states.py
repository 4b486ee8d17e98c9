"""The states of a graded answer: the sign that stands for each in a table, and what it means."""

STATE_SIGNS = {"done": "+", "begun": "-", "error": "!", "not begun": ".", "not judged": "?"}
STATE_MEANINGS = {
    "done": "right",
    "begun": "wrong",
    "error": "an error",
    "not begun": "not begun",
    "not judged": "not judged",
}
