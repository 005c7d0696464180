"""All benchmarks of intake and sealing, as `make bench` runs them: one table, goals beside it."""

from tests.bench import intake, sealing, steps

print("| figure | measured | goal | |\n|---|---|---|---|")
for figure in (*sealing.measure(64, 7), *steps.measure(40)):
    print(figure.line(), flush=True)
for figure in intake.measure(intake.Size()):
    print(figure.line(), flush=True)
