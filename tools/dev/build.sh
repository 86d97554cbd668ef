# Configuring and building. build/ is the everyday build; build/<name> are its sanitizer and clang sisters.

# Compilers of the heavier files want about 1.5 GB each, so a small machine builds with fewer at once.
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# The object cache lies in the tree like everything else, unless the person has set one.
use_cache() {
  export CCACHE_DIR=${CCACHE_DIR:-$PWD/build/ccache}
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-3G}
}

# configure FOLDER [CMAKE OPTION..]
configure() {
  local folder=$1
  shift
  logged "cmake-${folder//\//-}" cmake -S . -B "$folder" -G Ninja "$@" ||
    fail "configuration failed (build/log/cmake-${folder//\//-}.log)."
}

# compile FOLDER TARGET..
compile() {
  local folder=$1
  shift
  say "Building in $folder"
  NINJA_STATUS="    [%f/%t] " ninja -C "$folder" -j "$(jobs)" "$@" || fail "the build failed; the lines above say where."
}

# One number for everything the console is built from.
console_fingerprint() {
  find console api -name node_modules -prune -o -path console/dist -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}

build_console() {
  need_npm console "the console's packages"
  local stamp=console/dist/.stamp now
  now=$(console_fingerprint)
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$now" ]; then
    say "Building the console"
    logged console npm --prefix console run --silent build || fail "the console did not build (build/log/console.log)."
    python3 tools/console_licenses.py console
    # The build may write generated sources: the number is taken again after it.
    console_fingerprint >"$stamp"
  fi
}

# What every build of programs needs: packages, Python and Node, the engine's library.
need_build() {
  need_packages build
  need_python base
  need_npm engine "the embedded event store (170 MB to fetch)"
  use_cache
}
