# Sourced, with `repository` set. cpp_sources: the repository's C++ files, NUL between them, relative to it; tracked and new ones,
# or, outside of git, all but those of build folders.
cpp_sources() {
  cd "$repository"
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' | sort -zu | while IFS= read -rd '' file; do
      if [ -e "$file" ]; then printf '%s\0' "$file"; fi
    done
  else
    find . -path ./build -prune -o \( -name '*.cpp' -o -name '*.hpp' \) -print0
  fi
}
