"""Measurements: ours beside an anchor, in turn, in one run, and the median ratio against a goal.

    python -m tools.bench                 every bench
    python -m tools.bench import          those whose name contains the word
    python -m tools.bench --json          one JSON object as the last line

A subject has one file here with functions under `@bench("name")`; `tools.bench.registry` says what they return. They
run on a database of their own beside the one of DATABASE_URL, made, migrated and removed by `tools.bench.database`.
Absolute times swing with the machine; the ratios are what counts, and a goal is met or missed by them.
"""
