# shellcheck shell=bash
# Tests of the packages on this machine; part of run.

# An ordinary user, who has nothing of this one's environment.
ordinary() {
  local drop=()
  [ "$(id -u)" != 0 ] || drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${drop[@]}" env -i PATH=/usr/bin:/bin TMPDIR="$scratch/tmp" "$@"
}

on_host() {
  heading "host: tar.gz"
  local unpacked=$scratch/$folder prefix=$scratch/prefix
  check "installs" env PATH=/usr/bin:/bin "$unpacked/install" "$prefix"
  check "the first story of README" ordinary "$kit/story" "$prefix/bin/$name" "$kit" "$address"
  check_libraries '[1-9]' '[1-9]' ordinary "$prefix/bin/$name"
  check "its pages and completions are there" ls "$prefix/share/man/man1/$name.1" \
    "$prefix/share/man/man7/$name-tutorial.7" "$prefix/share/bash-completion/completions/$name" \
    "$prefix/share/zsh/site-functions/_$name" "$prefix/share/fish/vendor_completions.d/$name.fish"
  check "is removed again" "$unpacked/install" --remove "$prefix"
  check "nothing of it is left" nothing "$prefix" ! -type d
  mkdir -p "$prefix/bin"
  echo 'another program' > "$prefix/bin/comfy"
  check "installs beside another comfy" "$unpacked/install" "$prefix"
  check "installs again, and is removed" eval '"$unpacked/install" "$prefix" &&
    "$unpacked/install" --remove "$prefix"'
  check "the other one is as it was" grep -qx 'another program' "$prefix/bin/comfy"
  wheel_on_host
  packed_again
}

wheel_on_host() {
  heading "host: wheel"
  local bin=$scratch/venv/bin pip=$scratch/venv/bin/pip
  check "python3 can make environments" eval \
    'python3 -c "import ensurepip, venv" || "$root/Scripts/install-packages" python3-venv'
  check "an environment" python3 -m venv "$scratch/venv"
  if ! "$pip" -q download --no-deps -d "$scratch/index" pygit2 > "$said" 2>&1; then
    note "no package index can be reached: without pygit2, pycurl and comfy-cli"
    export PIP_NO_DEPS=1
  fi
  check "pip installs it" eval 'cd "$kit" && "$pip" -q install ./comfy_models-*.whl'
  check "the first story of README" ordinary "$kit/story" "$bin/$name" "$kit" "$address"
  check_libraries '[1-9]' '[1-9]' ordinary "$bin/$name"
  check "python -m comfy_models" eval \
    'test "$("$bin/python" -m comfy_models --version)" = "$("$bin/$name" --version)"'
  check "its pages and completions are there" ls "$scratch/venv/share/man/man1/$name.1" \
    "$scratch/venv/share/bash-completion/completions/$name"
  jobs_on_host
  [ -n "${PIP_NO_DEPS-}" ] || beside_comfy_cli
  check "pip uninstalls it" "$pip" -q uninstall -y $name
  check "nothing of it is left" nothing "$scratch/venv" -name '*comfy?models*'
}

# comfy-cli has the name comfy, in the same environment and in the same prefix.
beside_comfy_cli() {
  local bin=$scratch/venv/bin pip=$scratch/venv/bin/pip
  check "tar.gz in the same prefix" env PATH=/usr/bin:/bin "$scratch/$folder/install" "$scratch/venv"
  check "comfy-cli beside it" "$pip" -q install --no-deps comfy-cli
  check "comfy is comfy-cli's" grep -q comfy_cli "$bin/comfy"
  check "$name is ours" cmp "$bin/$name" "$scratch/$folder/bin/$name"
  check "comfy-cli goes" "$pip" -q uninstall -y comfy-cli
  check "$name stays" cmp "$bin/$name" "$scratch/$folder/bin/$name"
}

# The same bytes come out of the same program, whoever packs it and where.
packed_again() {
  heading "host: packing again"
  if [ ! -x "$binary" ]; then
    note "skipped: there is no $binary"
    return
  fi
  SOURCE_DATE_EPOCH=$(stat -c %Y "$scratch/$folder")
  export SOURCE_DATE_EPOCH
  check "packs" eval '(umask 077 && "$root/Packaging/dist" "$binary" "$scratch/again")'
  check "gives the same bytes" cmp "$scratch/again/SHA256SUMS" "$dist/SHA256SUMS"
}
