#!/usr/bin/env python3
"""The main job over several seeds: every figure with its mean and spread, into bench/results.csv.

    bench/main_job.py                       # graded, seeds 1 2 3
    bench/main_job.py --recipe winner
    bench/main_job.py --examples 300

Needs the release build (scripts/run makes it). Hyper-parameters were chosen on the validation images (the last 5 000 training
images); the test images are what is printed here.
"""
import argparse
import csv
import json
import pathlib
import platform
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def figures(result):
    """Flat name -> number."""
    yield "teacher.accuracy", result["teacher"]["accuracy"]
    yield "codec.accuracy", result["codec"]["accuracy"]
    yield "table_from_weights.accuracy", result["table_from_weights"]["accuracy"]
    for name, value in result["weights_accuracy"].items():
        yield f"weights.{name}.accuracy", value
    for target in result["targets"]:
        for key in ("accuracy", "agreement", "pulses_per_memristor", "joules", "simulated_seconds"):
            yield f"{target['name']}.{key}", target[key]
        for transform in target["transforms"]:
            yield f"{target['name']}.{transform['transform']}.agreement", transform["agreement"]
            if transform["nmse"] is not None:
                yield f"{target['name']}.{transform['transform']}.nmse", transform["nmse"]
    for key in ("conductance_correlation", "difference_correlation", "output_correlation", "output_agreement"):
        yield f"twins.{key}", result["twins"][key]
    accuracies = {t["name"]: t["accuracy"] for t in result["targets"]}
    yield "twins.accuracy_spread", abs(accuracies["mss"] - accuracies["mss_twin"])
    yield "bits.stream", result["bits"]["stream"]
    for name, value in result["break_even_examples"].items():
        yield f"break_even_examples.{name}", value
    yield "seconds", result["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/assimilaate")
    parser.add_argument("--recipe", default="graded")
    parser.add_argument("--examples", type=int, default=0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "bench/results.csv")
    options = parser.parse_args()
    command = ["run", "--recipe", options.recipe, "--json"]
    if options.examples:
        command += ["--examples", str(options.examples)]
    runs = []
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([options.program, *command, "--seed", str(seed), "--output", f"{folder}/run"],
                                  check=True, capture_output=True, text=True)
        runs.append(dict(figures(json.loads(done.stdout))))
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    shown = "assimilaate " + " ".join(command)
    rows = [
        {"command": shown, "commit": commit, "machine": f"{platform.machine()}, {platform.system()}",
         "seeds": " ".join(map(str, options.seeds)), "figure": name,
         "mean": f"{statistics.mean(r[name] for r in runs):.6g}",
         "spread": f"{statistics.stdev(r[name] for r in runs):.2g}" if len(runs) > 1 else ""}
        for name in runs[0]
    ]
    kept = []
    if options.results.exists():
        with options.results.open(newline="") as file:
            kept = [row for row in csv.DictReader(file) if row["command"] != shown]
    with options.results.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept + rows)
    for row in rows:
        print(f"{row['figure']:44} {row['mean']:>12} +- {row['spread']}")


if __name__ == "__main__":
    main()
