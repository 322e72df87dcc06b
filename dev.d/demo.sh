# shellcheck shell=bash
# The demo: from nothing to kubectl through the line. Sourced, never run.

run_demo() {
  fail "the demo is not there yet"
}
