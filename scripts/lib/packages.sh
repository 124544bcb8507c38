# Sourced. require_packages FILE: every package the file names is installed, or the script ends with exit code 3 and says what is
# missing. Says nothing when nothing is missing.

missing_packages() {
  local wanted=() installed
  mapfile -t wanted < <(sed 's/#.*//' "$1" | tr -s '[:space:]' '\n' | sed '/^$/d')
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
  printf '%s\n' "${wanted[@]}" | grep -vxF -e "${installed:-none}" || true
}

apt_as_root() {
  local command=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@")
  if [ "$(id -u)" -ne 0 ]; then command=(sudo -n "${command[@]}"); fi
  "${command[@]}" </dev/null
}

refuse_without_packages() {
  {
    echo "missing packages ($1):"
    printf '  %s\n' "${@:2}"
    echo "install them and start again:"
    echo "  sudo apt-get install --no-install-recommends ${*:2}"
  } >&2
  exit 3
}

require_packages() {
  local missing log
  if ! command -v dpkg-query >/dev/null; then
    echo "not a Debian system: relying on what is installed (packages by their Debian 12 names: $1)" >&2
    return
  fi
  mapfile -t missing < <(missing_packages "$1")
  [ "${#missing[@]}" -gt 0 ] || return 0

  if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    refuse_without_packages "installing needs root, or sudo without a password" "${missing[@]}"
  fi
  echo "installing ${#missing[@]} packages: ${missing[*]}" >&2
  log=$(mktemp)
  if ! { apt_as_root update && apt_as_root install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    mapfile -t missing < <(missing_packages "$1")
    refuse_without_packages "apt-get failed, its words are above" "${missing[@]}"
  fi
  rm -f "$log"
}
