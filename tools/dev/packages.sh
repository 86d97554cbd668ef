# Debian packages, one list per purpose. A list is checked with one dpkg-query, so a second start loses no time.

packages_build="g++ cmake ninja-build pkg-config mold ccache python3 python3-venv ca-certificates curl
  libboost1.81-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev libsodium-dev zlib1g-dev libzstd-dev
  libutf8proc-dev libre2-dev libpugixml-dev libssh-dev libpq-dev libmariadb-dev libsimdjson-dev libspdlog-dev libfmt-dev libcli11-dev libhowardhinnant-date-dev tzdata
  libtomlplusplus-dev prometheus-cpp-dev libprotozero-dev
  libgtest-dev libgmock-dev librapidcheck-dev"
packages_test="libreoffice-calc-nogui chromium fonts-dejavu-core fonts-noto-core radosgw ceph-mon ceph-osd ceph-common strace jq clang-format-16 golang-go
  openssh-server postgresql-15 mariadb-server-core mariadb-client-core"
packages_s3="radosgw ceph-mon ceph-osd ceph-common"
packages_lint="clang-16 clang-tidy-16 clang-format-16 libclang-rt-16-dev"
packages_bench="postgresql-15"

# need_packages PURPOSE..: installs what is missing of the lists.
need_packages() {
  local wanted="" missing="" purpose list name
  for purpose in "$@"; do
    list="packages_$purpose"
    wanted="$wanted ${!list}"
  done
  local have
  # shellcheck disable=SC2086
  have=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
  for name in $wanted; do
    grep -qxF "$name" <<<"$have" || missing="$missing $name"
  done
  if [ -n "$missing" ]; then
    install_packages "$(echo "$missing" | tr ' ' '\n' | sort -u | xargs)"
  fi
}

# The way to root: empty for root itself, sudo where there is one, else a sentence.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

check_can_install() {
  local id="" version=""
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  if [ "$id" != debian ] || [ "$version" != 12 ]; then
    fail "this machine is ${id:-unknown} ${version:-}, and packages are missing that ./dev installs on Debian 12 only." \
      "Install them yourself or use a Debian 12: $1"
  fi
  if [ "$(dpkg --print-architecture)" != amd64 ]; then
    fail "this machine is $(dpkg --print-architecture); the embedded event store exists for amd64 only."
  fi
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      fail "packages must be installed and you are neither root nor is there sudo. As root run: apt-get install $1"
    sudo -n true 2>/dev/null || [ -t 0 ] ||
      fail "packages must be installed and sudo would ask for a password. In a terminal run: sudo apt-get install $1"
    sudo -v || fail "sudo refused. Ask someone who may to run: apt-get install $1"
  fi
}

# Run as root: log file, then apt-get's arguments. What is installed for tests and benchmarks brings servers (OpenSSH,
# PostgreSQL); tests start their own, so these neither start now nor, where they are new, with the machine.
# shellcheck disable=SC2016
install_quietly='
  log=$1; shift; guard=/usr/sbin/policy-rc.d
  if [ ! -e $guard ]; then
    trap "rm -f $guard" EXIT; trap "exit 1" INT TERM
    printf "#!/bin/sh\nexit 101\n" >$guard && chmod 755 $guard
  fi
  apt-get "$@" 3>&1 >>"$log" 2>&1 || exit
  if [ -d /run/systemd/system ]; then
    case " $* " in *" openssh-server "*) systemctl disable ssh >>"$log" 2>&1;; esac
    case " $* " in *" postgresql-15 "*) systemctl disable postgresql >>"$log" 2>&1;; esac
  fi
  true'

install_packages() {
  local names=$1
  check_can_install "$names"
  say "Installing $(wc -w <<<"$names") Debian packages"
  mkdir -p build/log
  local quiet=(-qq -o=Dpkg::Use-Pty=0 -o=DPkg::Lock::Timeout=120)
  # A mirror that is not asked for anything may be away, so only the installation decides.
  as_root apt-get "${quiet[@]}" update >build/log/apt.log 2>&1 || true
  # Status lines come on descriptor 3: "dlstatus:n:percent:text" and "pmstatus:package:percent:text". Fetching is
  # the first half of the bar and installing the second. sudo closes descriptors, so it is made on the other side.
  # shellcheck disable=SC2016,SC2086
  { as_root env DEBIAN_FRONTEND=noninteractive sh -c "$install_quietly" sh \
    "$PWD/build/log/apt.log" "${quiet[@]}" -o=APT::Status-Fd=3 install -y --no-install-recommends $names ||
    echo "failed:0:0:x"; } |
    tee -a build/log/apt-status.log |
    awk -F: '/^dlstatus/ {printf "%d %s\n", $3 / 2, $4; fflush()} /^pmstatus/ {printf "%d %s\n", 50 + $3 / 2, $4; fflush()}' |
    show_progress
  if grep -q '^failed' build/log/apt-status.log; then
    rm -f build/log/apt-status.log
    tail -n 15 build/log/apt.log >&2
    fail "the packages could not be installed. Is there a network, may this machine reach its Debian mirror, is the" \
      "disk full? The lines above and build/log/apt.log say which. Mend that and start again."
  fi
  rm -f build/log/apt-status.log
}
