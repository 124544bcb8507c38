#!/usr/bin/env python3
"""kT-RAM lanes, ours beside their author's emulator: the same random instruction sequences through both.

    bench/ktram.py                      # needs the package ktram-neural-core; says so and exits 77 where it is missing
    bench/ktram.py --golden FOLDER      # ours against the sequences of that folder (instr_seq_*.json); no package needed
    bench/ktram.py --program FILE       # bench_ktram, by default that of the release build

Prints per model the largest differences of y and of the conductances, and the time of one instruction and of one example (a
read FF and a feedback RH) in both. Exits 1 where a difference exceeds 1e-9 (bytes: where there is one).
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
INSTRUCTIONS = "FF FFLV RF RFLV FH FL FU FA FZ RH RL RU RA RZ".split()
ALLOWED = {"byte": 0.0, "float": 1e-9, "rs": 1e-9}


def ours(program, questions):
    """What the program makes of a list of sequences."""
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{program}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def flat(state):
    return [value for space in state for value in space]


def differences(reply, y, ga, gb):
    """Largest |difference| of y, and of a conductance as a share of itself."""
    got, wanted = flat(reply["ga"]) + flat(reply["gb"]), flat(ga) + flat(gb)
    return (max(abs(a - b) for a, b in zip(reply["y"], y, strict=True)),
            max(abs(a - b) / abs(b) for a, b in zip(got, wanted, strict=True)))


def check_golden(program, folder):
    """Ours against recorded sequences; the number of cases that differ."""
    wrong = 0
    files = sorted(pathlib.Path(folder).glob("instr_seq*.json"))
    if not files:
        raise SystemExit(f"{folder}: no instr_seq*.json")
    for file in files:
        cases = json.loads(file.read_text())["cases"]
        pairs = [differences(reply, case["y"], case["final_ga"], case["final_gb"])
                 for reply, case in zip(ours(program, cases), cases, strict=True)]
        allowed = ALLOWED[cases[0]["params"]["model"]]
        wrong += sum(max(pair) > allowed for pair in pairs)
        print(f"{file.name}: {len(cases)} sequences, |dy| <= {max(p[0] for p in pairs):.1e}, "
              f"|dG|/G <= {max(p[1] for p in pairs):.1e}")
    return wrong


def states(core, params):
    """Conductances of the emulator's lane, [space][address] of a and of b."""
    ga, gb = [], []
    for space in range(params["spaces_per_lane"]):
        row = []
        for address in range(params["rows"] * params["cols"]):
            one = [None] * params["spaces_per_lane"]
            one[space] = address
            row.append(core.read_gab(0, tuple(one)))
        ga.append([float(a) for a, _ in row])
        gb.append([float(b) for _, b in row])
    return ga, gb


def theirs(Core, params, steps, seed):
    """Start, y after each step, end, and microseconds per step, of the emulator."""
    core = Core(params["rows"], params["cols"], spaces_per_lane=params["spaces_per_lane"], num_lanes=1, model=params["model"],
                init="medium", seed=seed, read_noise=0)
    start = states(core, params)
    lane = core.lane(0)
    told = [(step[0], tuple(None if entry < 0 else entry for entry in step[1:])) for step in steps]
    before = time.perf_counter()
    y = [float(lane.evaluate(entries, instruction)) for instruction, entries in told]
    taken = 1e6 * (time.perf_counter() - before) / len(steps)
    return start, y, states(core, params), taken


def compare(Core, program, model, arguments):
    """One model: differences over random sequences, and times of an instruction and of an example in both."""
    chance = random.Random(arguments.seed)
    params = {"model": model, "rows": 1, "cols": 64, "spaces_per_lane": 16, "read_noise": 0}
    entry = lambda: chance.randrange(-1, params["cols"])  # noqa: E731
    tuple_of = lambda: [entry() for _ in range(params["spaces_per_lane"])]  # noqa: E731
    sequences = [[[chance.choice(INSTRUCTIONS), *tuple_of()] for _ in range(arguments.steps)]
                 for _ in range(arguments.sequences)]
    examples = [[name, *chosen] for chosen in (tuple_of() for _ in range(arguments.steps)) for name in ("FF", "RH")]
    worst, times = (0.0, 0.0), []
    for number, steps in enumerate([*sequences, examples]):
        (ga, gb), y, end, slow = theirs(Core, params, steps, arguments.seed + number)
        [reply] = ours(program, [{"params": params, "init_ga": ga, "init_gb": gb, "steps": steps}])
        worst = tuple(map(max, worst, differences(reply, y, *end)))
        times.append((slow, reply["us_per_step"]))
    instruction = [statistics.median(t[i] for t in times[:-1]) for i in (0, 1)]
    print(f"{model:6} |dy| <= {worst[0]:.1e}  |dG|/G <= {worst[1]:.1e}   "
          f"instruction {instruction[0]:.2f} us, ours {instruction[1]:.3f} us   "
          f"example {2 * times[-1][0]:.2f} us, ours {2 * times[-1][1]:.3f} us")
    return max(worst) > ALLOWED[model]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "release" / "bench" / "bench_ktram")
    parser.add_argument("--golden", metavar="FOLDER")
    parser.add_argument("--sequences", type=int, default=20)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.program).is_file():
        raise SystemExit(f"{arguments.program} is not built: cmake --build build/release --target bench_ktram")
    if arguments.golden:
        return 1 if check_golden(arguments.program, arguments.golden) else 0
    try:
        from ktram_neural_core import Core
    except ImportError:
        print("the package ktram-neural-core cannot be imported: no live comparison", file=sys.stderr)
        return 77
    print("16 spaces of 64 addresses, no read noise")
    return 1 if sum(compare(Core, arguments.program, model, arguments) for model in ALLOWED) else 0


if __name__ == "__main__":
    sys.exit(main())
