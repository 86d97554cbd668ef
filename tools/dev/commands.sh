# One function per command of ./dev.

cmd_build() {
  need_build
  configure build
  if [ $# -gt 0 ]; then compile build "$@"; else
    compile build all
    build_console
  fi
}

cmd_run() {
  need_build
  configure build
  compile build programs
  build_console
  exec python3 tools/dev_run.py "$@"
}

# Everything that the scenarios and tests start or read.
need_test() {
  need_packages build test
  need_python base test
  need_npm engine "the embedded event store (170 MB to fetch)"
  need_npm tests/e2e "the clients that the scenarios use"
  use_cache
}

cmd_test() {
  local full=0
  case "${1:-}" in
    --full) full=1 ;;
    "") ;;
    *) fail "test takes --full or nothing, not '$1'." ;;
  esac
  need_test
  configure build
  compile build all all_verify_interface_header_sets
  build_console
  say "Running the tests"
  # ctest's own summary is the last thing said. Output of tests that fail is shown above it.
  TRAILKEEPER_TEST_FULL=$full exec ctest --test-dir build -j "$(jobs)" --output-on-failure --no-label-summary \
    --no-tests=error
}

cmd_e2e() {
  need_test
  configure build
  compile build programs
  build_console
  exec ctest --test-dir build -L e2e -R "${1:-.}" --output-on-failure --no-tests=error --verbose
}

cmd_bench() {
  need_packages build bench
  need_build
  configure build
  compile build programs bench
  exec python3 tools/bench.py "$@"
}

cmd_s3() {
  need_packages build s3
  need_python base test
  exec python3 tools/dev_s3.py "$@"
}

cmd_console() {
  need_packages build
  need_python base
  need_npm console "the console's packages"
  exec npm --prefix console run dev -- "$@"
}

# All C++ sources that are ours and known to git or new.
cxx_sources() { git ls-files --cached --others --exclude-standard -- 'src/*.h' 'src/*.cc' 'bench/*.h' 'bench/*.cc' 'fuzz/*.cc' 'tests/*.cc' 'tests/*.h'; }

cmd_fmt() {
  need_packages build lint
  cxx_sources | xargs --no-run-if-empty clang-format-16 -i
  if grep -qs '"fmt"' console/package.json; then
    need_python base
    need_npm console "the console's packages"
    npm --prefix console run --silent fmt
  fi
}

cmd_lint() {
  need_packages build lint
  need_python base test
  need_npm engine "the embedded event store (170 MB to fetch)"
  use_cache
  configure build/clang -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16
  compile build/clang all
  say "Style checks"
  (cd build/clang && ctest -L style --output-on-failure --no-label-summary --no-tests=error)
  say "clang-tidy"
  run-clang-tidy-16 -quiet -p build/clang -j "$(jobs)" "^$PWD/(src|bench)/.*\.cc$" 2>/dev/null | grep -v '^clang-tidy-16 ' |
    tee build/log/tidy.log
  if grep -q -E '(warning|error): ' build/log/tidy.log; then fail "clang-tidy found something (build/log/tidy.log)."; fi
}

# sanitized NAME VALUE: the unit tests in a build where every target has the sanitizer. The engine is a foreign
# library of its own process and stays out.
sanitized() {
  need_packages build
  use_cache
  configure "build/$1" -DSANITIZE="$2" -DTRAILKEEPER_ENGINE=OFF
  compile "build/$1" all
  ctest --test-dir "build/$1" -L unit -j "$(jobs)" --output-on-failure --no-label-summary --no-tests=error
}

cmd_asan() { ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 sanitized asan address; }

cmd_tsan() { TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 sanitized tsan thread; }

cmd_clean() { rm -rf build console/dist; }
