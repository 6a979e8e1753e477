# shellcheck shell=bash
# Tests of the packages in a fresh tree of a Debian release; part of run.

path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

# Runs a command in the tree; what is mounted for it is gone with it.
within() {
  unshare -m sh -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' \
    "$tree" env -i PATH=$path DEBIAN_FRONTEND=noninteractive "$@"
}
user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
as_user() { within "${user[@]}" "$@"; }
without_proc() { chroot "$tree" env -i PATH=$path "${user[@]}" "$@"; }
shell() { within sh -ec "cd /kit; $1"; }
packages() { within apt-get -qq install -y --no-install-recommends "$@"; }

# The release's minimal tree, from the last run or new.
make_release() { # RELEASE
  local base=$trees/$1 mirror
  if [ "$(id -u)" != 0 ]; then
    echo "fatal: only root can make the tree of a release; TREES=host does without"
    return 1
  fi
  [ ! -e "$base/complete" ] || return 0
  "$root/Scripts/install-packages" debootstrap
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list* | head -1 | tr -d ' ') || :
  rm -rf "$base"
  mkdir -p "$trees"
  debootstrap --variant=minbase "$1" "$base" "${mirror:-http://deb.debian.org/debian}"
  touch "$base/complete"
}

# A copy of it, with the kit. Certificates and indexes are those of this machine.
copy_release() { # RELEASE
  rm -rf "$tree"
  cp -a "$trees/$1" "$tree"
  printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
  printf '#!/bin/sh\nexec "$@"\n' > "$tree/usr/local/bin/sudo"
  chmod 755 "$tree/usr/sbin/policy-rc.d" "$tree/usr/local/bin/sudo"
  echo 'APT::Get::Assume-Yes "true";' > "$tree/etc/apt/apt.conf.d/90yes"
  cp /etc/resolv.conf "$tree/etc/"
  [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$tree/etc/"
  cp -R "$kit" "$tree/kit"
  chmod 1777 "$tree/kit"
}

on_release() { # RELEASE
  local tree=$trees/$1-test
  heading "$1: a minimal system, without git, libgit2, libcurl and certificates"
  check "debootstrap" make_release "$1"
  check "a copy" copy_release "$1"
  bare_release
  heading "$1: tar.gz, with git, without libgit2"
  check "apt-get update" within apt-get -qq update
  check "git" packages git
  check "the first story of README" as_user /kit/story comfy /kit "$address"
  check_libraries none '[78]' as_user comfy
  check "the same without /proc" without_proc /kit/story comfy /kit "$address"
  check "is removed again" shell './comfy-*-linux-*/install --remove'
  check "nothing of it is left" shell '! find /usr/local -name "*comfy*" | grep .'
  heading "$1: .deb"
  deb_in_release
  heading "$1: wheel, without git, libgit2 and libcurl of the system"
  wheel_in_release
  rm -rf "$tree"
}

bare_release() {
  check "README: $(readme_line 'tar ')" shell "$(readme_line 'tar ')"
  check "what needs no library works, the rest says why" as_user /kit/bare comfy /kit "$address"
  check "without /proc too" without_proc /kit/bare "$name" /kit "$address"
}

deb_in_release() {
  echo 'another program' > "$tree/usr/bin/comfy"
  check "README: $(readme_line 'sudo apt')" shell "$(readme_line 'sudo apt')"
  check "another /usr/bin/comfy is as it was" grep -qx 'another program' "$tree/usr/bin/comfy"
  check "the first story of README" as_user /kit/story $name /kit "$address"
  check "apt purge" within apt-get -qq purge -y $name
  check "another /usr/bin/comfy is still there" grep -qx 'another program' "$tree/usr/bin/comfy"
  rm "$tree/usr/bin/comfy"
  check "README again, where the name is free" shell "$(readme_line 'sudo apt')"
  check "the first story of README" as_user /kit/story comfy /kit "$address"
  check_libraries '1\.' '[78]' as_user comfy
  check "a project of somebody else's, as in the image" shell \
    "mkdir -p /kit/image && chmod 777 /kit/image && HF_ENDPOINT=$address COMFY_MODELS_DIR=/kit/image \
     HOME=/tmp ${user[*]} $name -C project sync && ls /kit/image/vae/clear-vae.safetensors"
  check "its pages and completions are there" shell \
    "ls /usr/share/man/man1/comfy.1.gz /usr/share/man/man7/$name-tutorial.7.gz \
      /usr/share/bash-completion/completions/$name"
  check "installs over itself" within apt-get -qq install -y --reinstall "/kit/$(cd "$kit" && echo *.deb)"
  check "without libgit2" within apt-get -qq purge -y '^libgit2-.*'
  check "the first story of README" as_user /kit/story comfy /kit "$address"
  check_libraries none '[78]' as_user comfy
  check "lintian is installed" packages lintian
  check "lintian" shell 'lintian --allow-root --fail-on error *.deb'
  sed -n 's/^\([WI]: \)/        \1/p' "$said" >&3
  check "apt purge" within apt-get -qq purge -y $name
  check "nothing of it is left" shell \
    '! find /usr/bin /usr/share /etc/alternatives /var/lib/dpkg/alternatives -name "*comfy*" | grep .'
}

wheel_in_release() {
  local bin=/venv/bin
  check "without what the .deb brought" within apt-get -qq purge -y git '^libgit2-.*' '^libcurl.*'
  check "Python" packages python3-venv ca-certificates
  [ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
  check "an environment" within python3 -m venv /venv
  check "README: $(readme_line 'pip ')" shell "PATH=$bin:\$PATH; $(readme_line 'pip ')"
  check "the first story of README" as_user /kit/story $bin/$name /kit "$address"
  check_libraries '1\.' '[78]' as_user $bin/$name
  check "python -m comfy_models" as_user $bin/python -m comfy_models --version
}
