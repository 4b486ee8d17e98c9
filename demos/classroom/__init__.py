"""The classroom: a static site with the engine inside, for browsers of schools that may install nothing.

`gradwalk classroom --build` makes it once (build.py, build.mjs), `gradwalk classroom` serves it (serve.py).
In the browser, worker.js runs Python, and calls the functions of classroom.py. All sentences are in texts.json.
"""
