"""The modules that run in the isolated process, beside a student's code. They contain no solutions."""
