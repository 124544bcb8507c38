# Sourced, with `repository` set. build TARGET...: configures build/release when it must and builds the targets. Quiet: progress
# only on a terminal, everything in build/release/build.log, what the compiler said only when it failed.

build_folder=$repository/build/release
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)} NINJA_STATUS='[%f/%t] '

# Copies stdin to the file; on a terminal the newest line overwrites the one before.
log_with_progress() {
  local line width
  if [ ! -t 2 ]; then
    cat >>"$1"
    return
  fi
  width=$(($(tput cols 2>/dev/null || echo 80) - 1))
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1"
    printf '\r\e[K%.*s' "$width" "$line" >&2
  done
  printf '\r\e[K' >&2
}

# True when the build folder was configured, for this place, by today's presets.
configured() {
  [ -e "$build_folder/build.ninja" ] && [ ! "$repository/CMakePresets.json" -nt "$build_folder/build.ninja" ] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repository" "$build_folder/CMakeCache.txt"
}

configure() {
  local options=(--preset release)
  if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  if [ -e "$build_folder/CMakeCache.txt" ]; then options+=(--fresh); fi
  rm -f "$build_folder/build.ninja"
  (cd "$repository" && cmake "${options[@]}")
}

build() {
  local log=$build_folder/build.log
  mkdir -p "$build_folder"
  exec 9>"$build_folder/build.lock"
  if ! flock -n 9; then
    echo "waiting for another build in $build_folder" >&2
    flock 9
  fi
  : >"$log"
  if ! configured && ! configure 2>&1 | log_with_progress "$log"; then
    grep -v '^-- ' "$log" >&2
    echo "configuring failed (full log: $log)" >&2
    exit 1
  fi
  if ! cmake --build "$build_folder" --target "$@" 2>&1 | log_with_progress "$log"; then
    grep -v '^\[[0-9]*/[0-9]*\] ' "$log" >&2
    echo "the build failed (full log: $log)" >&2
    exit 1
  fi
  exec 9>&-
}
