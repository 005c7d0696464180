"""All benchmarks, as `make bench` runs them: one table, with the goal beside each figure."""

from tests.bench import charter_assess, charter_pages, intake, many_cases, sealing, steps

print("| figure | measured | goal | |\n|---|---|---|---|")
for figure in (*sealing.measure(64, 7), *steps.measure(40)):
    print(figure.line(), flush=True)
for figure in (*charter_assess.measure(), *charter_pages.measure()):
    print(figure.line(), flush=True)
for figure in intake.measure(intake.Size()):
    print(figure.line(), flush=True)
for figure in many_cases.measure_all():
    print(figure.line(), flush=True)
