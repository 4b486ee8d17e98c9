"""What runs beside a student's code in the isolated process: it holds no solution, and no truth."""
