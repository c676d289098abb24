/* Exit codes of every command: EXIT_CODE(SYMBOL, number, "meaning"). Printed by `--help` and the manual. */
EXIT_CODE(FINE, 0, "done; nothing found that was asked to fail")
EXIT_CODE(FOUND, 1,
    "alerts at or above `scan --fail-on`, a failing test, faults found by `check`, findings of `verify`, a "
    "failure found by `doctor`, or a budget of `backtest` that is exceeded")
EXIT_CODE(USAGE, 2, "the command line is wrong")
EXIT_CODE(CONFIG, 3, "the configuration or, with --strict, a rule is wrong")
EXIT_CODE(INPUT, 4, "some input could not be read, or held malformed records (all the rest was processed)")
EXIT_CODE(STATE, 5, "the state file is locked, damaged, or from another version")
EXIT_CODE(SYSTEM, 6, "the system refused something: disk, memory, network")
