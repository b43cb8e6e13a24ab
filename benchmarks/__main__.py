"""Run every benchmark, or those named: ``python -m benchmarks [library] [widgets]``."""

import importlib
import pkgutil
import sys

import benchmarks

available = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name != "__main__")
chosen = sys.argv[1:] or available
if unknown := set(chosen) - set(available):
    raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(available)}")
for name in chosen:
    print(f"\n== {name} ==")
    importlib.import_module(f"benchmarks.{name}").main()
