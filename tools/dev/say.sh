# How ./dev speaks: one line per step, and a sentence that says what to do when something is missing.

say() { printf '\033[1m==>\033[0m %s\n' "$*" | plain; }

# Ends the command with a sentence for the person; what went wrong in detail is in the named log.
fail() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}

# Colours only where a terminal shows them.
plain() { if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }

# Reads "percent text" lines and shows them: one moving line on a terminal, a line every 10 per cent in a log.
show_progress() {
  local percent text last=-10
  while read -r percent text; do
    percent=${percent%.*}
    if [ -t 1 ]; then
      printf '\r\033[K    %3d%% %.70s' "$percent" "$text"
    elif [ "$percent" -ge $((last + 10)) ]; then
      printf '    %3d%% %s\n' "$percent" "$text"
      last=$percent
    fi
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}

# logged NAME COMMAND..: runs it with its output in build/log/NAME.log; shows the end of that file when it fails.
logged() {
  local log="build/log/$1.log"
  shift
  mkdir -p build/log
  if ! "$@" >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    return 1
  fi
}
