# Python and Node inside the tree, pinned by hash. A stamp beside what it describes makes a second start instant.

# changed STAMP FILE..: true when the files' contents differ from those the stamp was written for.
changed() {
  local stamp=$1
  shift
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$(cat "$@" | sha256sum)" ]
}

mark() {
  local stamp=$1
  shift
  cat "$@" | sha256sum >"$stamp"
}

# need_python LIST..: .venv with tools/requirements*.txt; `base` brings Node.
need_python() {
  if [ ! -x .venv/bin/python ]; then
    say "Making .venv"
    rm -rf .venv
    logged venv /usr/bin/python3 -m venv .venv || fail "python3 -m venv failed (build/log/venv.log)."
  fi
  local list file
  for list in "$@"; do
    file=tools/requirements.txt
    [ "$list" = base ] || file="tools/requirements-$list.txt"
    if changed ".venv/.stamp-$list" "$file"; then
      say "Installing Python packages of $file"
      logged pip .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps \
        --only-binary=:all: --require-hashes -r "$file" ||
        fail "pip could not install $file: is there a network, and may this machine reach its package index? (build/log/pip.log)"
      mark ".venv/.stamp-$list" "$file"
    fi
  done
  PATH="$PWD/.venv/bin:$PATH"
  export PATH
}

# need_npm FOLDER TEXT: npm ci, only when the lock changed. Nothing of the packages runs while they are installed.
need_npm() {
  local folder=$1 text=$2
  if changed "$folder/node_modules/.stamp" "$folder/package-lock.json"; then
    say "Installing $text"
    logged "npm-${folder//\//-}" npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund ||
      fail "npm ci in $folder failed: is there a network, and may this machine reach its npm registry? (build/log/npm-${folder//\//-}.log)"
    mark "$folder/node_modules/.stamp" "$folder/package-lock.json"
  fi
}
